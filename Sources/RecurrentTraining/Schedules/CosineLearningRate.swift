/// A straight rise over the first steps, then half a cosine down to a last share (Loshchilov and Hutter, 2017).
///
///     (t + 1) / warmup                                            for t < warmup
///     floor + (1 - floor) · (1 + cos(π (t - warmup) / (T - 1 - warmup))) / 2       after it
///
/// with t the step from 0 and T the steps of the run. Without warm-up it is PyTorch's `CosineAnnealingLR` with
/// `T_max = T - 1` and `eta_min = floor · lr`.
public struct CosineLearningRate: LearningRateSchedule {
  private let warmup: Int
  private let floor: Double

  /// - Parameters:
  ///   - warmup: The steps of the rise.
  ///   - floor: The factor of the last step.
  public init(warmup: Int = 0, floor: Double = 0) {
    self.warmup = warmup
    self.floor = floor
  }

  /// The factor for a step; 1 after the rise if the length of the run is not known.
  public func factor(step: Int, of total: Int?) -> Double {
    if step < warmup { return straightRise(step: step, over: warmup) }
    guard let total, total > warmup + 1 else { return 1 }
    return halfCosine(from: 1, to: floor, share: min(1, Double(step - warmup) / Double(total - 1 - warmup)))
  }
}

/// Half a cosine again and again, from 1 down to a least share (SGDR; Loshchilov and Hutter, 2017), as PyTorch's
/// `CosineAnnealingWarmRestarts`:
///
///     floor + (1 - floor) · (1 + cos(π u / period)) / 2
///
/// with u the steps since the last restart. Each period is `growth` times as long as the one before.
public struct CosineRestartsLearningRate: LearningRateSchedule {
  private let period: Int
  private let growth: Int
  private let floor: Double

  /// - Parameters:
  ///   - period: The steps until the first restart, at least 1.
  ///   - growth: How many times as long each period is as the one before, at least 1.
  ///   - floor: The factor towards which each period falls.
  public init(period: Int, growth: Int = 1, floor: Double = 0) {
    checkCount("CosineRestartsLearningRate period", period)
    checkCount("CosineRestartsLearningRate growth", growth)
    self.period = period
    self.growth = growth
    self.floor = floor
  }

  /// The factor for a step.
  public func factor(step: Int, of total: Int?) -> Double {
    var (since, length) = (step, period)
    if growth == 1 { since %= length }
    while since >= length { (since, length) = (since - length, length * growth) }
    return halfCosine(from: 1, to: floor, share: Double(since) / Double(length))
  }
}

/// Half a cosine between two numbers: at share 0 the first, at share 1 the second.
func halfCosine(from start: Double, to end: Double, share: Double) -> Double {
  end + (start - end) * (1 + cosine(Double.pi * share)) / 2
}

/// A rise that is complete in the last of the given steps.
func straightRise(step: Int, over steps: Int) -> Double { Double(step + 1) / Double(steps) }
