/// A straight rise over the first steps, then any other schedule from its first step on:
///
///     (t + 1) / steps                 for t < steps
///     following(t - steps)            after it
///
/// In PyTorch: `SequentialLR` of `LinearLR(start_factor: 1 / steps, total_iters: steps - 1)` and the other, with the
/// milestone `steps`.
public struct WarmupLearningRate<Following: LearningRateSchedule>: LearningRateSchedule {
  private let steps: Int
  private var following: Following

  /// - Parameters:
  ///   - steps: The steps of the rise, at least 1.
  ///   - following: What comes after it.
  public init(steps: Int, then following: Following = ConstantLearningRate()) {
    checkCount("WarmupLearningRate steps", steps)
    self.steps = steps
    self.following = following
  }

  /// The factor for a step.
  public func factor(step: Int, of total: Int?) -> Double {
    if step < steps { return straightRise(step: step, over: steps) }
    return following.factor(step: step - steps, of: total.map { max(1, $0 - steps) })
  }

  /// Tells the schedule that follows.
  public mutating func observe(loss: Double) { following.observe(loss: loss) }

  /// That of the schedule that follows.
  public var memory: [Double] {
    get { following.memory }
    set { following.memory = newValue }
  }
}
