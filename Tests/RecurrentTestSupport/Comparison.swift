package import RecurrentTensor

/// Distances between numbers that should be equal.
package enum Comparison {
  /// The largest difference of two tensors divided by the largest magnitude of `expected` (at least `floor`);
  /// infinite if the shapes differ or a difference is not finite.
  package static func relativeError(_ received: Tensor, _ expected: Tensor, floor: Double = 1e-12) -> Double {
    guard received.shape == expected.shape else { return .infinity }
    return relativeError(received.scalars.map { Double($0) }, expected.scalars.map { Double($0) }, floor: floor)
  }

  /// The largest difference of two lists divided by the largest magnitude of `expected` (at least `floor`);
  /// infinite if the counts differ or a difference is not finite.
  package static func relativeError(_ received: [Double], _ expected: [Double], floor: Double = 1e-12) -> Double {
    guard received.count == expected.count else { return .infinity }
    var (largest, scale) = (0.0, floor)
    for (a, b) in zip(received, expected) {
      let difference = abs(a - b)
      guard difference.isFinite else { return .infinity }
      largest = max(largest, difference)
      scale = max(scale, abs(b))
    }
    return largest / scale
  }
}
