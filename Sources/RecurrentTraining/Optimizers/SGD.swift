public import RecurrentNN
import RecurrentTensor

/// Stochastic gradient descent with momentum, as in PyTorch:
///
///     g ← gradient + weightDecay · w
///     b ← momentum · b + g                (b = g in the first update)
///     g ← g + momentum · b                with Nesterov's form, else g ← b
///     w ← w - learningRate · g
public struct SGD: Optimizer {
  /// The step size.
  public var learningRate: Double
  /// The share of the last direction that is kept.
  public let momentum: Double
  /// Whether the gradient is taken ahead of the step (Nesterov).
  public let nesterov: Bool
  /// The strength of the pull towards zero that is added to the gradient.
  public let weightDecay: Double
  /// The direction of each parameter, `momentum`; nothing without momentum.
  public var state: OptimizerState

  /// - Parameters:
  ///   - learningRate: The step size.
  ///   - momentum: The share of the last direction that is kept, at least 0 and below 1.
  ///   - nesterov: Whether the gradient is taken ahead of the step; wants a momentum.
  ///   - weightDecay: The strength of the pull towards zero, at least 0.
  public init(learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
    checkOption("SGD momentum", momentum, below: 1)
    require(!nesterov || momentum > 0, "SGD: Nesterov's form wants a momentum above 0.")
    checkOption("SGD weightDecay", weightDecay)
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    state = OptimizerState(momentum > 0 ? ["momentum"] : [])
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let (learningRate, weightDecay, momentum, nesterov) = (learningRate, weightDecay, Scalar(momentum), nesterov)
    let kept = state.updates == 0 ? 0 : momentum
    state.update(
      &model, with: gradients, learningRate: learningRate, restsAtZero: { ($0.weightDecay ?? weightDecay) == 0 }
    ) { span in
      let rate = Scalar(learningRate * span.options.learningRateFactor)
      let decay = Scalar(span.options.weightDecay ?? weightDecay)
      guard momentum > 0 else {
        return span.advance(quantities: 0) { lanes in
          lanes.weights -= rate * (lanes.gradient + decay * lanes.weights)
        }
      }
      span.advance(quantities: 1) { lanes in
        let slope = lanes.gradient + decay * lanes.weights
        lanes.first = kept * lanes.first + slope
        lanes.weights -= rate * (nesterov ? slope + momentum * lanes.first : lanes.first)
      }
    }
  }
}

extension Optimizer where Self == SGD {
  /// Stochastic gradient descent.
  public static func sgd(
    learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0
  ) -> SGD {
    SGD(learningRate: learningRate, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
  }
}

/// Stops the program unless an option lies in `0..<bound`.
func checkOption(_ name: String, _ value: Double, below bound: Double = .infinity) {
  require(
    value >= 0 && value < bound,
    TrainingMessages.option(
      name, expected: bound.isFinite ? "at least 0 and below \(bound)" : "at least 0", received: value))
}
