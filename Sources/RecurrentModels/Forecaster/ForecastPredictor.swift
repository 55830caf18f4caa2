import RecurrentData

/// The forecasts of a forecaster on one series, in the units of its columns.
struct ForecastPredictor {
  private let forecaster: Forecaster
  private let series: TimeSeries
  private let bases: ForecastBases
  private let targetColumns: [[Double]]
  private let probabilities: [Double]
  /// Spreads the quantiles of heads, and the point forecast among them, over other probabilities; nil where none are asked
  /// for.
  private let heads: (curve: QuantileCurve, scores: [Double])?

  /// A forecast of one origin, `[horizon, targets]`.
  struct Result {
    var point: [Double]
    /// Quantiles before calibration, `[probabilities, horizon, targets]`.
    var raw: [Double]
    /// The unit of the errors, `[horizon, targets]`.
    let sizes: [Double]
  }

  /// - Parameters:
  ///   - forecaster: The forecaster.
  ///   - series: What it forecasts.
  ///   - probabilities: Those of the quantiles, rising; nil for those of the intervals.
  init(_ forecaster: Forecaster, _ series: TimeSeries, probabilities: [Double]? = nil) {
    self.forecaster = forecaster
    self.series = series
    targetColumns = forecaster.encoders.targets.map { series.columns[$0].values }
    bases = ForecastBases(
      frame: forecaster.encoders.frame(of: series), horizon: forecaster.configuration.horizon,
      linear: forecaster.linear)
    let own = forecaster.configuration.probabilities
    self.probabilities = probabilities ?? own
    heads = probabilities.flatMap { asked in
      guard forecaster.configuration.hasQuantileHeads, asked != own else { return nil }
      return (QuantileCurve(probabilities: (own + [0.5]).sorted()), asked.map(normalQuantile))
    }
  }

  func forecasts(of origins: [Int]) -> [Result] {
    let targets = forecaster.encoders.targets.count, horizon = forecaster.configuration.horizon
    let samples = origins.flatMap { origin in (0..<targets).map { ForecastSample(origin: origin, target: $0) } }
    var sum: [[Double]] = []
    for member in forecaster.members {
      let forecasts = member.forecast(samples, bases: bases, probabilities: probabilities)
      sum = sum.isEmpty ? forecasts : zip(sum, forecasts).map { zip($0, $1).map { $0 + $1 } }
    }
    let share = 1 / Double(forecaster.members.count)
    return origins.enumerated().map { number, origin in
      var result = Result(
        point: Array(repeating: 0, count: horizon * targets),
        raw: Array(repeating: 0, count: probabilities.count * horizon * targets),
        sizes: forecaster.intervals.sizes(targetColumns, origin: origin, horizon: horizon))
      for target in 0..<targets {
        let paths = sum[number * targets + target].map { $0 * share }
        let outputs = stride(from: 0, to: paths.count, by: horizon).map { first in
          var path = Array(paths[first..<first + horizon])
          if !bases.frame.explained.isEmpty {
            for step in 0..<horizon { path[step] += bases.frame.explained[target][origin + step] }
          }
          return decoded(path, target, origin)
        }
        for step in 0..<horizon {
          let quantiles = quantiles(outputs.map { $0[step] })
          result.point[step * targets + target] = outputs[0][step]
          for (index, quantile) in quantiles.enumerated() {
            result.raw[(index * horizon + step) * targets + target] = quantile
          }
        }
      }
      return result
    }
  }

  /// The quantiles of one step, before calibration, of its outputs: the point and what quantiles the networks give.
  private func quantiles(_ outputs: [Double]) -> [Double] {
    // Without quantiles of its own every quantile starts as the point forecast.
    guard outputs.count > 1 else { return probabilities.map { _ in outputs[0] } }
    guard let heads else { return Array(outputs.dropFirst()) }
    let sorted = outputs.sorted()
    return heads.scores.map { heads.curve.value(at: $0, through: sorted) }
  }

  /// A path in the units of its column.
  private func decoded(_ path: [Double], _ target: Int, _ origin: Int) -> [Double] {
    let column = targetColumns[target]
    if forecaster.configuration.learnsCounts {
      // Counts, and means of several, came to model space with rounding.
      return forecaster.encoders.values(of: path, target: target, after: []).map { ($0 * 1e6).rounded() / 1e6 }
    }
    // Differences that are missing reach further back for the value they start from.
    let reach = 8 * forecaster.encoders.differencing.lostRows
    return forecaster.encoders.values(of: path, target: target, after: column[max(0, origin - reach)..<origin])
  }
}
