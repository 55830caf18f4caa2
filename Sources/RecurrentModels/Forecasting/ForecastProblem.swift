/// What is to be forecast from which rows: the target columns, the parts of the series in time order, how many rows
/// ahead, and how many rows back a forecaster may look.
///
/// An *origin* is the first row to be forecast: a forecaster sees the rows before it and nothing else. A forecast of
/// one origin is a flat array `[horizon, targets]`: entry `step * targetCount + target` is the value of row
/// `origin + step`.
public struct ForecastProblem: Sendable {
  /// The names of the target columns.
  public let targetNames: [String]
  /// The values of each target column, by row; NaN where the value is missing.
  public let values: [[Double]]
  /// The rows that everything is fitted to.
  public let training: Range<Int>
  /// The rows on which settings (a penalty, the widths of intervals) are chosen; may be empty.
  public let validation: Range<Int>
  /// The rows on which forecasts are judged; may be empty.
  public let test: Range<Int>
  /// How many rows ahead to forecast, at least 1.
  public let horizon: Int
  /// How many rows before the origin a forecaster sees, at least 1.
  public let window: Int
  /// The period of the seasonal pattern in rows, or nil when there is none.
  public let season: Int?
  /// What columns that are known for the rows to come explain of each target, by row; nil without such columns. It may
  /// have rows beyond those of the targets.
  let effects: KnownEffects?

  /// Describes a forecasting problem.
  ///
  /// The columns must have names and equal lengths, and the parts must lie inside the rows in the order training,
  /// validation, test.
  public init(
    targetNames: [String], values: [[Double]], training: Range<Int>, validation: Range<Int>, test: Range<Int>,
    horizon: Int, window: Int, season: Int? = nil
  ) {
    self.init(
      targetNames: targetNames, values: values, training: training, validation: validation, test: test,
      horizon: horizon, window: window, season: season, effects: nil)
  }

  init(
    targetNames: [String], values: [[Double]], training: Range<Int>, validation: Range<Int>, test: Range<Int>,
    horizon: Int, window: Int, season: Int?, effects: KnownEffects?
  ) {
    let rowCount = values.first?.count ?? 0
    precondition(
      targetNames.count == values.count,
      "ForecastProblem: expected a name for each of \(values.count) target columns, received \(targetNames.count)")
    precondition(
      values.allSatisfy { $0.count == rowCount },
      "ForecastProblem: expected target columns of equal length, received \(values.map(\.count))")
    precondition(
      training.lowerBound >= 0 && training.upperBound <= validation.lowerBound
        && validation.upperBound <= test.lowerBound && test.upperBound <= rowCount,
      "ForecastProblem: expected parts in time order within \(rowCount) rows, received training \(training), "
        + "validation \(validation), test \(test)")
    precondition(horizon >= 1, "ForecastProblem: expected a horizon of at least 1, received \(horizon)")
    precondition(window >= 1, "ForecastProblem: expected a window of at least 1, received \(window)")
    precondition(season.map { $0 >= 2 } ?? true, "ForecastProblem: expected a season of at least 2 rows")
    self.targetNames = targetNames
    self.values = values
    self.training = training
    self.validation = validation
    self.test = test
    self.horizon = horizon
    self.window = window
    self.season = season
    self.effects = effects
  }

  /// The number of target columns.
  public var targetCount: Int { values.count }

  /// The number of rows of the series.
  public var rowCount: Int { values.first?.count ?? 0 }

  /// The number of entries of one forecast, `horizon * targetCount`.
  public var forecastCount: Int { horizon * targetCount }

  /// The origins of `part`: each has the rows of a window before it (they may lie in earlier parts) and its whole
  /// horizon inside the part.
  ///
  /// - Parameters:
  ///   - part: The rows that may be forecast.
  ///   - step: The distance between two origins, at least 1.
  /// - Returns: The origins in time order.
  public func origins(in part: Range<Int>, stride step: Int = 1) -> [Int] {
    let first = max(part.lowerBound, training.lowerBound + window)
    let last = part.upperBound - horizon
    return first <= last ? Array(stride(from: first, through: last, by: step)) : []
  }

  /// The rows before `origin`, the only thing a forecast from that origin may depend on.
  public func history(before origin: Int) -> ForecastHistory {
    ForecastHistory(values: values, origin: origin, horizon: horizon, effects: effects)
  }

  /// What was observed from `origin` on, in the layout of a forecast; NaN where missing or beyond the last row.
  public func truth(from origin: Int) -> [Double] {
    var truth = [Double](repeating: .nan, count: forecastCount)
    for target in 0..<targetCount {
      for step in 0..<min(horizon, max(0, rowCount - origin)) {
        truth[step * targetCount + target] = values[target][origin + step]
      }
    }
    return truth
  }

  /// The same problem with every row from the test part on removed, so that nothing fitted to it can depend on them.
  func withoutTest() -> ForecastProblem {
    let end = test.isEmpty ? rowCount : test.lowerBound
    return ForecastProblem(
      targetNames: targetNames, values: values.map { Array($0[..<end]) }, training: training, validation: validation,
      test: end..<end, horizon: horizon, window: window, season: season, effects: effects?.prefix(end))
  }

  /// The same problem with other values of as many rows, and without effects of known columns.
  func replacing(_ values: [[Double]]) -> ForecastProblem {
    ForecastProblem(
      targetNames: targetNames, values: values, training: training, validation: validation, test: test,
      horizon: horizon, window: window, season: season)
  }
}

/// The rows of a series before an origin. Reading a row at or after the origin stops the program, so a forecaster
/// that is given a history cannot look ahead.
public struct ForecastHistory: Sendable {
  let values: [[Double]]
  /// The first row to be forecast; the rows `0..<origin` can be read.
  public let origin: Int
  private let horizon: Int
  private let effects: KnownEffects?

  init(values: [[Double]], origin: Int, horizon: Int = 0, effects: KnownEffects? = nil) {
    precondition(
      origin >= 0 && values.allSatisfy { origin <= $0.count },
      "ForecastHistory: expected an origin within \(values.first?.count ?? 0) rows, received \(origin)")
    self.values = values
    self.origin = origin
    self.horizon = horizon
    self.effects = effects
  }

  /// The history less what known columns explain of it, and what they explain of each step and target to come,
  /// `[horizon, targets]`; nil without known columns.
  var withoutEffects: (history: ForecastHistory, coming: [Double])? {
    guard let effects else { return nil }
    let coming = (0..<horizon).flatMap { step in effects.values.map { $0[origin + step] } }
    return (ForecastHistory(values: effects.rest, origin: origin), coming)
  }

  /// The number of target columns.
  public var targetCount: Int { values.count }

  /// The value of a target at a row before the origin; NaN where missing.
  public subscript(target: Int, row row: Int) -> Double {
    precondition(row < origin, "ForecastHistory: row \(row) is not known at origin \(origin)")
    return values[target][row]
  }

  /// The last value known before the origin, or nil where none is.
  public func lastKnown(target: Int) -> Double? {
    for row in stride(from: origin - 1, through: 0, by: -1) {
      let value = values[target][row]
      if !value.isNaN { return value }
    }
    return nil
  }

  /// The last `count` rows before the origin, with the rows before the first taken as missing and every missing value
  /// filled as by `fillingForward`.
  func filledWindow(target: Int, count: Int, fallback: Double) -> [Double] {
    let first = max(0, origin - count)
    let before = ForecastHistory(values: values, origin: first).lastKnown(target: target)
    let window = values[target][first..<origin]
    let start = before ?? window.first { !$0.isNaN } ?? fallback
    let padding = [Double](repeating: start, count: count - (origin - first))
    return padding + fillingForward(window, startingWith: start)
  }
}
