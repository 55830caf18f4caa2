public import RecurrentNN
import RecurrentTensor

/// Adaptive moment estimation (Kingma and Ba, 2015), as in PyTorch:
///
///     g ← gradient + weightDecay · w
///     m ← beta1 · m + (1 - beta1) · g
///     v ← beta2 · v + (1 - beta2) · g²
///     w ← w - learningRate · (m / (1 - beta1ᵗ)) / (√(v / (1 - beta2ᵗ)) + epsilon)
///
/// With `amsgrad` the step is divided by the largest v so far (Reddi, Kale and Kumar, 2018), so that it cannot grow again
/// once large gradients are forgotten.
public struct Adam: Optimizer {
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
  /// Whether the largest mean squared gradient so far counts in place of the present one.
  public let amsgrad: Bool
  /// `firstMoment`, `secondMoment` and, with `amsgrad`, `largestSecondMoment` of each parameter.
  public var state: OptimizerState

  /// - Parameters:
  ///   - learningRate: The step size.
  ///   - beta1: The share of the mean gradient that is kept.
  ///   - beta2: The share of the mean squared gradient that is kept.
  ///   - epsilon: Keeps the division from growing without bound.
  ///   - weightDecay: The strength of the pull towards zero that is added to the gradient.
  ///   - amsgrad: Whether the largest mean squared gradient so far counts in place of the present one.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false
  ) {
    checkOption("Adam beta1", beta1, below: 1)
    checkOption("Adam beta2", beta2, below: 1)
    checkOption("Adam epsilon", epsilon)
    checkOption("Adam weightDecay", weightDecay)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.amsgrad = amsgrad
    state = OptimizerState(["firstMoment", "secondMoment"] + (amsgrad ? ["largestSecondMoment"] : []))
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let (rates, weightDecay) = (rates, weightDecay)
    state.update(
      &model, with: gradients, learningRate: learningRate,
      restsAtZero: { ($0.weightDecay ?? weightDecay) == 0 && rates.epsilon > 0 }
    ) { span in
      MomentStep(rates, decayIntoGradient: span.options.weightDecay ?? weightDecay, shrink: 0, span).apply(span)
    }
  }

  /// The numbers of the next update. A copy of the optimizer itself would share its memories, which the update would then
  /// have to copy.
  fileprivate var rates: MomentRates {
    MomentRates(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad,
      update: state.updates + 1)
  }
}

/// Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019), as in PyTorch:
/// `w ← w · (1 - learningRate · weightDecay)`, then Adam's step.
public struct AdamW: Optimizer {
  private var adam: Adam
  /// The share of each weight, times the learning rate, taken away in each update.
  public let weightDecay: Double

  /// The step size.
  public var learningRate: Double {
    get { adam.learningRate }
    set { adam.learningRate = newValue }
  }
  /// `firstMoment`, `secondMoment` and, with `amsgrad`, `largestSecondMoment` of each parameter.
  public var state: OptimizerState {
    get { adam.state }
    _modify { yield &adam.state }
  }

  /// - Parameters:
  ///   - learningRate: The step size.
  ///   - beta1: The share of the mean gradient that is kept.
  ///   - beta2: The share of the mean squared gradient that is kept.
  ///   - epsilon: Keeps the division from growing without bound.
  ///   - weightDecay: The share of each weight, times the learning rate, taken away in each update.
  ///   - amsgrad: Whether the largest mean squared gradient so far counts in place of the present one.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, amsgrad: Bool = false
  ) {
    checkOption("AdamW weightDecay", weightDecay)
    adam = Adam(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad)
    self.weightDecay = weightDecay
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let (rates, weightDecay) = (adam.rates, weightDecay)
    state.update(
      &model, with: gradients, learningRate: learningRate,
      restsAtZero: { ($0.weightDecay ?? weightDecay) == 0 && rates.epsilon > 0 }
    ) { span in
      let rate = rates.learningRate * span.options.learningRateFactor
      let shrink = rate * (span.options.weightDecay ?? weightDecay)
      MomentStep(rates, decayIntoGradient: 0, shrink: shrink, span).apply(span)
    }
  }
}

/// What an update of Adam needs to know.
private struct MomentRates {
  let learningRate, beta1, beta2, epsilon: Double
  let amsgrad: Bool
  let update: Int
}

/// The numbers of one update of Adam for one parameter, rounded once from double precision.
private struct MomentStep {
  let decay, keep, beta1, gain1, beta2, gain2, rate, rootScale, epsilon: Scalar
  let amsgrad: Bool

  init(_ rates: MomentRates, decayIntoGradient: Double, shrink: Double, _ span: OptimizerState.Span) {
    decay = Scalar(decayIntoGradient)
    keep = Scalar(1 - shrink)
    beta1 = Scalar(rates.beta1)
    gain1 = Scalar(1 - rates.beta1)
    beta2 = Scalar(rates.beta2)
    gain2 = Scalar(1 - rates.beta2)
    rate = Scalar(rates.learningRate * span.options.learningRateFactor / (1 - power(rates.beta1, rates.update)))
    rootScale = Scalar(1 / (1 - power(rates.beta2, rates.update)).squareRoot())
    epsilon = Scalar(rates.epsilon)
    amsgrad = rates.amsgrad
  }

  func apply(_ span: OptimizerState.Span) {
    guard amsgrad else {
      return span.advance(quantities: 2) { lanes in
        advance(&lanes)
        lanes.weights -= rate * lanes.first / (lanes.second.squareRoot() * rootScale + epsilon)
      }
    }
    span.advance(quantities: 3) { lanes in
      advance(&lanes)
      lanes.third.replace(with: lanes.second, where: lanes.second .> lanes.third)
      lanes.weights -= rate * lanes.first / (lanes.third.squareRoot() * rootScale + epsilon)
    }
  }

  @inline(__always)
  private func advance(_ lanes: inout OptimizerState.Span.Lanes) {
    lanes.weights *= keep
    let slope = lanes.gradient + decay * lanes.weights
    lanes.first = beta1 * lanes.first + gain1 * slope
    lanes.second = beta2 * lanes.second + gain2 * (slope * slope)
  }
}

extension Optimizer where Self == Adam {
  /// Adaptive moment estimation.
  public static func adam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false
  ) -> Adam {
    Adam(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      amsgrad: amsgrad)
  }
}

extension Optimizer where Self == AdamW {
  /// Adaptive moment estimation with weight decay apart from the gradient.
  public static func adamW(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, amsgrad: Bool = false
  ) -> AdamW {
    AdamW(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      amsgrad: amsgrad)
  }
}
