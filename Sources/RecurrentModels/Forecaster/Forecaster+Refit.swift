public import RecurrentData
import RecurrentTraining

/// A forecaster with the rows from which on it forecasts in a backtest.
struct BacktestFitting {
  /// The first origin it forecasts.
  let first: Int
  let forecaster: Forecaster
  /// The task as its own baselines see it.
  let problem: ForecastProblem

  init(_ forecaster: Forecaster, from first: Int, _ problem: ForecastProblem) {
    (self.first, self.forecaster, self.problem) = (first, forecaster, problem)
  }
}

extension Forecaster {
  /// The first rows forecast in a backtest on the test part.
  ///
  /// - Parameters:
  ///   - series: The series it was fitted to.
  ///   - stride: The distance between two origins in rows.
  /// - Returns: The origins in time order.
  public func origins(on series: TimeSeries, stride: Int = 1) -> [Int] {
    problem(on: series).origins(in: split.test, stride: stride)
  }

  /// A rolling-origin backtest on the test part that fits forecasters anew as time goes on, beside baselines fitted anew with
  /// them.
  ///
  /// At every n-th origin a forecaster is fitted to all rows before it, the newest of them, as many as the validation part
  /// has, to validate: the part to learn from grows. Window, segments and season stay; scalers, networks, weights and the
  /// choice among networks are made anew, from the same seed. Intervals follow the outcomes before each origin, whichever
  /// forecaster they are of. The forecaster itself stays as it is.
  ///
  /// - Parameters:
  ///   - series: The series it was fitted to.
  ///   - stride: The distance between two origins in rows.
  ///   - refit: At which origins to fit anew. Each fitting takes about as long as that of the forecaster did.
  ///   - checkpoints: Where the fittings are written down, and continued from; nil for nowhere.
  ///   - isCancelled: Once true, no further forecaster is fitted: the last one forecasts all origins that are left.
  ///   - onEvent: Told which fitting begins and how its training goes.
  /// - Returns: Metrics, baselines, verdict and some forecasts to look at.
  /// - Throws: `ForecastBacktestError` for a forecast that is not finite, `TrainingError` if training breaks down.
  public func backtest(
    on series: TimeSeries, stride: Int = 1, refit: RefitPolicy, checkpoints: FittingCheckpoints? = nil,
    isCancelled: @escaping () -> Bool = { false }, onEvent: @escaping (ForecasterEvent) -> Void = { _ in }
  ) throws -> ForecastBacktest.Result {
    let problem = problem(on: series)
    let origins = problem.origins(in: split.test, stride: stride)
    var fittings = [BacktestFitting(self, from: 0, problem)]
    let total = refit.fittings(origins: origins.count)
    for number in 1..<max(1, total) {
      let first = origins[number * (refit.interval ?? 0)]
      onEvent(.note("fitting \(number + 1) of \(total): the \(first) rows before \(series.timeText(row: first))"))
      let next: Forecaster
      do {
        next = try refitted(
          to: series[0..<first], checkpoints: checkpoints?.fitting(number + 1), isCancelled: isCancelled,
          onEvent: onEvent)
      } catch  where Self.concernsRows(error) {
        // Newer rows may hold what a scaler or a distribution has no place for.
        onEvent(.note("fitting \(number + 1) is left out, the one before goes on: \(error)"))
        continue
      }
      if isCancelled() { break }
      fittings.append(BacktestFitting(next, from: first, next.problem(on: series)))
    }
    var rolling = RollingIntervals(outcomes(at: problem.origins(in: split.validation), of: series))
    return try backtest(problem, series, fittings, stride: stride) { origin, forecast in
      intervals.holding(
        forecast.point,
        rolling.corrected(forecast.raw, at: origin, truth: problem.truth(from: origin), sizes: forecast.sizes),
        at: configuration.probabilities)
    }
  }

  /// Whether a fitting failed for what its rows hold.
  private static func concernsRows(_ error: any Error) -> Bool {
    if case .notFinite? = error as? TrainingError { return true }
    return error is DataError
  }

  /// A forecaster like this one, fitted to all rows of a series.
  private func refitted(
    to series: TimeSeries, checkpoints: FittingCheckpoints?, isCancelled: @escaping () -> Bool,
    onEvent: @escaping (ForecasterEvent) -> Void
  ) throws -> Forecaster {
    let rows = series.rowCount
    var configuration = configuration
    configuration.window = window
    configuration.segment = members[0].plan.shape.segment
    configuration.season = season?.period ?? 1
    return try Forecaster(
      fittedTo: series,
      split: SeriesSplit(
        train: split.train.lowerBound..<rows - split.validation.count,
        validation: rows - split.validation.count..<rows, test: rows..<rows),
      configuration: configuration, isJudged: false, checkpoints: checkpoints, isCancelled: isCancelled,
      onEvent: { event in
        // What is chosen was told of the first fitting.
        if case .note = event { return }
        onEvent(event)
      })
  }
}
