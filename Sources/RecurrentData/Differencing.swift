/// Differences of a series, and the way back from forecast differences to values.
///
/// For every lag in turn `d[t] = y[t] - y[t - lag]`: `[12, 1]` takes the change against the month a year ago, then the
/// change of that from month to month. What lacks one of its two values is missing.
public struct Differencing: Hashable, Codable, Sendable {
  /// The lags, in the order in which they are taken.
  public let lags: [Int]

  /// Creates differencing by order.
  ///
  /// - Parameters:
  ///   - order: How often neighbours are subtracted; 0 leaves the values.
  ///   - seasonalOrder: How often values one season apart are subtracted, before that.
  ///   - period: Rows of a season.
  public init(order: Int = 0, seasonalOrder: Int = 0, period: Int = 1) {
    precondition(
      order >= 0 && seasonalOrder >= 0 && period >= 1,
      "Differencing: expected orders of at least 0 and a period of at least 1, received \(order), \(seasonalOrder), \(period)"
    )
    lags = Array(repeating: period, count: seasonalOrder) + Array(repeating: 1, count: order)
  }

  init(lags: [Int]) { self.lags = lags }

  /// True if values stay as they are.
  public var isIdentity: Bool { lags.isEmpty }

  /// Rows at the start that have no difference.
  public var lostRows: Int { lags.reduce(0, +) }

  /// The differences.
  ///
  /// - Parameter values: Values, NaN where missing.
  /// - Returns: As many differences, NaN where one of the values is missing or lies before the start.
  public func differences(of values: [Double]) -> [Double] {
    lags.reduce(values) { Self.difference($0, lag: $1) }
  }

  private static func difference(_ values: [Double], lag: Int) -> [Double] {
    values.indices.map { $0 < lag ? .nan : values[$0] - values[$0 - lag] }
  }

  /// The values that forecast differences lead to.
  ///
  /// Where a value to start from is missing, the one a lag (or several) earlier stands in, then the last known one.
  ///
  /// - Parameters:
  ///   - differences: The differences of the rows after `history`.
  ///   - history: The values up to the origin, oldest first; a multiple of `lostRows` is enough.
  /// - Returns: The values of those rows.
  public func values(of differences: [Double], after history: [Double]) -> [Double] {
    var stages = [history]
    for lag in lags.dropLast() { stages.append(Self.difference(stages[stages.count - 1], lag: lag)) }
    var result = differences
    for (lag, stage) in zip(lags, stages).reversed() { result = Self.sum(result, lag, stage) }
    return result
  }

  private static func sum(_ differences: [Double], _ lag: Int, _ history: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(differences.count)
    let lastKnown = history.last { !$0.isNaN } ?? 0
    for (step, difference) in differences.enumerated() {
      var start = step >= lag ? result[step - lag] : .nan
      if step < lag {
        var row = history.count + step - lag
        while start.isNaN, row >= 0 {
          start = history[row]
          row -= lag
        }
        if start.isNaN { start = lastKnown }
      }
      result.append(start + difference)
    }
    return result
  }
}
