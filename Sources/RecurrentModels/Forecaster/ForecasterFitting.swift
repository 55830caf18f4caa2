import RecurrentData
import RecurrentNN
import RecurrentTensor
public import RecurrentTraining

/// What happens while a forecaster is fitted.
public enum ForecasterEvent: Sendable {
  /// Something worth saying: what was chosen and why.
  case note(String)
  /// An event of the training of one network: its name, its number from 1, and the most networks there will be.
  case training(name: String, number: Int, total: Int, TrainingEvent)
  /// A network is done; its mean absolute error on the validation part, in deviations of the training part. Of a distribution
  /// it is the mean of twice the quantile loss at 0.1, 0.5 and 0.9.
  case trained(name: String, validationError: Double)
  /// A short run with growing learning rates has shown this; the rate that is used from now on.
  case foundLearningRate(LearningRateFinding, used: Double)
  /// An event of a search; the events in between are of the candidate that began last.
  case search(SearchEvent)
}

/// The fitting of a forecaster: the choice of a window, the training of its networks, the choice among them.
///
/// Everything is fitted to the training part and chosen on the validation part; the test part is not read.
struct ForecasterFitting {
  let configuration: ForecasterConfiguration
  let kind: SequenceEncoderKind
  let encoders: ForecastEncoders
  let split: SeriesSplit
  let frame: ForecastFrame
  let checkpoints: FittingCheckpoints?
  let isCancelled: () -> Bool
  let onEvent: (ForecasterEvent) -> Void
  private let clock: TrainingClock
  private let rate = FoundLearningRate()
  /// How far to train: nil for to the end.
  private let round: SearchRound?

  init(
    _ configuration: ForecasterConfiguration, kind: SequenceEncoderKind, encoders: ForecastEncoders, split: SeriesSplit,
    series: TimeSeries, checkpoints: FittingCheckpoints? = nil, clock: TrainingClock = TrainingClock(),
    round: SearchRound? = nil, isCancelled: @escaping () -> Bool, onEvent: @escaping (ForecasterEvent) -> Void
  ) {
    self.configuration = configuration
    self.kind = kind
    self.encoders = encoders
    self.split = split
    frame = encoders.frame(of: series[0..<split.validation.upperBound])
    self.checkpoints = checkpoints
    (self.clock, self.round) = (clock, round)
    self.isCancelled = isCancelled
    self.onEvent = onEvent
  }

  /// The task in model space, without the test part.
  func problem(window: Int) -> ForecastProblem {
    let end = split.validation.upperBound
    return ForecastProblem(
      targetNames: encoders.targets.map { encoders.columns[$0] }, values: frame.targets.map { frame.columns[$0] },
      training: split.train, validation: split.validation, test: end..<end, horizon: configuration.horizon,
      window: window)
  }

  /// A trained network and its validation error.
  struct Trained {
    let member: ForecastMember
    let name: String
    let error: Double
    /// Forecasts of the validation windows, for the error of a mean of several.
    let forecasts: [[Double]]
    /// How its training ended.
    let result: TrainingResult
  }

  /// The networks that were chosen, and what they took.
  struct Fitted {
    let members: [ForecastMember]
    /// The linear map, if one of them stands on it.
    let linear: LinearBaseline?
    /// The validation error of the mean of their forecasts.
    let error: Double
    /// How the training of each network ended, also of those that were not chosen.
    let results: [TrainingResult]
  }

  /// Trains the networks and returns those whose mean forecast is best on the validation part.
  func members(window: ForecastWindowChoice) throws(TrainingError) -> Fitted {
    let views: [WindowView] =
      switch configuration.scaler {
      case nil: WindowView.allCases.reversed()
      case .window: [.shape]
      default: [.level]
      }
    let linear = configuration.allowsShortcut ? LinearBaseline(fittedTo: problem(window: window.rows)) : nil
    let bases = ForecastBases(frame: frame, horizon: configuration.horizon, linear: linear)
    let first = views.count + (linear == nil ? 0 : 1)
    let total = first + (configuration.trainings - 1) * min(2, first)
    var trained: [Trained] = []
    for view in views {
      trained.append(
        try train(view, .last, window, bases, number: trained.count + 1, of: total, best: trained.map(\.error).min()))
    }
    if linear != nil, let best = trained.min(by: { $0.error < $1.error }) {
      let view = best.member.plan.shape.view
      trained.append(try train(view, .linear, window, bases, number: first, of: total, best: nil))
    }
    let (chosen, error) = choose(trained, bases)
    onEvent(.note("uses " + chosen.map(\.name).joined(separator: " and ") + ", the best on the validation part"))
    let all = try ensemble(of: chosen, window, bases, after: first, total: total)
    let isEnsemble = all.count > chosen.count
    return Fitted(
      members: all.map(\.member), linear: all.contains { $0.member.plan.base == .linear } ? linear : nil,
      error: isEnsemble ? self.error(of: mean(all), validationSamples(window: window.rows)) : error,
      results: (trained + all.dropFirst(chosen.count)).map(\.result))
  }

  /// Some networks and, if asked for, further trainings of each; their mean is the forecast.
  private func ensemble(
    of chosen: [Trained], _ window: ForecastWindowChoice, _ bases: ForecastBases, after first: Int, total: Int
  ) throws(TrainingError) -> [Trained] {
    guard configuration.trainings > 1 else { return chosen }
    let last = first + (configuration.trainings - 1) * chosen.count
    var all = chosen
    for training in 2...configuration.trainings {
      for network in chosen {
        let plan = network.member.plan
        all.append(
          try train(
            plan.shape.view, plan.base, window, bases, number: first + all.count - chosen.count + 1,
            of: min(last, total), best: nil, training: training))
      }
    }
    let samples = validationSamples(window: window.rows)
    let singles = (0..<configuration.trainings).map { training in
      error(of: mean(Array(all[training * chosen.count..<(training + 1) * chosen.count])), samples)
    }
    func text(_ error: Double) -> String { NumberText.significant(error) }
    onEvent(
      .note(
        "uses the mean of \(configuration.trainings) trainings of " + chosen.map(\.name).joined(separator: " and ")
          + ": validation error \(text(error(of: mean(all), samples))), of single trainings "
          + "\(text(singles.min() ?? 0)) to \(text(singles.max() ?? 0))"))
    return all
  }

  /// The mean of the validation forecasts of some networks.
  private func mean(_ trained: [Trained]) -> [[Double]] {
    let share = 1 / Double(trained.count)
    return trained[0].forecasts.indices.map { sample in
      trained[0].forecasts[sample].indices.map { step in
        trained.reduce(0) { $0 + $1.forecasts[sample][step] } * share
      }
    }
  }

  /// The best network, or the two best together if their mean is better.
  private func choose(_ trained: [Trained], _ bases: ForecastBases) -> (chosen: [Trained], error: Double) {
    let ranked = trained.sorted { $0.error < $1.error }
    guard ranked.count > 1 else { return (ranked, ranked[0].error) }
    let (first, second) = (ranked[0], ranked[1])
    let together = error(of: mean([first, second]), validationSamples(window: first.member.plan.shape.window))
    let isBetter = together < first.error && second.error <= 1.1 * first.error
    return isBetter ? ([first, second], together) : ([first], first.error)
  }

  // MARK: Samples

  private func samples(_ part: Range<Int>, window: Int, most: Int) -> [ForecastSample] {
    let first = max(part.lowerBound, split.train.lowerBound + window + encoders.differencing.lostRows)
    let last = part.upperBound - configuration.horizon
    guard first <= last else { return [] }
    let step = ((last - first + 1) * frame.targets.count - 1) / most + 1
    return stride(from: first, through: last, by: step).flatMap { origin in
      frame.targets.indices.compactMap { target in
        let truth = frame.columns[frame.targets[target]][origin..<origin + configuration.horizon]
        return truth.contains { !$0.isNaN } ? ForecastSample(origin: origin, target: target) : nil
      }
    }
  }

  /// Whether the training part has a window with a known value after it.
  func canLearn(window: Int) -> Bool { !samples(split.train, window: window, most: 1_000_000).isEmpty }

  private func validationSamples(window: Int) -> [ForecastSample] {
    samples(split.validation, window: window, most: 30_000)
  }

  private func error(of forecasts: [[Double]], _ samples: [ForecastSample]) -> Double {
    var sum = 0.0, count = 0.0
    let horizon = configuration.horizon
    for (forecast, sample) in zip(forecasts, samples) {
      let truth = frame.columns[frame.targets[sample.target]]
      for step in 0..<horizon where !truth[sample.origin + step].isNaN {
        sum += abs(truth[sample.origin + step] - forecast[step])
        count += 1
        for (index, probability) in judgedProbabilities.enumerated() {
          let miss = truth[sample.origin + step] - forecast[(index + 1) * horizon + step]
          sum += 2 * max(probability * miss, (probability - 1) * miss)
          count += 1
        }
      }
    }
    return count > 0 ? sum / count : 0
  }

  /// The quantiles beside the median by which distributions are compared: a good median alone says nothing of their spread.
  private var judgedProbabilities: [Double] { configuration.distribution == nil ? [] : [0.1, 0.9] }

  // MARK: Training

  private func plan(
    _ view: WindowView, _ base: ForecastMember.Base, _ window: ForecastWindowChoice, _ bases: ForecastBases,
    _ samples: [ForecastSample]
  ) -> ForecastMember.Plan {
    // A few thousand windows settle these sizes.
    let some = stride(from: 0, to: samples.count, by: samples.count / 4_000 + 1).map { samples[$0] }
    var spreads = frame.targets.map { _ in (sum: 0.0, count: 0.0) }
    var errors = spreads
    for sample in some {
      let own = frame.window(frame.targets[sample.target], sample.origin - window.rows..<sample.origin)
      spreads[sample.target].sum += WindowNormalization(own, level: .last, minimumSpread: 0).spread
      spreads[sample.target].count += 1
      let truth = frame.columns[frame.targets[sample.target]]
      for (step, value) in bases.base(base, sample, window: window.rows).enumerated()
      where !truth[sample.origin + step].isNaN {
        let error = truth[sample.origin + step] - value
        errors[sample.target].sum += error * error
        errors[sample.target].count += 1
      }
    }
    let hiddenSize = configuration.hiddenSize ?? Self.hiddenSize(samples: samples.count)
    let shape = WindowShape(
      view: view, window: window.rows, segment: window.segment,
      minimumSpreads: spreads.map { max(1e-3, 0.3 * $0.sum / max(1, $0.count)) })
    return ForecastMember.Plan(
      cell: configuration.cell, hiddenSize: hiddenSize, layers: configuration.layers, dropout: configuration.dropout,
      shape: shape, base: base, targets: frame.targets.count, horizon: configuration.horizon,
      inputSize: shape.segment * shape.channels(of: frame),
      probabilities: configuration.hasQuantileHeads ? configuration.probabilities : [],
      residualScales: errors.map { ($0.sum / max(1, $0.count)).squareRoot() + 1e-6 },
      knownSize: encoders.known?.count, decoder: configuration.decoder,
      calendarSize: configuration.decoder.calendarSize(encoders), distribution: configuration.distribution,
      connections: configuration.connections, regularization: configuration.regularization,
      counts: configuration.learnsCounts ? encoders.countCodes : nil)
  }

  /// The hidden units for so many training windows.
  private static func hiddenSize(samples: Int) -> Int { samples > 8_000 ? 64 : samples > 500 ? 32 : 16 }

  /// The hidden units that are chosen where none are given.
  func hiddenSize(window: ForecastWindowChoice) -> Int {
    Self.hiddenSize(samples: samples(split.train, window: window.rows, most: 4_000_000).count)
  }

  private func train(
    _ view: WindowView, _ base: ForecastMember.Base, _ window: ForecastWindowChoice, _ bases: ForecastBases,
    number: Int, of total: Int, best: Double?, training repetition: Int = 1
  ) throws(TrainingError) -> Trained {
    // After a cancellation the networks to come depend on one that is not done: nothing of them is kept.
    let checkpoints = isCancelled() ? nil : checkpoints
    let name =
      "\(view == .level ? "levels" : "shapes")\(base == .linear ? " beside the linear map" : "")"
      + (repetition > 1 ? ", training \(repetition)" : "")
    let training = samples(split.train, window: window.rows, most: 4_000_000)
    let validation = validationSamples(window: window.rows)
    var member = ForecastMember(
      plan(view, base, window, bases, training), kind: kind,
      random: RandomSource(seed: configuration.seed).stream("member").stream(number))
    let schedule = ForecastTrainingPlan(configuration, samples: training.count)
    let untrained = member
    let numbers = SampleBatches(
      count: training.count, batchSize: schedule.batchSize, mostBatches: schedule.stepsPerEpoch
    ) { $0 }
    let augmented = augmentedWindows(window.rows, number: number)
    let batches = EpochBatches(numbers: numbers) { numbers, epoch in
      let samples = numbers.map { training[$0] }
      guard let augmented else { return untrained.batch(samples, bases: bases) }
      let pieces = augmented.pieces(of: numbers, samples, epoch: epoch)
      return untrained.batch(
        pieces.samples, bases: ForecastBases(frame: pieces.frame, horizon: bases.horizon, linear: bases.linear))
    }
    let begun = clock.total
    if configuration.learningRate == .found, rate.value == nil {
      let finding = try LearningRateFinder().run(
        member, on: batches, with: schedule.trainer(configuration, number: number, spent: begun))
      let used = finding.suggestion.flatMap { Double(NumberText.significant($0, 3)) }
      rate.value = used ?? configuration.standardLearningRate
      onEvent(.foundLearningRate(finding, used: rate.value ?? 0))
    }
    var trainer = schedule.trainer(configuration, number: number, spent: begun, learningRate: rate.value)
    if configuration.trainings > 1, let left = trainer.timeLimit {
      // What is left is shared by the networks still to come: one without a step would be its base.
      trainer.timeLimit = left / (total - number + 1)
    }
    let lastEpoch = round.map { $0.epochs(of: schedule.epochs) }
    // After its last epoch a round ends; the next goes on from there.
    var (isHopeless, isPaused) = (false, false)
    let initial = error(of: forecasts(of: member, validation, bases), validation)
    var fitted = member
    // In a round the networks that stand on others may be of another view than in the round before.
    let key = base == .linear || repetition > 1 ? "\(number)-\(view)-\(base)" : "\(number)"
    let outcome: TrainingResult
    if let restored = try checkpoints?.restore(&fitted, key) {
      outcome = restored
      clock.add(restored.seconds)
    } else {
      func judge(_ epoch: Int, _ own: Double?) {
        if let best, epoch >= 3, let own { isHopeless = own > 1.05 * best }
        if let lastEpoch { isPaused = epoch >= lastEpoch && lastEpoch < schedule.epochs }
      }
      let result = try trainer.fit(
        &fitted, on: batches, validation: { error(of: forecasts(of: $0, validation, bases), validation) },
        checkpoints: checkpoints?.training(key), isCancelled: { isCancelled() || isHopeless || isPaused },
        onEvent: { event in
          onEvent(.training(name: name, number: number, total: total, event))
          switch event {
          case .started(let start): if let resumed = start.resumed { judge(resumed.epoch - 1, resumed.bestLoss) }
          case .evaluated(let progress): judge(progress.epoch, progress.bestLoss)
          case .step, .finished: break
          }
        })
      // What an interrupted program trained counts as well.
      clock.add(result.seconds - (clock.total - begun))
      if !isCancelled(), isHopeless || result.reason != .cancelled { try checkpoints?.keep(fitted, key, result) }
      outcome = result
    }
    // The untrained network is its base: keep it if training made nothing better.
    var result = forecasts(of: fitted, validation, bases)
    if error(of: result, validation) < initial {
      member = fitted
    } else {
      result = forecasts(of: member, validation, bases)
    }
    let trained = Trained(
      member: member, name: name, error: error(of: result, validation), forecasts: result, result: outcome)
    onEvent(.trained(name: name, validationError: trained.error))
    return trained
  }

  /// The training windows of a network as its augmentations change them; nil without any.
  private func augmentedWindows(_ window: Int, number: Int) -> AugmentedWindows? {
    guard let chosen = Augmentation.named(configuration.augmentations ?? []), !chosen.isEmpty else { return nil }
    return AugmentedWindows(
      frame, window: window, horizon: configuration.horizon, augmentations: chosen,
      random: RandomSource(seed: configuration.seed).stream("augmentation").stream(number))
  }

  private func forecasts(of member: ForecastMember, _ samples: [ForecastSample], _ bases: ForecastBases) -> [[Double]] {
    stride(from: 0, to: samples.count, by: 256).flatMap { first in
      member.forecast(
        Array(samples[first..<min(first + 256, samples.count)]), bases: bases, probabilities: judgedProbabilities)
    }
  }
}

/// The learning rate that the first network has found for all.
private final class FoundLearningRate {
  var value: Double?
}
