package import RecurrentTensor

/// Seeded numbers for tests, from a generator that shares nothing with the package's own (SplitMix64).
package struct TestData {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in `range`.
  package mutating func number(in range: ClosedRange<Double> = -1...1) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(bits() >> 11) * 0x1p-53
  }

  /// A whole number in `0..<bound`.
  package mutating func integer(below bound: Int) -> Int {
    Int(bits().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A tensor of numbers in `range`.
  package mutating func tensor(_ shape: Shape, in range: ClosedRange<Double> = -1...1) -> Tensor {
    Tensor((0..<shape.count).map { _ in Scalar(number(in: range)) }, shape: shape)
  }

  /// A tensor of numbers of either sign whose magnitudes lie in `magnitudes`: away from a kink at 0.
  package mutating func signedTensor(_ shape: Shape, magnitudes: ClosedRange<Double> = 0.3...1.5) -> Tensor {
    Tensor(
      (0..<shape.count).map { _ in Scalar(number(in: magnitudes) * (bits() & 1 == 0 ? 1 : -1)) }, shape: shape)
  }
}
