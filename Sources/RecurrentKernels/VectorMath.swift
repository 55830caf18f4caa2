import CRecurrentKernels

/// Elementwise functions and fixed-order sums over buffers. `output` may be `input`.
package enum VectorMath {
  package static func exp(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    InstructionSet.kernels.exp(input, output, Int64(count))
  }

  package static func tanh(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    InstructionSet.kernels.tanh(input, output, Int64(count))
  }

  /// `1 / (1 + exp(-x))`.
  package static func sigmoid(
    _ input: UnsafePointer<KernelScalar>, into output: UnsafeMutablePointer<KernelScalar>, count: Int
  ) {
    InstructionSet.kernels.sigmoid(input, output, Int64(count))
  }

  /// The sum in blocks of 1024 and 16 lanes joined pairwise: the same bits for every thread count and set.
  package static func sum(_ input: UnsafePointer<KernelScalar>, count: Int) -> KernelScalar {
    InstructionSet.kernels.sum(input, Int64(count))
  }

  /// The sum of squares in the order of `sum`.
  package static func sumOfSquares(_ input: UnsafePointer<KernelScalar>, count: Int) -> KernelScalar {
    InstructionSet.kernels.sumOfSquares(input, Int64(count))
  }
}
