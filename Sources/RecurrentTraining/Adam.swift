public import RecurrentNN
import RecurrentTensor

/// Adaptive moment estimation (Kingma and Ba, 2015), as in PyTorch:
///
///     g ← gradient + weightDecay · w
///     m ← beta1 · m + (1 - beta1) · g
///     v ← beta2 · v + (1 - beta2) · g²
///     w ← w - learningRate · (m / (1 - beta1ᵗ)) / (√(v / (1 - beta2ᵗ)) + epsilon)
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
  /// `firstMoment` and `secondMoment` of each parameter.
  public var state = OptimizerState(["firstMoment", "secondMoment"])

  /// - Parameters:
  ///   - learningRate: The step size.
  ///   - beta1: The share of the mean gradient that is kept.
  ///   - beta2: The share of the mean squared gradient that is kept.
  ///   - epsilon: Keeps the division from growing without bound.
  ///   - weightDecay: The strength of the pull towards zero that is added to the gradient.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
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
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let step = MomentStep(self, decayIntoGradient: weightDecay, shrink: 0)
    state.update(&model, with: gradients) { step.apply($0) }
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
  /// `firstMoment` and `secondMoment` of each parameter.
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
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01
  ) {
    checkOption("AdamW weightDecay", weightDecay)
    adam = Adam(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  /// Moves the parameters one step.
  public mutating func update(_ model: inout some Module, with gradients: Gradients) {
    let step = MomentStep(adam, decayIntoGradient: 0, shrink: learningRate * weightDecay)
    state.update(&model, with: gradients) { step.apply($0) }
  }
}

/// The numbers of one update of Adam, rounded once from double precision.
private struct MomentStep {
  let decay, keep, beta1, gain1, beta2, gain2, rate, rootScale, epsilon: Scalar

  init(_ adam: Adam, decayIntoGradient: Double, shrink: Double) {
    let update = adam.state.updates + 1
    decay = Scalar(decayIntoGradient)
    keep = Scalar(1 - shrink)
    beta1 = Scalar(adam.beta1)
    gain1 = Scalar(1 - adam.beta1)
    beta2 = Scalar(adam.beta2)
    gain2 = Scalar(1 - adam.beta2)
    rate = Scalar(adam.learningRate / (1 - power(adam.beta1, update)))
    rootScale = Scalar(1 / (1 - power(adam.beta2, update)).squareRoot())
    epsilon = Scalar(adam.epsilon)
  }

  func apply(_ span: OptimizerState.Span) {
    let (first, second) = (span.memory[0], span.memory[1])
    let whole = span.count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      var lanes = Lanes(
        weights: load(span.weights + index), gradient: load(span.gradient + index), first: load(first + index),
        second: load(second + index))
      advance(&lanes)
      store(lanes.weights, span.weights + index)
      store(lanes.first, first + index)
      store(lanes.second, second + index)
    }
    guard whole < span.count else { return }
    var lanes = Lanes()
    for lane in 0..<span.count - whole {
      lanes.weights[lane] = span.weights[whole + lane]
      lanes.gradient[lane] = span.gradient[whole + lane]
      lanes.first[lane] = first[whole + lane]
      lanes.second[lane] = second[whole + lane]
    }
    advance(&lanes)
    for lane in 0..<span.count - whole {
      span.weights[whole + lane] = lanes.weights[lane]
      first[whole + lane] = lanes.first[lane]
      second[whole + lane] = lanes.second[lane]
    }
  }

  private struct Lanes {
    var weights = SIMD8<Scalar>(), gradient = SIMD8<Scalar>(), first = SIMD8<Scalar>(), second = SIMD8<Scalar>()
  }

  /// Written in lanes: the square root of a single scalar is a call of the C library, that of lanes an instruction.
  @inline(__always)
  private func advance(_ lanes: inout Lanes) {
    let weights = lanes.weights * keep
    let slope = lanes.gradient + decay * weights
    lanes.first = beta1 * lanes.first + gain1 * slope
    lanes.second = beta2 * lanes.second + gain2 * (slope * slope)
    lanes.weights = weights - rate * lanes.first / (lanes.second.squareRoot() * rootScale + epsilon)
  }
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Scalar>) -> SIMD8<Scalar> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Scalar>.self)
}

@inline(__always)
private func store(_ lanes: SIMD8<Scalar>, _ pointer: UnsafeMutablePointer<Scalar>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: SIMD8<Scalar>.self)
}

/// `base` to a whole power, by repeated squaring.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}

extension Optimizer where Self == Adam {
  /// Adaptive moment estimation.
  public static func adam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) -> Adam {
    Adam(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
  }
}

extension Optimizer where Self == AdamW {
  /// Adaptive moment estimation with weight decay apart from the gradient.
  public static func adamW(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01
  ) -> AdamW {
    AdamW(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
  }
}
