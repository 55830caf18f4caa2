import RecurrentData

/// What makes intervals of forecasts: quantiles of errors on rows not fitted to, in units of the spread of the window
/// before them, so that calm and restless times get intervals of their own width.
struct ForecastIntervals: Codable, Sendable {
  /// Mean spread of each target's training windows, a fifth of which steadies the unit.
  let meanSpreads: [Double]
  let window: Int
  /// From the outcomes of the validation part: for forecasts from any row, since nothing later is in it.
  var calibration: QuantileCalibration
  /// From the newest outcomes of the series, for forecasts after its last row only.
  var newest: QuantileCalibration
  /// What tells the last rows of that series from others.
  var end = ""
  /// The least value that there can be; nil for any.
  var least: Double?

  /// Measures the spreads on the training part; there are no corrections yet.
  init(
    _ columns: [[Double]], training: Range<Int>, window: Int, probabilities: [Double], horizon: Int
  ) {
    self.window = window
    meanSpreads = columns.map { column in
      let origins = stride(
        from: training.lowerBound + window, through: training.upperBound, by: training.count / 2_000 + 1)
      let spreads = origins.map { Self.spread(of: column[$0 - window..<$0]) }
      return spreads.isEmpty ? 1 : max(1e-12, spreads.reduce(0, +) / Double(spreads.count))
    }
    calibration = QuantileCalibration(
      probabilities: probabilities,
      corrections: Array(repeating: 0, count: probabilities.count * horizon * columns.count))
    newest = calibration
  }

  /// The corrections for a forecast after the last row of these columns.
  func calibration(after columns: [[Double]]) -> QuantileCalibration { isEnd(of: columns) ? newest : calibration }

  /// Whether these columns end where the series ended that the newest outcomes are of.
  func isEnd(of columns: [[Double]]) -> Bool { end(of: columns) == end }

  /// A digest of the last rows, those of one window.
  func end(of columns: [[Double]]) -> String {
    var bytes: [UInt8] = []
    for value in columns.flatMap({ $0.suffix(window) }) {
      withUnsafeBytes(of: (value.isNaN ? Double.nan : value).bitPattern.littleEndian) { bytes += $0 }
    }
    return SHA256.hexDigest(of: bytes)
  }

  /// The unit of each error of an origin, `[horizon, targets]`.
  func sizes(_ columns: [[Double]], origin: Int, horizon: Int) -> [Double] {
    let units = columns.enumerated().map { target, column in
      Self.spread(of: column[max(0, origin - window)..<origin]) + 0.2 * meanSpreads[target]
    }
    return (0..<horizon).flatMap { _ in units }
  }

  /// The quantiles of a forecast after their correction.
  func corrected(_ forecast: ForecastPredictor.Result, by calibration: QuantileCalibration) -> [Double] {
    holding(
      forecast.point, calibration.corrected(forecast.raw, sizes: forecast.sizes), at: calibration.probabilities)
  }

  /// Quantiles `[probabilities, horizon, targets]` that hold the point forecast between them: few outcomes, all on one
  /// side, would leave it outside.
  func holding(_ point: [Double], _ quantiles: [Double], at probabilities: [Double]) -> [Double] {
    quantiles.enumerated().map { index, quantile in
      let value = point[index % point.count]
      let held = probabilities[index / point.count] < 0.5 ? min(quantile, value) : max(quantile, value)
      return least.map { max($0, held) } ?? held
    }
  }

  private static func spread(of window: ArraySlice<Double>) -> Double {
    WindowNormalization(window, level: .last, minimumSpread: 0).spread
  }
}
