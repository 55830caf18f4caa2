public import RecurrentNN
import RecurrentTensor

/// Adam with Nesterov's momentum (Dozat, 2016), as in PyTorch:
///
///     g ← gradient + weightDecay · w
///     μₜ = beta1 · (1 - 0.5 · 0.96^(t · momentumDecay))
///     m ← beta1 · m + (1 - beta1) · g
///     v ← beta2 · v + (1 - beta2) · g²
///     n = (1 - μₜ) · g / (1 - μ₁ ⋯ μₜ) + μₜ₊₁ · m / (1 - μ₁ ⋯ μₜ₊₁)
///     w ← w - learningRate · n / (√(v / (1 - beta2ᵗ)) + epsilon)
public struct Nadam: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// The share of the mean gradient that is kept in each update.
  public let beta1: Double
  /// The share of the mean squared gradient that is kept in each update.
  public let beta2: Double
  /// Keeps the division from growing without bound.
  public let epsilon: Double
  /// The strength of the pull towards zero that is added to the gradient.
  public let weightDecay: Double
  /// How fast the momentum rises to `beta1`.
  public let momentumDecay: Double
  /// `firstMoment` and `secondMoment` of each parameter, and the number `momentumProduct`: μ₁ ⋯ μₜ.
  public var state = OptimizerState(["firstMoment", "secondMoment"], numbers: ["momentumProduct": 1])

  /// - Parameters:
  ///   - learningRate: The step size.
  ///   - beta1: The share of the mean gradient that is kept.
  ///   - beta2: The share of the mean squared gradient that is kept.
  ///   - epsilon: Keeps the division from growing without bound.
  ///   - weightDecay: The strength of the pull towards zero that is added to the gradient.
  ///   - momentumDecay: How fast the momentum rises to `beta1`.
  public init(
    learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3
  ) {
    checkOption("Nadam beta1", beta1, below: 1)
    checkOption("Nadam beta2", beta2, below: 1)
    checkOption("Nadam epsilon", epsilon)
    checkOption("Nadam weightDecay", weightDecay)
    checkOption("Nadam momentumDecay", momentumDecay)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentumDecay = momentumDecay
  }

  private func momentum(_ update: Int) -> Double {
    beta1 * (1 - 0.5 * power(0.96, Double(update) * momentumDecay))
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let update = state.updates + 1
    let (present, next) = (momentum(update), momentum(update + 1))
    let product = state.numbers["momentumProduct", default: 1] * present
    state.numbers["momentumProduct"] = product
    let rootScale = Scalar(1 / (1 - power(beta2, update)).squareRoot())
    let (beta1, gain1, beta2, gain2) = (Scalar(beta1), Scalar(1 - beta1), Scalar(beta2), Scalar(1 - beta2))
    let (learningRate, weightDecay, epsilon) = (learningRate, weightDecay, Scalar(epsilon))
    state.update(&model, with: gradients, learningRate: learningRate) { span in
      let rate = learningRate * span.options.learningRateFactor
      let slopeRate = Scalar(rate * (1 - present) / (1 - product))
      let momentRate = Scalar(rate * next / (1 - product * next))
      let decay = Scalar(span.options.weightDecay ?? weightDecay)
      span.advance(quantities: 2) { lanes in
        let slope = lanes.gradient + decay * lanes.weights
        lanes.first = beta1 * lanes.first + gain1 * slope
        lanes.second = beta2 * lanes.second + gain2 * (slope * slope)
        let step = slopeRate * slope + momentRate * lanes.first
        lanes.weights -= step / (lanes.second.squareRoot() * rootScale + epsilon)
      }
    }
  }
}

extension Optimizer where Self == Nadam {
  /// Adam with Nesterov's momentum.
  public static func nadam(
    learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3
  ) -> Nadam {
    Nadam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      momentumDecay: momentumDecay)
  }
}
