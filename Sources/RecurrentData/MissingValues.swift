/// What a model sees where a value is missing. Fitted on the training rows only.
///
/// Filling is done window by window and looks at rows inside the window or before it, never after its end: no forecast can
/// depend on what happened after its origin, not even by way of a filled value.
public struct MissingValues: Hashable, Codable, Sendable {
  /// The named methods.
  public enum Method: String, Hashable, Codable, Sendable, CaseIterable {
    /// The last known value, and a column beside it that is 1 where the value was missing.
    case mask
    /// The last known value.
    case forward
    /// The straight line between the known values around it inside the window; after the last one as `forward`.
    case linear
    /// The mean of the training rows.
    case mean
    /// The value one season before, or several if that is missing too; else as `forward`.
    case seasonal
    /// 0.
    case zero
  }

  /// The method.
  public let method: Method
  /// Rows of a season, for `.seasonal`.
  public let period: Int
  /// The mean of each column over the training rows, used where nothing else is known.
  public let means: [Double]

  /// Fits the filling of some columns.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - columns: The training rows of each column.
  ///   - period: Rows of a season; needed by `.seasonal`.
  public init(_ method: Method, fitting columns: [[Double]], period: Int = 1) {
    precondition(period >= 1, "MissingValues: expected a period of at least 1, received \(period)")
    self.method = method
    self.period = period
    means = columns.map { column in Scaler.moments(column.filter { !$0.isNaN }).mean }
  }

  init(method: Method, period: Int, means: [Double]) {
    self.method = method
    self.period = period
    self.means = means
  }

  /// The reading of a method's name as in `--missing`.
  ///
  /// - Parameter name: The name.
  /// - Returns: The method.
  /// - Throws: `DataError` that lists the names.
  public static func method(named name: String) throws(DataError) -> Method {
    if let method = Method(rawValue: name) { return method }
    throw DataError(
      expected: "one of " + Method.allCases.map(\.rawValue).joined(separator: ", "), received: DataError.quoted(name))
  }

  /// 1 where a value is missing, else 0.
  ///
  /// - Parameter values: Values of a column.
  /// - Returns: The indicator.
  public static func indicator(_ values: some Collection<Double>) -> [Double] { values.map { $0.isNaN ? 1 : 0 } }

  /// The rows of a window without missing values.
  ///
  /// - Parameters:
  ///   - rows: The rows of the window.
  ///   - values: The whole column; rows at and after the window's end are not looked at.
  ///   - column: The position of the column among those fitted.
  /// - Returns: The values of the window, none of them missing.
  public func filled(_ rows: Range<Int>, of values: [Double], column: Int) -> [Double] {
    var window = Array(values[rows])
    guard let firstGap = window.firstIndex(where: \.isNaN) else { return window }
    switch method {
    case .zero: for index in window.indices where window[index].isNaN { window[index] = 0 }
    case .mean: for index in window.indices where window[index].isNaN { window[index] = means[column] }
    case .linear: interpolate(&window)
    case .seasonal: takeFromSeasons(&window, rows, values)
    case .mask, .forward: break
    }
    // What a method left open takes the last known value, before that the first known one, else the mean.
    var last =
      window[..<firstGap].last ?? lastKnown(before: rows, in: values) ?? window.first { !$0.isNaN } ?? means[column]
    for index in firstGap..<window.count {
      if window[index].isNaN { window[index] = last } else { last = window[index] }
    }
    return window
  }

  /// The last known value before a window, looking back one window's length.
  private func lastKnown(before rows: Range<Int>, in values: [Double]) -> Double? {
    values[max(0, rows.lowerBound - rows.count)..<rows.lowerBound].last { !$0.isNaN }
  }

  private func interpolate(_ window: inout [Double]) {
    var previous: Int?
    for index in window.indices where !window[index].isNaN {
      if let previous, index > previous + 1 {
        let slope = (window[index] - window[previous]) / Double(index - previous)
        for gap in previous + 1..<index { window[gap] = window[previous] + slope * Double(gap - previous) }
      }
      previous = index
    }
  }

  private func takeFromSeasons(_ window: inout [Double], _ rows: Range<Int>, _ values: [Double]) {
    for index in window.indices where window[index].isNaN {
      // Four seasons back at most: the work stays linear however much is missing.
      for season in 1...4 {
        let row = rows.lowerBound + index - season * period
        if row < 0 { break }
        if !values[row].isNaN {
          window[index] = values[row]
          break
        }
      }
    }
  }
}
