public import RecurrentData
import RecurrentNN

/// What is known before anything is trained: the parts, the season, the encoders.
public struct ForecastOutline: Sendable {
  /// The parts.
  public let split: SeriesSplit
  /// The season, given or found in the training part; nil if there is none.
  public let season: Season?
  let encoders: ForecastEncoders
  let kind: SequenceEncoderKind
  private let configuration: ForecasterConfiguration
  var horizon: Int { configuration.horizon }

  /// Looks at a series without training anything.
  ///
  /// - Parameters:
  ///   - series: The series with its targets.
  ///   - split: The parts; nil for `standardSplit`.
  ///   - configuration: What is asked for.
  /// - Throws: `DataError` if the series does not allow it.
  public init(of series: TimeSeries, split: SeriesSplit?, _ configuration: ForecasterConfiguration) throws(DataError) {
    let split =
      if let split { split } else { try Self.standardSplit(of: series, horizon: configuration.horizon) }
    guard !configuration.levels.isEmpty, configuration.levels.allSatisfy({ $0 > 0 && $0 < 1 }),
      Set(configuration.levels).count == configuration.levels.count
    else {
      throw DataError(
        expected: "at least one level for intervals, each between 0 and 1 and none twice",
        received: "\(configuration.levels)")
    }
    let kind = try configuration.encoderKind()
    guard Augmentation.named(configuration.augmentations ?? []) != nil else {
      throw DataError(
        expected: "augmentations: " + Augmentation.all.map(\.name).joined(separator: ", "),
        received: configuration.augmentations?.joined(separator: ", ") ?? "")
    }
    try configuration.checkDistribution(of: series, training: split.train)
    self.split = split
    self.kind = kind
    self.configuration = configuration
    season =
      configuration.season.map { $0 > 1 ? Season(given: $0) : nil }
      ?? SeasonDetection.season(
        of: series.targetIndices.map { series.columns[$0].values }, training: split.train,
        candidates: Self.candidates(series.grid))
    encoders = try ForecastEncoders(
      fittedTo: series, split: split, season: season?.period, configuration)
  }

  /// 70, 10 and 20 % of the rows, but where rows are few a validation and a test part of two horizons each, as long as
  /// that leaves more than half of the rows to learn from.
  public static func standardSplit(of series: TimeSeries, horizon: Int) throws(DataError) -> SeriesSplit {
    let rows = series.rowCount
    let test = max(Int((Double(rows) * 0.2).rounded()), min(2 * horizon, rows / 4))
    let validation = min(max(Int((Double(rows) * 0.1).rounded()), 2 * horizon), rows / 5)
    return try SeriesSplit(series, rule: .rows(train: rows - test - validation, validation: validation, test: test))
  }

  /// Periods that a calendar suggests.
  static func candidates(_ grid: Grid) -> [Int] {
    switch grid.step {
    case .rows: []
    case .months(let months): SeasonDetection.candidates(secondsPerRow: Double(months) * 30.44 * 86_400)
    case .businessDays: SeasonDetection.candidates(secondsPerRow: 86_400, isBusinessDaily: true)
    case .seconds(let seconds): SeasonDetection.candidates(secondsPerRow: Double(seconds))
    }
  }

  /// The fitting that this outline begins, for what it knows without training.
  func fitting(_ series: TimeSeries) -> ForecasterFitting {
    ForecasterFitting(
      configuration, kind: kind, encoders: encoders, split: split, series: series, isCancelled: { false },
      onEvent: { _ in })
  }

  /// The window that a forecaster would use.
  ///
  /// - Parameter series: The series of this outline.
  /// - Returns: The window and why it is chosen.
  /// - Throws: `DataError` if no window fits into the parts.
  public func window(for series: TimeSeries) throws(DataError) -> ForecastWindowChoice {
    try window(for: series, isJudged: true)
  }

  /// The window; without a judgement the test part may be empty.
  func window(for series: TimeSeries, isJudged: Bool) throws(DataError) -> ForecastWindowChoice {
    let fitting = fitting(series)
    let choice = ForecastWindowChoice(configuration, fitting)
    try split.check(
      window: choice.rows + encoders.differencing.lostRows, horizon: configuration.horizon, in: series,
      isJudged: isJudged)
    try kind.check(segments: choice.rows / choice.segment)
    guard fitting.canLearn(window: choice.rows) else {
      throw series.error(
        expected: "known values to forecast in the training part after its first \(choice.rows) rows",
        received: "missing ones", hint: "choose another --target, --split or a shorter --window")
    }
    return choice
  }

  /// The task, with the window given.
  public func problem(_ series: TimeSeries, window: Int) -> ForecastProblem {
    ForecastProblem(
      targetNames: series.targetIndices.map { series.columns[$0].name },
      values: series.targetIndices.map { series.columns[$0].values }, training: split.train,
      validation: split.validation, test: split.test, horizon: configuration.horizon, window: window,
      season: season?.period, effects: encoders.effects(on: series))
  }
}
