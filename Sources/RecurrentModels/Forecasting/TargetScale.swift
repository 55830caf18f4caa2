/// The size of a target on its training part: what errors are divided by to compare targets with each other.
public struct TargetScale: Codable, Sendable, Equatable {
  /// The mean of the known training values.
  public let mean: Double
  /// The population standard deviation of the known training values.
  public let standardDeviation: Double
  /// The mean absolute error of the seasonal-naive forecast on the training part, the denominator of MASE
  /// (Hyndman & Koehler 2006): `mean |y[t] - y[t - m]|` with `m` the season, or 1 where there is none. It is nil when no
  /// pair of rows is known.
  public let seasonalNaiveError: Double?

  /// Measures the rows `training` of a column.
  ///
  /// - Parameters:
  ///   - values: The column; NaN where missing.
  ///   - training: The rows to measure.
  ///   - season: The period of the seasonal pattern. A season that leaves no pair of rows counts as none.
  public init(of values: [Double], training: Range<Int>, season: Int? = nil) {
    var count = 0.0
    var total = 0.0
    for row in training where !values[row].isNaN {
      count += 1
      total += values[row]
    }
    let mean = count > 0 ? total / count : 0
    var squares = 0.0
    for row in training where !values[row].isNaN {
      squares += (values[row] - mean) * (values[row] - mean)
    }
    self.mean = mean
    self.standardDeviation = count > 0 ? (squares / count).squareRoot() : 0
    self.seasonalNaiveError =
      season.flatMap { Self.naiveError(of: values, training: training, lag: $0) }
      ?? Self.naiveError(of: values, training: training, lag: 1)
  }

  private static func naiveError(of values: [Double], training: Range<Int>, lag: Int) -> Double? {
    guard training.count > lag else { return nil }
    var count = 0.0
    var total = 0.0
    for row in training.dropFirst(lag) {
      let difference = abs(values[row] - values[row - lag])
      guard !difference.isNaN else { continue }
      count += 1
      total += difference
    }
    return count > 0 ? total / count : nil
  }
}

extension ForecastProblem {
  /// The scale of each target on the training part.
  public var scales: [TargetScale] {
    values.map { TargetScale(of: $0, training: training, season: season) }
  }
}
