package import Recurrent

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Numbers that any program can compute, so that two programs can show that they do the same work. They are computed in
/// double precision and rounded once.
package enum ClosedFormNumbers {
  /// `sin(0.37 j)` in row-major order: real inputs.
  package static func inputs(_ shape: Shape) -> Tensor { tensor(shape) { sin(0.37 * $0) } }

  /// `cos(0.23 j)` in row-major order: the upstream gradient of a layer.
  package static func upstream(_ shape: Shape) -> Tensor { tensor(shape) { cos(0.23 * $0) } }

  /// `sin(0.11 j)` in row-major order: real targets.
  package static func targets(_ shape: Shape) -> Tensor { tensor(shape) { sin(0.11 * $0) } }

  /// `(7919 j + 13) mod bound`: integer inputs.
  package static func words(_ count: Int, below bound: Int) -> [Int] { (0..<count).map { (7919 * $0 + 13) % bound } }

  /// `(104729 j + 7) mod bound`: classes.
  package static func classes(_ count: Int, below bound: Int) -> [Int] {
    (0..<count).map { (104_729 * $0 + 7) % bound }
  }

  /// The model with its parameters replaced: element j of parameter number p, in visit order, which is PyTorch's (both
  /// biases of a cell are parameters), is `(mixed(j + 1 + 1000003 p) / 2^31 - 1) / √hiddenSize`.
  package static func filled<M: Module>(_ model: M, hiddenSize: Int) -> M {
    var (model, filler) = (model, Filler(root: Double(hiddenSize).squareRoot()))
    model.visitParameters(&filler)
    return model
  }

  /// 32 bits that depend on all bits of a number.
  package static func mixed(_ number: UInt32) -> UInt32 {
    var bits = number
    for (factor, shift) in [(2_654_435_761, 16), (2_246_822_519, 13), (3_266_489_917, 16)] as [(UInt32, UInt32)] {
      bits = bits &* factor
      bits ^= bits >> shift
    }
    return bits
  }

  private static func tensor(_ shape: Shape, _ number: (Double) -> Double) -> Tensor {
    Tensor((0..<shape.count).map { Scalar(number(Double($0))) }, shape: shape)
  }

  private struct Filler: ParameterVisitor {
    let root: Double
    var number = 0

    mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) {
      let first = UInt32(truncatingIfNeeded: 1 + 1_000_003 * number)
      tensor = Tensor(
        (0..<tensor.count).map { index in
          let bits = ClosedFormNumbers.mixed(first &+ UInt32(truncatingIfNeeded: index))
          return Scalar((Double(bits) / 0x1p31 - 1) / root)
        }, shape: tensor.shape)
      number += 1
    }
  }
}
