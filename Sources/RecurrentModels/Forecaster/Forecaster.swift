public import RecurrentData
import RecurrentNN
import RecurrentTensor
import RecurrentTraining

/// Forecasts of one origin.
public struct Forecast: Sendable, Equatable {
  /// The times of the forecast rows as the file writes them.
  public let times: [String]
  /// The names of the targets.
  public let targets: [String]
  /// The levels of the intervals, rising.
  public let levels: [Double]
  /// Point forecasts, `[target][step]`.
  public let values: [[Double]]
  /// Bounds by level, `[level][target][step]`.
  public let lower, upper: [[[Double]]]
}

/// A recurrent forecaster of one or several columns: direct multi-horizon forecasts with calibrated intervals.
///
/// ```swift
/// let series = try TimeSeries(contentsOf: "sales.csv", target: "sales")
/// let forecaster = try Forecaster(fittedTo: series, horizon: 24)
/// print(try forecaster.backtest(on: series).evaluation.verdict.sentence)
/// print(try forecaster.forecast(after: series).values)
/// ```
///
/// A window is cut into segments, each embedded and read by a recurrent layer (or what takes its place), whose last output
/// gives the whole horizon at once; what is added to is the last value or a linear map of the window. One or two such
/// networks, whichever does best on the validation part, make the point forecast; its errors there calibrate the intervals.
///
/// Columns of the role `known` help with their values in the rows to be forecast: what a regression finds them to explain
/// is taken out of the targets first, and a part of the head reads them step by step.
public struct Forecaster: Sendable {
  /// What it was built by, as asked for.
  public let configuration: ForecasterConfiguration
  /// The period of the seasonal pattern and how it was found; nil if there is none.
  public let season: Season?
  /// The rows it sees.
  public let window: Int
  /// The parts of the series it was fitted to and judged on.
  public let split: SeriesSplit
  /// What turns columns into the network's numbers.
  public let encoders: ForecastEncoders
  /// The simple baselines, fitted to the same rows.
  public let baselines: FittedBaselines
  let members: [ForecastMember]
  let linear: LinearBaseline?
  var intervals: ForecastIntervals
  /// What paths are drawn from; nil for a model that was written without.
  var paths: PathErrors?

  /// Fits a forecaster with nothing given but the horizon.
  ///
  /// - Parameters:
  ///   - series: The series with its targets.
  ///   - horizon: How many rows ahead to forecast.
  /// - Throws: `DataError` if the series does not allow it, `TrainingError` if training breaks down.
  public init(fittedTo series: TimeSeries, horizon: Int) throws {
    try self.init(fittedTo: series, configuration: ForecasterConfiguration(horizon: horizon))
  }

  /// Fits a forecaster.
  ///
  /// - Parameters:
  ///   - series: The series with its targets.
  ///   - split: The parts; nil for `standardSplit`.
  ///   - configuration: What is asked for; what it leaves open is chosen on the training and validation parts.
  ///   - checkpoints: Where the fitting is written down, and continued from; nil for nowhere.
  ///   - isCancelled: Asked after every step of training; true ends it with the best weights so far.
  ///   - onEvent: Told what is chosen and how training goes.
  /// - Throws: `DataError` if the series does not allow it, `TrainingError` if training breaks down.
  public init(
    fittedTo series: TimeSeries, split: SeriesSplit? = nil, configuration: ForecasterConfiguration,
    checkpoints: FittingCheckpoints? = nil, isCancelled: @escaping () -> Bool = { false },
    onEvent: @escaping (ForecasterEvent) -> Void = { _ in }
  ) throws {
    try self.init(
      fittedTo: series, split: split, configuration: configuration, isJudged: true, checkpoints: checkpoints,
      isCancelled: isCancelled, onEvent: onEvent)
  }

  /// Fits a forecaster; one that is not to be judged needs no test part.
  init(
    fittedTo series: TimeSeries, split: SeriesSplit?, configuration: ForecasterConfiguration, isJudged: Bool,
    checkpoints: FittingCheckpoints?, isCancelled: @escaping () -> Bool,
    onEvent: @escaping (ForecasterEvent) -> Void
  ) throws {
    let outline = try ForecastOutline(of: series, split: split, configuration)
    let fitting = ForecasterFitting(
      configuration, kind: outline.kind, encoders: outline.encoders, split: outline.split, series: series,
      checkpoints: checkpoints, isCancelled: isCancelled, onEvent: onEvent)
    let choice = try outline.window(for: series, isJudged: isJudged)
    onEvent(.note(choice.reason))
    if let words = configuration.decoder.explanation(horizon: configuration.horizon, segment: choice.segment) {
      onEvent(.note(words))
    }
    self.init(
      configuration, outline, window: choice, try fitting.members(window: choice), series, drawsPaths: isJudged)
  }

  /// Adds to trained networks what the baselines and the validation part say.
  init(
    _ configuration: ForecasterConfiguration, _ outline: ForecastOutline, window choice: ForecastWindowChoice,
    _ fitted: ForecasterFitting.Fitted, _ series: TimeSeries, drawsPaths: Bool = true
  ) {
    self.configuration = configuration
    season = outline.season
    self.split = outline.split
    encoders = outline.encoders
    window = choice.rows
    baselines = FittedBaselines(
      fittedTo: outline.problem(series, window: choice.rows), level: configuration.judgedLevel)
    (members, linear) = (fitted.members, fitted.linear)
    intervals = ForecastIntervals(
      series.targetIndices.map { series.columns[$0].values }, training: outline.split.train, window: choice.rows,
      probabilities: configuration.probabilities, horizon: configuration.horizon)
    intervals.least = configuration.learnsCounts ? 0 : nil
    let problem = problem(on: series)
    let origins = problem.origins(in: self.split.validation) + problem.origins(in: self.split.test)
    intervals.calibration = outcomes(at: problem.origins(in: self.split.validation), of: series).calibration()
    intervals.newest = outcomes(at: origins, of: series).calibration()
    intervals.end = intervals.end(of: problem.values)
    // One that only stands in during a backtest draws none.
    guard drawsPaths else { return }
    paths = pathErrors(validation: problem.origins(in: self.split.validation), newest: origins, of: series)
  }

  init(
    configuration: ForecasterConfiguration, season: Season?, window: Int, split: SeriesSplit,
    encoders: ForecastEncoders, baselines: FittedBaselines, members: [ForecastMember], linear: LinearBaseline?,
    intervals: ForecastIntervals, paths: PathErrors?
  ) {
    (self.configuration, self.season, self.window, self.split) = (configuration, season, window, split)
    (self.encoders, self.baselines, self.members, self.linear) = (encoders, baselines, members, linear)
    (self.intervals, self.paths) = (intervals, paths)
  }

  /// The names of the targets.
  public var targetNames: [String] { encoders.targets.map { encoders.columns[$0] } }

  /// The number of trained scalars of all networks.
  public var parameterCount: Int { members.reduce(0) { $0 + $1.parameterCount } }

  /// The task on a series: the parts, the baselines' window and season.
  public func problem(on series: TimeSeries) -> ForecastProblem {
    ForecastProblem(
      targetNames: targetNames, values: encoders.targets.map { series.columns[$0].values }, training: split.train,
      validation: split.validation, test: split.test, horizon: configuration.horizon, window: window,
      season: season?.period, effects: encoders.effects(on: series))
  }

  /// A rolling-origin backtest on the test part, beside the baselines.
  ///
  /// Its intervals follow the newest outcomes before each origin, those of the validation part to begin with.
  ///
  /// - Parameters:
  ///   - series: The series it was fitted to.
  ///   - stride: The distance between two origins in rows.
  /// - Returns: Metrics, baselines, verdict and some forecasts to look at.
  /// - Throws: `ForecastBacktestError` for a forecast that is not finite.
  public func backtest(on series: TimeSeries, stride: Int = 1) throws -> ForecastBacktest.Result {
    try backtest(on: series, stride: stride, refit: .never)
  }

  /// A rolling-origin backtest on all rows of a series it was not fitted to, from the first whole window on.
  ///
  /// - Parameters:
  ///   - series: A series with the columns it was fitted to.
  ///   - stride: The distance between two origins in rows.
  /// - Returns: Metrics, baselines, verdict and some forecasts to look at.
  /// - Throws: `ForecastBacktestError` for a forecast that is not finite.
  public func backtest(onAllOf series: TimeSeries, stride: Int = 1) throws -> ForecastBacktest.Result {
    let problem = ForecastProblem(
      targetNames: targetNames, values: encoders.targets.map { series.columns[$0].values }, training: 0..<0,
      validation: 0..<0, test: min(series.rowCount, rowsSeen)..<series.rowCount, horizon: configuration.horizon,
      window: window, season: season?.period, effects: encoders.effects(on: series))
    return try backtest(problem, series, [BacktestFitting(self, from: 0, problem)], stride: stride) {
      intervals.corrected($1, by: intervals.calibration)
    }
  }

  /// A backtest whose origins are forecast by the last fitting before them.
  func backtest(
    _ problem: ForecastProblem, _ series: TimeSeries, _ fittings: [BacktestFitting], stride: Int,
    quantiles: (_ origin: Int, ForecastPredictor.Result) -> [Double]
  ) throws -> ForecastBacktest.Result {
    let inputs = series.columns.filter { $0.categories == nil && $0.role != .target }.map { column in
      // A known column shows the next row at the origin already.
      (name: column.name, values: column.role == .known ? Array(column.values.dropFirst()) + [.nan] : column.values)
    }
    let judged = configuration.judgedBounds
    let entries = problem.forecastCount
    func fitting(at origin: Int) -> BacktestFitting { fittings.last { $0.first <= origin } ?? fittings[0] }
    // Each holds the whole series in its own model space: only the newest is kept.
    var last: (number: Int, predictor: ForecastPredictor)?
    var result = try ForecastBacktest(of: problem, baselines: baselines, stride: stride)
      .run(
        batchSize: 256, leaks: TargetLeak.find(in: problem, inputs: inputs),
        refitted: fittings.count > 1
          ? { (baselines: fitting(at: $0).forecaster.baselines, problem: fitting(at: $0).problem) } : nil
      ) { origins in
        var batch = ForecastBatch(point: [], lower: [], upper: [])
        for (number, fitting) in fittings.enumerated() {
          let next = number + 1 < fittings.count ? fittings[number + 1].first : .max
          let origins = origins.filter { $0 >= fitting.first && $0 < next }
          guard !origins.isEmpty else { continue }
          let predictor =
            if let last, last.number == number { last.predictor } else { ForecastPredictor(fitting.forecaster, series) }
          last = (number, predictor)
          for (origin, forecast) in zip(origins, predictor.forecasts(of: origins)) {
            let quantiles = quantiles(origin, forecast)
            batch.point += forecast.point
            batch.lower? += quantiles[judged.lower * entries..<(judged.lower + 1) * entries]
            batch.upper? += quantiles[judged.upper * entries..<(judged.upper + 1) * entries]
          }
        }
        return batch
      }
    result.fittings = fittings.count
    return result
  }

  /// The forecast of the rows that follow the last one of a series.
  ///
  /// After the last row of the series it was fitted to, intervals come from the newest outcomes there; anywhere else
  /// from those of the validation part.
  ///
  /// - Parameters:
  ///   - series: The columns of the series it was fitted to, with at least a window of rows.
  ///   - future: The known columns of the rows that follow, a horizon or more; earlier rows are passed over. Nil for a
  ///     forecaster without known columns.
  /// - Returns: The next values of every target with intervals, their times continuing the grid of the series.
  /// - Throws: `DataError` if columns, rows or known values are missing.
  public func forecast(after series: TimeSeries, future: TimeSeries? = nil) throws(DataError) -> Forecast {
    try checkColumns(of: series)
    let whole = try continued(series, by: future)
    let result = ForecastPredictor(self, whole).forecasts(of: [series.rowCount])[0]
    let columns = encoders.targets.map { series.columns[$0].values }
    let quantiles = intervals.corrected(result, by: intervals.calibration(after: columns))
    let targets = targetNames.count, horizon = configuration.horizon
    func split(_ values: some Collection<Double>) -> [[Double]] {
      let values = Array(values)
      return (0..<targets).map { target in (0..<horizon).map { values[$0 * targets + target] } }
    }
    let entries = targets * horizon
    let bounds = (0..<2 * configuration.levels.count).map { split(quantiles[$0 * entries..<($0 + 1) * entries]) }
    let levels = configuration.levels.count
    return Forecast(
      times: series.nextTimeTexts(horizon), targets: targetNames, levels: configuration.levels.sorted(),
      values: split(result.point), lower: (0..<levels).map { bounds[levels - 1 - $0] },
      upper: (0..<levels).map { bounds[levels + $0] })
  }

  /// How many of the newest outcomes set the width of intervals.
  static let memory = 1_000

  /// The errors at the newest of some origins.
  func outcomes(at origins: [Int], of series: TimeSeries) -> QuantileCalibrator {
    let problem = problem(on: series)
    let predictor = ForecastPredictor(self, series)
    var calibrator = QuantileCalibrator(
      probabilities: configuration.probabilities, horizon: problem.horizon, targetCount: problem.targetCount,
      memory: Self.memory)
    for batch in batches(of: origins.suffix(Self.memory + problem.horizon)) {
      for (origin, forecast) in zip(batch, predictor.forecasts(of: batch)) {
        calibrator.add(
          origin: origin, quantiles: forecast.raw, truth: problem.truth(from: origin), sizes: forecast.sizes)
      }
    }
    return calibrator
  }

  /// Origins in parts that are forecast at once.
  func batches(of origins: some Collection<Int>, most: Int = 256) -> [[Int]] {
    let origins = Array(origins)
    return stride(from: 0, to: origins.count, by: most).map { Array(origins[$0..<min($0 + most, origins.count)]) }
  }
}

extension ForecasterConfiguration {
  /// The level whose intervals the metrics judge: 0.8 if it is among the levels, else the first.
  public var judgedLevel: Double { levels.contains(0.8) ? 0.8 : levels.sorted().first ?? 0.8 }

  /// The positions of the judged bounds among the probabilities.
  var judgedBounds: (lower: Int, upper: Int) {
    let sorted = levels.sorted()
    let rank = sorted.firstIndex(of: judgedLevel) ?? 0
    return (sorted.count - 1 - rank, sorted.count + rank)
  }
}
