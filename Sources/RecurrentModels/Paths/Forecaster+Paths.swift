public import RecurrentData
import RecurrentTensor

/// Futures drawn at random from a forecast.
public struct ForecastPaths: Sendable, Equatable {
  /// The times of the rows as the file writes them.
  public let times: [String]
  /// The names of the targets.
  public let targets: [String]
  /// The paths, `[sample][target][step]`.
  public let values: [[[Double]]]
}

extension Forecaster {
  /// The most paths that are drawn at once; fewer where they would have more than 20 million values.
  public static let mostPaths = 10_000

  /// Whole futures drawn from the forecast of the rows that follow the last one of a series, such as for the sum of a
  /// horizon, its highest value, or what a plan would meet.
  ///
  /// Each step of each target has the distribution that the intervals are quantiles of: quantiles of past errors around the
  /// forecast, or of the quantile heads or the distribution that was learned, corrected by past errors. The steps and targets
  /// of a path hang together as the errors of past forecasts did: the draws get the ranks of those (`SchaakeShuffle`, Clark
  /// et al. 2004). Paths of counts are whole numbers.
  ///
  /// After the last row of the series it was fitted to, the newest errors there are the pattern; anywhere else those of the
  /// validation part.
  ///
  /// - Parameters:
  ///   - series: The columns of the series it was fitted to, with at least a window of rows.
  ///   - future: The known columns of the rows that follow; nil for a forecaster without known columns.
  ///   - count: How many paths, `1...mostPaths`.
  ///   - seed: The seed of the draws: same seed, same paths.
  /// - Returns: The paths.
  /// - Throws: `DataError` if columns, rows or known values are missing, for another count, and for a model without the errors
  ///   of past forecasts.
  public func samplePaths(
    after series: TimeSeries, future: TimeSeries? = nil, count: Int, seed: UInt64 = 1
  ) throws(DataError) -> ForecastPaths {
    let targets = targetNames.count, horizon = configuration.horizon, entries = targets * horizon
    let most = min(Self.mostPaths, max(1, 20_000_000 / entries))
    guard (1...most).contains(count) else {
      throw DataError(
        expected: "1 to \(most) sampled paths of \(entries) values", received: "\(count)",
        hint: "draw fewer, or several times with other seeds")
    }
    guard let paths else {
      throw DataError(
        expected: "a model with the errors of past forecasts, which paths are drawn from",
        received: "one that was written before they were kept", hint: "train it again")
    }
    try checkColumns(of: series)
    let whole = try continued(series, by: future)
    let columns = encoders.targets.map { series.columns[$0].values }
    let outcomes = intervals.isEnd(of: columns) ? paths.newest : paths.validation
    guard !outcomes.trajectories.isEmpty else {
      throw DataError(
        expected: "errors of past forecasts, which paths are drawn from", received: "none",
        hint: "train with a validation part of more than a horizon of known values")
    }
    let origin = [series.rowCount]
    let quantiles = intervals.corrected(
      ForecastPredictor(self, whole, probabilities: paths.probabilities).forecasts(of: origin)[0],
      by: outcomes.calibration)
    let bounds = intervals.corrected(
      ForecastPredictor(self, whole).forecasts(of: origin)[0], by: intervals.calibration(after: columns))
    let places = configuration.probabilities.map { own in
      paths.probabilities.firstIndex { abs($0 - own) < 1e-6 } ?? 0
    }
    let draws = SchaakeShuffle.probabilities(
      like: outcomes.trajectories, count: count, random: RandomSource(seed: seed).stream("paths"))
    let curve = QuantileCurve(probabilities: paths.probabilities)
    let own = (0..<entries).map { entry in
      Self.anchored(
        paths.probabilities.indices.map { quantiles[$0 * entries + entry] }, at: places,
        to: places.indices.map { bounds[$0 * entries + entry] })
    }
    let values = draws.map { draw in
      (0..<targets).map { target in
        (0..<horizon).map { step in
          let entry = step * targets + target
          let value = curve.value(at: normalQuantile(draw[entry]), through: own[entry])
          return configuration.learnsCounts ? max(0, value.rounded()) : value
        }
      }
    }
    return ForecastPaths(times: series.nextTimeTexts(horizon), targets: targetNames, values: values)
  }

  /// Rising quantiles with the bounds of the intervals at some places, and between them elsewhere: few outcomes may correct
  /// each quantile in a way of its own.
  private static func anchored(_ quantiles: [Double], at places: [Int], to bounds: [Double]) -> [Double] {
    quantiles.enumerated().map { index, quantile in
      zip(places, bounds).reduce(quantile) { value, anchor in
        let raised = anchor.0 <= index ? max(value, anchor.1) : value
        return anchor.0 >= index ? min(raised, anchor.1) : raised
      }
    }
  }

  /// The errors that paths are drawn from.
  func pathErrors(validation: [Int], newest: [Int], of series: TimeSeries) -> PathErrors {
    let probabilities = PathErrors.probabilities(with: configuration.probabilities)
    let problem = problem(on: series)
    let predictor = ForecastPredictor(self, series, probabilities: probabilities)
    let learnsQuantiles = configuration.hasQuantileHeads || configuration.distribution != nil
    let memory = min(
      Self.memory,
      learnsQuantiles
        ? PathErrors.mostOutcomes(entries: problem.forecastCount, probabilities: probabilities.count) : Self.memory)
    func outcomes(_ origins: [Int]) -> PathErrors.Outcomes {
      var collector = PathErrors.Collector(
        probabilities: probabilities, horizon: problem.horizon, targets: problem.targetCount, memory: memory)
      // All outcomes are known here, so none is kept beyond the memory.
      let most = max(1, min(256, 8_000_000 / (problem.forecastCount * probabilities.count)))
      for batch in batches(of: Array(origins.suffix(memory)), most: most) {
        for (origin, forecast) in zip(batch, predictor.forecasts(of: batch)) {
          collector.add(origin: origin, forecast, truth: problem.truth(from: origin))
        }
      }
      return collector.outcomes
    }
    return PathErrors(probabilities: probabilities, validation: outcomes(validation), newest: outcomes(newest))
  }
}
