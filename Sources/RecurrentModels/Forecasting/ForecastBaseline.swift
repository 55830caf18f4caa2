/// A forecast so simple that a model must beat it to be worth anything.
///
/// A new baseline is one conforming type and one entry in `FittedBaselines.kinds`.
public protocol ForecastBaseline: Codable, Sendable {
  /// Its name in files and in sentences.
  static var kind: ForecastBaselineKind { get }

  /// Fits to the training part, choosing settings on the validation part; nil where it cannot be used.
  ///
  /// Rows of the test part are not read.
  init?(fittedTo problem: ForecastProblem)

  /// The forecast `[horizon, targets]` of the rows from `history.origin` on.
  func forecast(after history: ForecastHistory) -> [Double]
}

/// The name of a baseline in files and in sentences.
public struct ForecastBaselineKind: Sendable, Hashable {
  /// Its key among the baselines of `metrics.json`.
  public let key: String
  /// What it does, as in "repeating the last value is more accurate".
  public let title: String
  /// Whether it learns weights; the others only repeat or extend what was last seen.
  public let isLearned: Bool

  /// Names a baseline.
  public init(key: String, title: String, isLearned: Bool) {
    self.key = key
    self.title = title
    self.isLearned = isLearned
  }
}

/// A baseline that can tell whether its numbers, read from a file, have the sizes of a task.
protocol SizedBaseline {
  func isSound(horizon: Int, targets: Int) -> Bool
}

/// What every baseline without weights keeps: the horizon, and a value for each target of which nothing is known.
struct BaselineSizes: Codable, Sendable {
  let horizon: Int
  /// The means of the training part.
  let fallbacks: [Double]

  init(_ problem: ForecastProblem) {
    horizon = problem.horizon
    fallbacks = problem.scales.map(\.mean)
  }

  func isSound(horizon: Int, targets: Int) -> Bool { self.horizon == horizon && fallbacks.count == targets }

  /// The last known value of each target.
  func lastValues(of history: ForecastHistory) -> [Double] {
    fallbacks.indices.map { history.lastKnown(target: $0) ?? fallbacks[$0] }
  }
}

/// Repeats the last known value.
public struct NaiveBaseline: ForecastBaseline, SizedBaseline {
  /// Its name in files and in sentences.
  public static let kind = ForecastBaselineKind(
    key: "naive", title: "repeating the last value", isLearned: false)

  private let sizes: BaselineSizes

  func isSound(horizon: Int, targets: Int) -> Bool { sizes.isSound(horizon: horizon, targets: targets) }

  /// Takes what it needs from the training part.
  public init?(fittedTo problem: ForecastProblem) { sizes = BaselineSizes(problem) }

  /// The forecast `[horizon, targets]` of the rows from `history.origin` on.
  public func forecast(after history: ForecastHistory) -> [Double] {
    let last = sizes.lastValues(of: history)
    return Array((0..<sizes.horizon).map { _ in last }.joined())
  }
}

/// Repeats the value of the same place in the last cycle: `f[t + h] = y[t + h - m k]` with the season `m` and the
/// smallest `k` that reaches a row before the origin; older cycles stand in for missing values, and the last known
/// value where no cycle has one. It cannot be used without a season.
public struct SeasonalNaiveBaseline: ForecastBaseline, SizedBaseline {
  /// Its name in files and in sentences.
  public static let kind = ForecastBaselineKind(
    key: "seasonalNaive", title: "repeating the last cycle", isLearned: false)

  private let sizes: BaselineSizes
  private let season: Int

  func isSound(horizon: Int, targets: Int) -> Bool {
    (1...10_000_000).contains(season) && sizes.isSound(horizon: horizon, targets: targets)
  }

  /// Takes what it needs from the training part.
  public init?(fittedTo problem: ForecastProblem) {
    guard let season = problem.season else { return nil }
    self.season = season
    sizes = BaselineSizes(problem)
  }

  /// The forecast `[horizon, targets]` of the rows from `history.origin` on.
  public func forecast(after history: ForecastHistory) -> [Double] {
    let last = sizes.lastValues(of: history)
    var forecast: [Double] = []
    for step in 0..<sizes.horizon {
      let newest = history.origin + step - season * (step / season + 1)
      for target in last.indices {
        let rows = stride(from: newest, through: 0, by: -season)
        let row = rows.first { !history[target, row: $0].isNaN }
        forecast.append(row.map { history[target, row: $0] } ?? last[target])
      }
    }
    return forecast
  }
}

/// Continues the straight line from the first known value to the last: `f[t + h] = y[t] + h (y[t] - y[1]) / (t - 1)`.
public struct DriftBaseline: ForecastBaseline, SizedBaseline {
  /// Its name in files and in sentences.
  public static let kind = ForecastBaselineKind(
    key: "drift", title: "continuing the average trend", isLearned: false)

  private let sizes: BaselineSizes

  func isSound(horizon: Int, targets: Int) -> Bool { sizes.isSound(horizon: horizon, targets: targets) }

  /// Takes what it needs from the training part.
  public init?(fittedTo problem: ForecastProblem) { sizes = BaselineSizes(problem) }

  /// The forecast `[horizon, targets]` of the rows from `history.origin` on.
  public func forecast(after history: ForecastHistory) -> [Double] {
    let lines = sizes.fallbacks.indices.map { target -> (start: Double, slope: Double) in
      let rows = 0..<history.origin
      guard
        let first = rows.first(where: { !history[target, row: $0].isNaN }),
        let last = rows.last(where: { !history[target, row: $0].isNaN })
      else { return (sizes.fallbacks[target], 0) }
      let rise = history[target, row: last] - history[target, row: first]
      let slope = last > first ? rise / Double(last - first) : 0
      return (history[target, row: last] + slope * Double(history.origin - 1 - last), slope)
    }
    return (1...sizes.horizon).flatMap { step in lines.map { $0.start + $0.slope * Double(step) } }
  }
}
