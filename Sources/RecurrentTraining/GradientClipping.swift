public import RecurrentNN
import RecurrentTensor

/// How gradients are kept from growing too large.
public enum GradientClipping: Hashable, Sendable {
  /// All gradients together are scaled so that the root of the sum of their squares is at most this.
  case globalNorm(Double)
  /// Every single gradient is moved into the range from minus this to this.
  case value(Double)

  /// Clips gradients whose norm before clipping is `norm`.
  public func clip(_ gradients: inout Gradients, norm: Double) {
    switch self {
    case .globalNorm(let limit):
      // As in PyTorch: the small term keeps a norm of zero from dividing by zero.
      let factor = limit / (norm + 1e-6)
      if factor < 1 { gradients.scale(by: Scalar(factor)) }
    case .value(let limit):
      let limit = Scalar(limit)
      gradients.map { $0 > limit ? limit : $0 < -limit ? -limit : $0 }
    }
  }
}

extension Gradients {
  /// The root of the sum of all squares; infinite or NaN only if a gradient is.
  public var norm: Double {
    let sum = Double(sumOfSquares)
    if sum.isFinite && sum > 1e-30 { return sum.squareRoot() }
    let wide = arena.withUnsafePointer { scalars in
      (0..<arena.count).reduce(0.0) { $0 + Double(scalars[$1]) * Double(scalars[$1]) }
    }
    return wide.squareRoot()
  }
}
