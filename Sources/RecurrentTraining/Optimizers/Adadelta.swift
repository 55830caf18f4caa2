public import RecurrentNN
import RecurrentTensor

/// Steps in the units of the weights (Zeiler, 2012), as in PyTorch:
///
///     g ← gradient + weightDecay · w
///     v ← rho · v + (1 - rho) · g²
///     d ← √(u + epsilon) / √(v + epsilon) · g
///     u ← rho · u + (1 - rho) · d²
///     w ← w - learningRate · d
public struct Adadelta: Optimizer {
  /// What the step is multiplied with: 1 in the paper.
  public var learningRate: Double
  /// The share of the mean squares that is kept in each update.
  public let rho: Double
  /// Keeps the division from growing without bound, and lets the first step be one.
  public let epsilon: Double
  /// The strength of the pull towards zero that is added to the gradient.
  public let weightDecay: Double
  /// `meanSquare` of the gradient and `meanSquareStep` of each parameter.
  public var state = OptimizerState(["meanSquare", "meanSquareStep"])

  /// - Parameters:
  ///   - learningRate: What the step is multiplied with.
  ///   - rho: The share of the mean squares that is kept in each update.
  ///   - epsilon: Keeps the division from growing without bound, and lets the first step be one.
  ///   - weightDecay: The strength of the pull towards zero that is added to the gradient.
  public init(learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0) {
    checkOption("Adadelta rho", rho, below: 1)
    checkOption("Adadelta epsilon", epsilon)
    checkOption("Adadelta weightDecay", weightDecay)
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let (learningRate, weightDecay) = (learningRate, weightDecay)
    let (keep, gain, epsilon) = (Scalar(rho), Scalar(1 - rho), Scalar(epsilon))
    state.update(&model, with: gradients, learningRate: learningRate) { span in
      let rate = Scalar(learningRate * span.options.learningRateFactor)
      let decay = Scalar(span.options.weightDecay ?? weightDecay)
      span.advance(quantities: 2) { lanes in
        let slope = lanes.gradient + decay * lanes.weights
        lanes.first = keep * lanes.first + gain * (slope * slope)
        let step = (lanes.second + epsilon).squareRoot() / (lanes.first + epsilon).squareRoot() * slope
        lanes.second = keep * lanes.second + gain * (step * step)
        lanes.weights -= rate * step
      }
    }
  }
}

extension Optimizer where Self == Adadelta {
  /// Steps in the units of the weights.
  public static func adadelta(
    learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0
  ) -> Adadelta {
    Adadelta(learningRate: learningRate, rho: rho, epsilon: epsilon, weightDecay: weightDecay)
  }
}
