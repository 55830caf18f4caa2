import RecurrentData

/// The forecasts of a forecaster on one series, in the units of its columns.
struct ForecastPredictor {
  private let forecaster: Forecaster
  private let series: TimeSeries
  private let bases: ForecastBases
  private let targetColumns: [[Double]]

  /// A forecast of one origin, `[horizon, targets]`.
  struct Result {
    var point: [Double]
    /// Before and after calibration, `[probabilities, horizon, targets]`.
    var raw, quantiles: [Double]
    /// The unit of the errors, `[horizon, targets]`.
    let sizes: [Double]
  }

  init(_ forecaster: Forecaster, _ series: TimeSeries) {
    self.forecaster = forecaster
    self.series = series
    targetColumns = forecaster.encoders.targets.map { series.columns[$0].values }
    bases = ForecastBases(
      frame: forecaster.encoders.frame(of: series, ahead: forecaster.configuration.horizon),
      horizon: forecaster.configuration.horizon, linear: forecaster.linear)
  }

  func forecasts(of origins: [Int]) -> [Result] {
    let targets = forecaster.encoders.targets.count, horizon = forecaster.configuration.horizon
    let probabilities = forecaster.configuration.probabilities.count
    let samples = origins.flatMap { origin in (0..<targets).map { ForecastSample(origin: origin, target: $0) } }
    var sum: [[Double]] = []
    for member in forecaster.members {
      let forecasts = member.forecast(samples, bases: bases)
      sum = sum.isEmpty ? forecasts : zip(sum, forecasts).map { zip($0, $1).map { $0 + $1 } }
    }
    let share = 1 / Double(forecaster.members.count)
    return origins.enumerated().map { number, origin in
      var result = Result(
        point: Array(repeating: 0, count: horizon * targets),
        raw: Array(repeating: 0, count: probabilities * horizon * targets), quantiles: [],
        sizes: forecaster.intervals.sizes(targetColumns, origin: origin, horizon: horizon))
      for target in 0..<targets {
        let paths = sum[number * targets + target].map { $0 * share }
        for output in 0...probabilities {
          // Without quantile heads every quantile starts as the point forecast.
          let first = output * horizon < paths.count ? output * horizon : 0
          var path = Array(paths[first..<first + horizon])
          if !bases.frame.explained.isEmpty {
            for step in 0..<horizon { path[step] += bases.frame.explained[target][origin + step] }
          }
          let values = decoded(path, target, origin)
          for step in 0..<horizon {
            if output == 0 {
              result.point[step * targets + target] = values[step]
            } else {
              result.raw[((output - 1) * horizon + step) * targets + target] = values[step]
            }
          }
        }
      }
      result.quantiles = forecaster.intervals.holding(
        result.point, forecaster.intervals.calibration.corrected(result.raw, sizes: result.sizes))
      return result
    }
  }

  /// A path in the units of its column.
  private func decoded(_ path: [Double], _ target: Int, _ origin: Int) -> [Double] {
    let column = targetColumns[target]
    // Differences that are missing reach further back for the value they start from.
    let reach = 8 * forecaster.encoders.differencing.lostRows
    return forecaster.encoders.values(of: path, target: target, after: column[max(0, origin - reach)..<origin])
  }
}
