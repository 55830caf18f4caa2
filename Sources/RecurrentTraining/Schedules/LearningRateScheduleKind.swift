/// A schedule that can be chosen by name: one row of the table `all`.
public struct LearningRateScheduleKind: Sendable {
  /// What a schedule is fitted to.
  public struct Run: Hashable, Sendable {
    /// The most steps of the run, at least 1.
    public let steps: Int
    /// The steps in which the learning rate rises first.
    public let warmup: Int

    /// - Parameters:
    ///   - steps: The most steps of the run, at least 1.
    ///   - warmup: The steps in which the learning rate rises first.
    public init(steps: Int, warmup: Int) {
      self.steps = max(1, steps)
      self.warmup = max(0, warmup)
    }

    /// The steps of the rise, but half the run where that is shorter.
    var rise: Int { warmup < steps ? warmup : steps / 2 }
    /// The steps after the rise, at least 1.
    var rest: Int { steps - rise }
  }

  /// The name in options and files: `one-cycle`.
  public let name: String
  /// Makes the schedule for a run.
  public let make: @Sendable (Run) -> any LearningRateSchedule

  /// Every schedule that can be chosen by name. All but `one-cycle` begin with a straight rise.
  public static let all: [LearningRateScheduleKind] = [
    .init(name: "cosine") { CosineLearningRate(warmup: $0.warmup) },
    .init(name: "constant") { risen($0, ConstantLearningRate()) },
    .init(name: "linear") { risen($0, LinearLearningRate()) },
    // Three equal stretches, each at a tenth of the one before.
    .init(name: "step") { risen($0, StepLearningRate(every: ($0.rest + 2) / 3)) },
    // Down to a hundredth.
    .init(name: "exponential") { risen($0, ExponentialLearningRate(factor: power(0.01, 1 / Double($0.rest)))) },
    .init(name: "restarts") { risen($0, CosineRestartsLearningRate(period: ($0.rest + 6) / 7, growth: 2)) },
    .init(name: "plateau") { risen($0, PlateauLearningRate(patience: 2)) },
    .init(name: "one-cycle") { OneCycleLearningRate(steps: $0.steps) },
  ]

  /// The schedule of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init(name: String, make: @escaping @Sendable (Run) -> any LearningRateSchedule) {
    (self.name, self.make) = (name, make)
  }

  private static func risen(_ run: Run, _ schedule: some LearningRateSchedule) -> any LearningRateSchedule {
    run.rise > 0 ? WarmupLearningRate(steps: run.rise, then: schedule) : schedule
  }
}
