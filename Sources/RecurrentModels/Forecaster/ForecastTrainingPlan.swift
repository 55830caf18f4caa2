import RecurrentTraining

/// How long and in what batches a network is trained, from the number of its windows.
struct ForecastTrainingPlan {
  let batchSize, stepsPerEpoch, epochs, patience: Int

  init(_ configuration: ForecasterConfiguration, samples: Int, mostSteps: Int = 1_000) {
    var automatic = 16
    while automatic < 256, automatic * 45 < samples { automatic *= 2 }
    batchSize = configuration.batchSize ?? automatic
    stepsPerEpoch = min(mostSteps, max(1, (samples + batchSize - 1) / batchSize))
    epochs = configuration.epochs ?? min(60, max(12, (1_500 + stepsPerEpoch - 1) / stepsPerEpoch))
    patience = configuration.patience ?? (stepsPerEpoch >= 64 ? 4 : 10)
  }

  /// The steps in which the learning rate rises first.
  private static let warmup = 50

  /// The trainer of the network of a number, after so many seconds of the time limit, with the learning rate that was found
  /// if one was to be found.
  func trainer(
    _ configuration: ForecasterConfiguration, number: Int, spent: Double, learningRate: Double? = nil
  ) -> Trainer {
    let automatic = min(0.999, max(0.9, 1 - 1 / (4 * Double(stepsPerEpoch))))
    let averaging = configuration.averaging ?? automatic
    var trainer = Trainer(
      optimizer: AdamW(learningRate: 1), clipping: .globalNorm(configuration.clipNorm), length: .epochs(epochs),
      patience: patience, averaging: averaging > 0 ? averaging : nil, seed: configuration.seed &+ UInt64(number))
    let kind = configuration.optimizerKind
    trainer.optimizer = kind.make(
      learningRate ?? configuration.givenLearningRate ?? kind.learningRate, weightDecay: configuration.weightDecay)
    trainer.schedule = configuration.scheduleKind.make(.init(steps: epochs * stepsPerEpoch, warmup: Self.warmup))
    if let limit = configuration.timeLimit { trainer.timeLimit = .seconds(limit - spent) }
    return trainer
  }
}

extension ForecasterConfiguration {
  /// The optimizer; AdamW for a name that is not known.
  var optimizerKind: OptimizerKind { OptimizerKind(named: optimizer) ?? OptimizerKind(named: "adamw")! }

  /// The schedule; a cosine for a name that is not known.
  var scheduleKind: LearningRateScheduleKind {
    schedule.flatMap { LearningRateScheduleKind(named: $0) } ?? LearningRateScheduleKind(named: "cosine")!
  }

  /// The learning rate if it is given.
  fileprivate var givenLearningRate: Double? { if case .given(let rate) = learningRate { rate } else { nil } }

  /// The learning rate of the first network without a search for one.
  var standardLearningRate: Double { givenLearningRate ?? optimizerKind.learningRate }
}
