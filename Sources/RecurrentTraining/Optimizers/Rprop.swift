public import RecurrentNN
import RecurrentTensor

/// Resilient back-propagation (Riedmiller and Braun, 1993): a step size for each weight, and only the sign of the
/// gradient, as in PyTorch. It wants gradients of all data: the sign of a small batch's gradient changes by chance.
///
///     s ← clamp(s · increase) if g has the sign of the update before, clamp(s · decrease) and g ← 0 if it has the other
///     w ← w - sign(g) · s
public struct Rprop: Optimizer {
  /// The step size that every weight starts with; later changes have no effect.
  public var learningRate: Double
  /// What a step size is multiplied with when the sign changes.
  public let decrease: Double
  /// What a step size is multiplied with when the sign stays.
  public let increase: Double
  /// The smallest step size.
  public let smallestStep: Double
  /// The largest step size.
  public let largestStep: Double
  /// `gradient` of the update before and `stepSize` of each parameter.
  public var state = OptimizerState(["gradient", "stepSize"])

  /// - Parameters:
  ///   - learningRate: The step size that every weight starts with.
  ///   - decrease: What a step size is multiplied with when the sign changes: above 0 and below 1.
  ///   - increase: What a step size is multiplied with when the sign stays: above 1.
  ///   - smallestStep: The smallest step size.
  ///   - largestStep: The largest step size.
  public init(
    learningRate: Double = 1e-2, decrease: Double = 0.5, increase: Double = 1.2, smallestStep: Double = 1e-6,
    largestStep: Double = 50
  ) {
    require(
      decrease > 0 && decrease < 1,
      TrainingMessages.option("Rprop decrease", expected: "above 0 and below 1", received: decrease))
    require(increase > 1, TrainingMessages.option("Rprop increase", expected: "above 1", received: increase))
    checkOption("Rprop smallestStep", smallestStep)
    require(
      largestStep >= smallestStep,
      TrainingMessages.option("Rprop largestStep", expected: "at least \(smallestStep)", received: largestStep))
    self.learningRate = learningRate
    self.decrease = decrease
    self.increase = increase
    self.smallestStep = smallestStep
    self.largestStep = largestStep
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let (learningRate, isFirst) = (learningRate, state.updates == 0)
    let decrease = SIMD8(repeating: Scalar(decrease)), increase = SIMD8(repeating: Scalar(increase))
    let smallest = SIMD8(repeating: Scalar(smallestStep)), largest = SIMD8(repeating: Scalar(largestStep))
    state.update(&model, with: gradients, learningRate: learningRate) { span in
      let start = SIMD8(repeating: Scalar(learningRate * span.options.learningRateFactor))
      let decay = Scalar(span.options.weightDecay ?? 0)
      span.advance(quantities: 2) { lanes in
        var slope = lanes.gradient + decay * lanes.weights
        let agreement = slope * lanes.first
        let turned = agreement .< 0
        var factor = SIMD8<Scalar>(repeating: 1)
        factor.replace(with: increase, where: agreement .> 0)
        factor.replace(with: decrease, where: turned)
        lanes.second = ((isFirst ? start : lanes.second) * factor).clamped(lowerBound: smallest, upperBound: largest)
        slope.replace(with: 0, where: turned)
        lanes.first = slope
        lanes.weights.replace(with: lanes.weights - lanes.second, where: slope .> 0)
        lanes.weights.replace(with: lanes.weights + lanes.second, where: slope .< 0)
      }
    }
  }
}

extension Optimizer where Self == Rprop {
  /// Resilient back-propagation.
  public static func rprop(
    learningRate: Double = 1e-2, decrease: Double = 0.5, increase: Double = 1.2, smallestStep: Double = 1e-6,
    largestStep: Double = 50
  ) -> Rprop {
    Rprop(
      learningRate: learningRate, decrease: decrease, increase: increase, smallestStep: smallestStep,
      largestStep: largestStep)
  }
}
