import RecurrentTensor

/// The entry of a tensor that is farthest from what is expected, relative to the largest expected entry.
struct Difference: Comparable, CustomStringConvertible {
  var relative = 0.0
  var place = "nowhere"

  /// The bar of every comparison with a peer: 1e-5 of the largest entry of the tensor.
  static let allowed = 1e-5

  init() {}

  /// Compares two tensors; anything that is not finite is infinitely wrong.
  init(of received: Tensor?, from expected: Tensor, place: String) {
    self.place = place
    guard let received, received.shape == expected.shape else {
      relative = .infinity
      self.place +=
        " (expected shape \(expected.shape), received \(received.map { "\($0.shape)" } ?? "no such tensor"))"
      return
    }
    let largest = expected.scalars.map(abs).max() ?? 0
    for (a, b) in zip(received.scalars, expected.scalars) where a != b {
      let difference = Double(abs(a - b)) / Double(largest)
      relative = difference.isFinite ? max(relative, difference) : .infinity
    }
  }

  static func < (left: Difference, right: Difference) -> Bool { left.relative < right.relative }

  var description: String { "\(Float(relative)) in \(place)" }
}
