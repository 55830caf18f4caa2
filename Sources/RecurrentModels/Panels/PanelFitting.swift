import RecurrentData
import RecurrentNN
import RecurrentTensor
import RecurrentTraining

/// The fitting of a forecaster of many series: the choice of cycles and a window, the training of its networks.
///
/// Nothing after the last rows of the panel is read; the last `horizon` rows of each series validate.
struct PanelFitting {
  let configuration: ForecasterConfiguration
  let kind: SequenceEncoderKind
  let encoding: PanelEncoding
  let segment: Int
  let frame: PanelFrame
  let split: PanelSplit
  /// For comparison; nil where no penalty gives one.
  let linearMap: PanelLinearMap?
  private let checkpoints: FittingCheckpoints?
  private let isCancelled: () -> Bool
  private let onEvent: (ForecasterEvent) -> Void
  private let clock = TrainingClock()

  /// The most rows of a window that is chosen.
  private static let mostRows = 336
  /// Networks whose mean is the forecast: each starts from weights of its own.
  private static let networks = 5
  /// Steps between two evaluations.
  private static let mostSteps = 100

  init(
    _ panel: SeriesPanel, _ configuration: ForecasterConfiguration, season: Season?,
    checkpoints: FittingCheckpoints?,
    isCancelled: @escaping () -> Bool, onEvent: @escaping (ForecasterEvent) -> Void
  ) throws(DataError) {
    let kind = try configuration.encoderKind()
    (self.configuration, self.kind) = (configuration, kind)
    (self.checkpoints, self.isCancelled, self.onEvent) = (checkpoints, isCancelled, onEvent)
    let horizon = configuration.horizon
    let measure = try Self.measure(of: panel, configuration)
    let lengths = panel.members.map(\.series.rowCount).sorted()
    let usual = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
    // Half of a usual series is left to learn from.
    let most = configuration.window ?? max(1, min(Self.mostRows, (usual - 2 * horizon) / 2))
    let columns = panel.members.map { PanelFrame.measured($0.values, measure) }
    let cycles = PanelCycles.find(in: columns, horizon: horizon, longest: most, divides: measure == .plain)
    let rows = configuration.window ?? min(most, max(2 * cycles[0], 2 * horizon, 24))
    let wish = min(24, max(horizon, 4), max(1, rows / 4))
    let segment = configuration.segment ?? max(wish, kind.leastSegment(ofWindow: rows))
    // Whole segments, unless a window is given: then a divisor of it.
    let window = configuration.window ?? max(segment, rows / segment * segment, cycles.max() ?? 1)
    self.segment =
      window % segment == 0
      ? segment
      : ForecastWindowChoice.segment(
        dividing: window, near: segment, atLeast: kind.leastSegment(ofWindow: window))
    try kind.check(segments: window / self.segment)
    split = PanelSplit(rowCounts: panel.members.map(\.series.rowCount), window: window, horizon: horizon)
    let learned = Set(split.training.map(\.series)).sorted().map { panel.members[$0] }
    let undivided = PanelEncoding(
      measure: measure, window: window, horizon: horizon, cycles: cycles, categories: panel.categories,
      texts: panel.categories.indices.map { index in Self.unique(panel.members.map { $0.categories[index] }) },
      statics: PanelStatics(fittedTo: learned, names: panel.statics))
    // A window that is no longer than a season changes from row to row.
    let lag = season.map { $0.period < window ? $0.period : 1 } ?? 1
    let unit = measure == .plain ? nil : PanelUnit(of: columns, season: lag, horizon: horizon)
    (frame, linearMap) = Self.frame(panel, undivided, unit, split)
    encoding = frame.encoding
    guard split.training.contains(where: { Self.isKnown($0, frame) }) else {
      throw panel.error(
        expected:
          "a series of at least \(PanelSplit.fewestRows(window: window, horizon: horizon)) rows with known values",
        received: "\(panel.members.count) series of at most \(lengths.last ?? 0) rows",
        hint: "choose a shorter --horizon or --window")
    }
  }

  /// The series with their windows in the unit or not, whichever gives the linear map the lower validation error: where all
  /// series change alike, a unit for each window is only noise.
  private static func frame(
    _ panel: SeriesPanel, _ encoding: PanelEncoding, _ unit: PanelUnit?, _ split: PanelSplit
  ) -> (PanelFrame, PanelLinearMap?) {
    func made(_ unit: PanelUnit?) -> (frame: PanelFrame, map: PanelLinearMap?) {
      var encoding = encoding
      encoding.unit = unit
      let frame = PanelFrame(panel, encoding)
      return (frame, PanelLinearMap(frame, training: split.training, validation: split.validation))
    }
    guard let unit else { return made(nil) }
    let (plain, divided) = (made(nil), made(unit))
    guard let plainMap = plain.map, let dividedMap = divided.map else { return plain }
    let plainError = plainMap.error(on: split.validation, of: plain.frame, in: unit)
    return dividedMap.error(on: split.validation, of: divided.frame, in: unit) < plainError ? divided : plain
  }

  /// Logarithms where every value is well above zero, unless something else is asked for.
  private static func measure(
    of panel: SeriesPanel, _ configuration: ForecasterConfiguration
  ) throws(DataError) -> PanelEncoding.Measure {
    if let scaler = configuration.scaler, scaler != .log { return .plain }
    for member in panel.members {
      let known = member.values.filter { !$0.isNaN }
      let least = known.min() ?? 1
      if configuration.scaler == .log, least <= 0 {
        throw panel.error(
          expected: "values above 0 in the series \(DataError.quoted(member.id)) for a logarithm",
          received: "\(least)", hint: "choose another --scaler")
      }
      let mean = known.reduce(0, +) / Double(max(1, known.count))
      if configuration.scaler == nil, least <= 1e-3 * mean || least <= 0 { return .plain }
    }
    return .logarithm
  }

  private static func unique(_ texts: [String]) -> [String] {
    var known: Set<String> = []
    return texts.filter { known.insert($0).inserted }
  }

  private static func isKnown(_ sample: PanelSample, _ frame: PanelFrame) -> Bool {
    frame.values[sample.series][sample.origin..<sample.origin + frame.encoding.horizon].contains { !$0.isNaN }
  }

  /// What was chosen, in words.
  var notes: [String] {
    let cycles = encoding.cycles.map(String.init).joined(separator: " and ")
    let learned = Set(split.training.map(\.series)).count
    return [
      "\(split.training.count) windows of \(encoding.window) rows, of \(learned) of \(frame.values.count) series",
      encoding.measure == .logarithm
        ? "learns logarithms, each window on its own level"
          + (encoding.unit == nil ? "" : " and in units of its change over a season")
        : "learns values, each window on its own level and spread",
      encoding.cycles == [1]
        ? "starts from the last value" : "starts from what the last \(cycles) rows repeat, the best on the rows before",
    ]
  }

  /// Trains the networks; their mean is the forecast.
  func members() throws(TrainingError) -> [PanelMember] {
    var members: [PanelMember] = []
    for number in 1...Self.networks { members.append(try train(number)) }
    return members
  }

  private func train(_ number: Int) throws(TrainingError) -> PanelMember {
    // After a cancellation the networks to come are not kept: going on trains them anew.
    let checkpoints = isCancelled() ? nil : checkpoints
    let samples = split.training.filter { Self.isKnown($0, frame) }
    let schedule = ForecastTrainingPlan(configuration, samples: samples.count, mostSteps: Self.mostSteps)
    let plan = PanelMember.Plan(
      cell: configuration.cell, hiddenSize: configuration.hiddenSize ?? (samples.count > 8_000 ? 64 : 32),
      layers: configuration.layers, dropout: configuration.dropout, window: encoding.window, segment: segment,
      horizon: encoding.horizon, hasShortcut: configuration.allowsShortcut,
      vocabularies: encoding.texts.map { $0.count + 1 }, staticSize: encoding.statics?.count,
      connections: configuration.connections, regularization: configuration.regularization)
    let untrained = PanelMember(
      plan, kind: kind, random: RandomSource(seed: configuration.seed).stream("panel").stream(number))
    let batches = SampleBatches(
      count: samples.count, batchSize: schedule.batchSize, mostBatches: schedule.stepsPerEpoch
    ) { numbers in untrained.batch(numbers.map { samples[$0] }, of: frame) }
    let begun = clock.total
    var trainer = schedule.trainer(configuration, number: number, spent: begun)
    trainer.patience = configuration.patience
    // What is left is shared by the networks still to come.
    if let left = trainer.timeLimit { trainer.timeLimit = left / (Self.networks - number + 1) }
    let name = "series \(number)"
    var fitted = untrained
    let key = "\(number)"
    if let restored = try checkpoints?.restore(&fitted, key) {
      clock.add(restored.seconds)
    } else {
      let result = try trainer.fit(
        &fitted, on: batches, validation: { error(of: $0) }, checkpoints: checkpoints?.training(key),
        isCancelled: isCancelled,
        onEvent: { onEvent(.training(name: name, number: number, total: Self.networks, $0)) })
      // What an interrupted program trained counts as well.
      clock.add(result.seconds - (clock.total - begun))
      if !isCancelled() { try checkpoints?.keep(fitted, key, result) }
    }
    // The untrained network is its base: keep it if training made nothing better.
    let (before, after) = (error(of: untrained), error(of: fitted))
    onEvent(.trained(name: name, validationError: min(before, after)))
    return after < before ? fitted : untrained
  }

  /// The mean absolute error on the validation rows, each on the scale of its window; every series counts by the weight of
  /// its window.
  private func error(of member: PanelMember) -> Double {
    let predictor = PanelPredictor(frame: frame, members: [member])
    var sum = 0.0, total = 0.0
    for (sample, result) in zip(split.validation, predictor.forecasts(split.validation)) {
      let errors = zip(frame.truth(sample, in: result.window), result.forecast).map { abs($0 - $1) }
        .filter { !$0.isNaN }
      guard !errors.isEmpty else { continue }
      sum += result.window.weight * errors.reduce(0, +) / Double(errors.count)
      total += result.window.weight
    }
    return total > 0 ? sum / total : 0
  }
}

/// Forecasts of many windows by the mean of several networks.
struct PanelPredictor {
  let frame: PanelFrame
  let members: [PanelMember]

  private static let batchSize = 512

  /// The windows of some samples and their forecasts on the scale of each window.
  func forecasts(_ samples: [PanelSample]) -> [(window: PanelWindow, forecast: [Double])] {
    stride(from: 0, to: samples.count, by: Self.batchSize).flatMap { first in
      let part = Array(samples[first..<min(first + Self.batchSize, samples.count)])
      let windows = part.map { frame.window($0) }
      var sums = windows.map { _ in [Double](repeating: 0, count: frame.encoding.horizon) }
      for member in members {
        for (row, forecast) in member.forecasts(part, windows, of: frame).enumerated() {
          for step in forecast.indices { sums[row][step] += forecast[step] / Double(members.count) }
        }
      }
      return zip(windows, sums).map { (window: $0, forecast: $1) }
    }
  }
}
