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
    let (rate, decay, momentum, nesterov) = (Scalar(learningRate), Scalar(weightDecay), Scalar(momentum), nesterov)
    let (kept, keepsDirection) = (state.updates == 0 ? 0 : momentum, momentum > 0)
    state.update(&model, with: gradients) { span in
      let (weights, gradient) = (span.weights, span.gradient)
      guard keepsDirection else {
        for index in 0..<span.count { weights[index] -= rate * (gradient[index] + decay * weights[index]) }
        return
      }
      let direction = span.memory[0]
      for index in 0..<span.count {
        let slope = gradient[index] + decay * weights[index]
        let mixed = kept * direction[index] + slope
        direction[index] = mixed
        weights[index] -= rate * (nesterov ? slope + momentum * mixed : mixed)
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
