public import RecurrentNN
import RecurrentTensor

/// Gradient descent with falling steps whose weights are averaged (Polyak and Juditsky, 1992), as PyTorch's `ASGD`:
///
///     η = learningRate / (1 + decay · learningRate · (t - 1))^exponent
///     w ← w · (1 - decay · η) - η · (gradient + weightDecay · w)
///     a ← a + (w - a) / max(1, t - 1 - averagingStart)
///
/// The model has the weights w; `averaged(_:)` gives it the averages a, which are the ones to use in the end. A `Trainer`
/// judges the model with these and gives it back with them, unless it averages weights itself (`Trainer.averaging`).
public struct AveragedSGD: Optimizer {
  /// The size of the first step.
  public var learningRate: Double
  /// How fast weights and steps fall.
  public let decay: Double
  /// The power with which steps fall.
  public let exponent: Double
  /// The updates before averaging begins.
  public let averagingStart: Int
  /// The strength of the pull towards zero that is added to the gradient.
  public let weightDecay: Double
  /// `average` of each parameter.
  public var state = OptimizerState(["average"])

  /// - Parameters:
  ///   - learningRate: The size of the first step.
  ///   - decay: How fast weights and steps fall.
  ///   - exponent: The power with which steps fall.
  ///   - averagingStart: The updates before averaging begins; until then the average is the present weight.
  ///   - weightDecay: The strength of the pull towards zero that is added to the gradient.
  public init(
    learningRate: Double = 1e-2, decay: Double = 1e-4, exponent: Double = 0.75, averagingStart: Int = 1_000_000,
    weightDecay: Double = 0
  ) {
    checkOption("AveragedSGD decay", decay)
    checkOption("AveragedSGD exponent", exponent)
    checkOption("AveragedSGD averagingStart", Double(averagingStart))
    checkOption("AveragedSGD weightDecay", weightDecay)
    self.learningRate = learningRate
    self.decay = decay
    self.exponent = exponent
    self.averagingStart = averagingStart
    self.weightDecay = weightDecay
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let (learningRate, fall, exponent, weightDecay) = (learningRate, decay, exponent, weightDecay)
    let before = state.updates
    let share = Scalar(1 / Double(max(1, before - averagingStart)))
    state.update(&model, with: gradients, learningRate: learningRate) { span in
      let start = learningRate * span.options.learningRateFactor
      let step = start / power(1 + fall * start * Double(before), exponent)
      let (rate, keep) = (Scalar(step), Scalar(1 - fall * step))
      let decay = Scalar(span.options.weightDecay ?? weightDecay)
      span.advance(quantities: 1) { lanes in
        let slope = lanes.gradient + decay * lanes.weights
        lanes.weights = lanes.weights * keep - rate * slope
        lanes.first = share == 1 ? lanes.weights : lanes.first + share * (lanes.weights - lanes.first)
      }
    }
  }

  /// The model with averaged weights; parameters that were not updated stay.
  public func averaged<M: Module>(_ model: M) -> M {
    var (model, taker) = (model, AverageTaker(state: state))
    if state.updates > 0 { model.visitParameters(&taker) }
    return model
  }
}

private struct AverageTaker: PathVisitor {
  let state: OptimizerState
  var path = ParameterPath()

  mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) {
    guard let average = state["average", path], state.groups?.isFrozen(path) != true else { return }
    require(average.shape == tensor.shape, TrainingMessages.foreignModel)
    tensor = average
  }
}

extension Optimizer where Self == AveragedSGD {
  /// Gradient descent with falling steps whose weights are averaged.
  public static func averagedSGD(
    learningRate: Double = 1e-2, decay: Double = 1e-4, exponent: Double = 0.75, averagingStart: Int = 1_000_000,
    weightDecay: Double = 0
  ) -> AveragedSGD {
    AveragedSGD(
      learningRate: learningRate, decay: decay, exponent: exponent, averagingStart: averagingStart,
      weightDecay: weightDecay)
  }
}
