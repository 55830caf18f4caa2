/// Intervals of forecasts of many series: quantiles of the errors on the last rows of each, by step, in units of the
/// roughness of the window before, so that calm and restless series get intervals of their own width.
struct PanelIntervals: Codable, Sendable {
  /// The mean roughness over series, a fifth of which steadies the unit.
  let meanRoughness: Double
  let calibration: QuantileCalibration

  /// Measures the errors of forecasts of some samples whose truth is known.
  init(_ predictor: PanelPredictor, _ samples: [PanelSample], _ probabilities: [Double]) {
    let results = predictor.forecasts(samples)
    let total = results.reduce(0) { $0 + $1.window.roughness }
    meanRoughness = max(1e-12, total / Double(max(1, results.count)))
    var calibrator = QuantileCalibrator(
      probabilities: probabilities, horizon: predictor.frame.encoding.horizon, targetCount: 1)
    for (number, (sample, result)) in zip(samples, results).enumerated() {
      calibrator.add(
        origin: number, forecast: result.forecast, truth: predictor.frame.truth(sample, in: result.window),
        sizes: Self.sizes(result.window, result.forecast.count, meanRoughness))
    }
    calibration = calibrator.calibration()
  }

  /// Quantiles `[probability][step]` on the scale of a window, with the point forecast between them.
  func quantiles(around point: [Double], in window: PanelWindow) -> [[Double]] {
    let sizes = Self.sizes(window, point.count, meanRoughness)
    let quantiles = calibration.quantiles(around: point, sizes: sizes)
    return calibration.probabilities.enumerated().map { index, probability in
      point.enumerated().map { step, value in
        let quantile = quantiles[index * point.count + step]
        return probability < 0.5 ? min(quantile, value) : max(quantile, value)
      }
    }
  }

  /// The unit of each step's error on the scale of a window.
  private static func sizes(_ window: PanelWindow, _ count: Int, _ mean: Double) -> [Double] {
    [Double](repeating: (window.roughness + 0.2 * mean) / window.spread, count: count)
  }
}
