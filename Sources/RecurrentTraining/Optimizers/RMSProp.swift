public import RecurrentNN
import RecurrentTensor

/// Steps divided by the root of the mean squared gradient (Hinton, 2012; centered: Graves, 2013), as in PyTorch:
///
///     g ← gradient + weightDecay · w
///     v ← alpha · v + (1 - alpha) · g²
///     a ← alpha · a + (1 - alpha) · g                     (centered)
///     d ← g / (√v + epsilon), centered g / (√(v - a²) + epsilon)
///     b ← momentum · b + d
///     w ← w - learningRate · b
public struct RMSProp: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// The share of the means that is kept in each update.
  public let alpha: Double
  /// Keeps the division from growing without bound.
  public let epsilon: Double
  /// The strength of the pull towards zero that is added to the gradient.
  public let weightDecay: Double
  /// The share of the last direction that is kept.
  public let momentum: Double
  /// Whether the variance of the gradient counts in place of its mean square.
  public let centered: Bool
  /// `meanSquare` of each parameter, and as asked for `meanGradient` and `momentum`.
  public var state: OptimizerState

  /// - Parameters:
  ///   - learningRate: The step size.
  ///   - alpha: The share of the means that is kept in each update.
  ///   - epsilon: Keeps the division from growing without bound.
  ///   - weightDecay: The strength of the pull towards zero that is added to the gradient.
  ///   - momentum: The share of the last direction that is kept, at least 0 and below 1.
  ///   - centered: Whether the variance of the gradient counts in place of its mean square.
  public init(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false
  ) {
    checkOption("RMSProp alpha", alpha, below: 1)
    checkOption("RMSProp epsilon", epsilon)
    checkOption("RMSProp weightDecay", weightDecay)
    checkOption("RMSProp momentum", momentum, below: 1)
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentum = momentum
    self.centered = centered
    state = OptimizerState(["meanSquare"] + (centered ? ["meanGradient"] : []) + (momentum > 0 ? ["momentum"] : []))
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let (learningRate, weightDecay, centered) = (learningRate, weightDecay, centered)
    let (keep, gain, epsilon, momentum) = (Scalar(alpha), Scalar(1 - alpha), Scalar(epsilon), Scalar(momentum))
    state.update(&model, with: gradients, learningRate: learningRate) { span in
      let rate = Scalar(learningRate * span.options.learningRateFactor)
      let decay = Scalar(span.options.weightDecay ?? weightDecay)

      @inline(__always)
      func scaled(_ lanes: inout OptimizerState.Span.Lanes) -> SIMD8<Scalar> {
        let slope = lanes.gradient + decay * lanes.weights
        lanes.first = keep * lanes.first + gain * (slope * slope)
        guard centered else { return slope / (lanes.first.squareRoot() + epsilon) }
        lanes.second = keep * lanes.second + gain * slope
        var variance = lanes.first - lanes.second * lanes.second
        // Rounding can leave a variance of zero just below it. NaN stays.
        variance.replace(with: 0, where: variance .< 0)
        return slope / (variance.squareRoot() + epsilon)
      }
      switch (centered, momentum > 0) {
      case (false, false): span.advance(quantities: 1) { $0.weights -= rate * scaled(&$0) }
      case (true, false): span.advance(quantities: 2) { $0.weights -= rate * scaled(&$0) }
      case (false, true):
        span.advance(quantities: 2) {
          $0.second = momentum * $0.second + scaled(&$0)
          $0.weights -= rate * $0.second
        }
      case (true, true):
        span.advance(quantities: 3) {
          $0.third = momentum * $0.third + scaled(&$0)
          $0.weights -= rate * $0.third
        }
      }
    }
  }
}

extension Optimizer where Self == RMSProp {
  /// Steps divided by the root of the mean squared gradient.
  public static func rmsProp(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false
  ) -> RMSProp {
    RMSProp(
      learningRate: learningRate, alpha: alpha, epsilon: epsilon, weightDecay: weightDecay, momentum: momentum,
      centered: centered)
  }
}
