#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Elementwise functions and fixed-order sums over buffers. `output` may be `input`.
package enum VectorMath {
  package static func exp(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    for index in 0..<count { output[index] = KernelScalar(Glibc.exp(Double(input[index]))) }
  }

  package static func tanh(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    for index in 0..<count { output[index] = KernelScalar(Glibc.tanh(Double(input[index]))) }
  }

  package static func sigmoid(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    for index in 0..<count { output[index] = KernelScalar(1 / (1 + Glibc.exp(-Double(input[index])))) }
  }

  /// The sum in a fixed order that does not depend on threads or instruction set.
  package static func sum(_ input: UnsafePointer<KernelScalar>, count: Int) -> KernelScalar {
    var total: KernelScalar = 0
    for index in 0..<count { total += input[index] }
    return total
  }

  /// The sum of squares in the order of `sum`.
  package static func sumOfSquares(_ input: UnsafePointer<KernelScalar>, count: Int) -> KernelScalar {
    var total: KernelScalar = 0
    for index in 0..<count { total += input[index] * input[index] }
    return total
  }
}
