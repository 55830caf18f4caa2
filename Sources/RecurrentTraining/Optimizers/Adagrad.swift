public import RecurrentNN
import RecurrentTensor

/// Adaptive gradient steps (Duchi, Hazan and Singer, 2011), as in PyTorch:
///
///     g ← gradient + weightDecay · w
///     s ← s + g²
///     w ← w - learningRate / (1 + (t - 1) · learningRateDecay) · g / (√s + epsilon)
public struct Adagrad: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// How fast the step size falls with the number of updates.
  public let learningRateDecay: Double
  /// The strength of the pull towards zero that is added to the gradient.
  public let weightDecay: Double
  /// What the sum of squares of every weight starts as.
  public let initialSum: Double
  /// Keeps the division from growing without bound.
  public let epsilon: Double
  /// `sumOfSquares` of each parameter.
  public var state = OptimizerState(["sumOfSquares"])

  /// - Parameters:
  ///   - learningRate: The step size.
  ///   - learningRateDecay: How fast the step size falls with the number of updates.
  ///   - weightDecay: The strength of the pull towards zero that is added to the gradient.
  ///   - initialSum: What the sum of squares of every weight starts as.
  ///   - epsilon: Keeps the division from growing without bound.
  public init(
    learningRate: Double = 1e-2, learningRateDecay: Double = 0, weightDecay: Double = 0, initialSum: Double = 0,
    epsilon: Double = 1e-10
  ) {
    checkOption("Adagrad learningRateDecay", learningRateDecay)
    checkOption("Adagrad weightDecay", weightDecay)
    checkOption("Adagrad initialSum", initialSum)
    checkOption("Adagrad epsilon", epsilon)
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.weightDecay = weightDecay
    self.initialSum = initialSum
    self.epsilon = epsilon
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let present = learningRate / (1 + Double(state.updates) * learningRateDecay)
    let (weightDecay, epsilon) = (weightDecay, Scalar(epsilon))
    let added = SIMD8(repeating: state.updates == 0 ? Scalar(initialSum) : 0)
    let (initialSum, rests) = (initialSum, epsilon > 0)
    state.update(
      &model, with: gradients, learningRate: learningRate,
      restsAtZero: { ($0.weightDecay ?? weightDecay) == 0 && initialSum == 0 && rests }
    ) { span in
      let rate = Scalar(present * span.options.learningRateFactor)
      let decay = Scalar(span.options.weightDecay ?? weightDecay)
      span.advance(quantities: 1) { lanes in
        let slope = lanes.gradient + decay * lanes.weights
        lanes.first += added + slope * slope
        lanes.weights -= rate * slope / (lanes.first.squareRoot() + epsilon)
      }
    }
  }
}

extension Optimizer where Self == Adagrad {
  /// Adaptive gradient steps.
  public static func adagrad(
    learningRate: Double = 1e-2, learningRateDecay: Double = 0, weightDecay: Double = 0, initialSum: Double = 0,
    epsilon: Double = 1e-10
  ) -> Adagrad {
    Adagrad(
      learningRate: learningRate, learningRateDecay: learningRateDecay, weightDecay: weightDecay,
      initialSum: initialSum, epsilon: epsilon)
  }
}
