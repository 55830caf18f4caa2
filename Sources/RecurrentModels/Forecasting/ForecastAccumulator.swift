/// Adds up the errors of one forecast after another; nothing but sums is kept, so any number of origins can be judged.
public struct ForecastAccumulator: Sendable {
  /// The sums of one (step, target).
  private struct Sums {
    var count = 0.0
    var absolute = 0.0
    var squared = 0.0
    var symmetric = 0.0
    var intervalCount = 0.0
    var covered = 0.0
    var intervalScore = 0.0
  }

  private let targetNames: [String]
  private let scales: [TargetScale]
  private let horizon: Int
  private let level: Double
  private var sums: [Sums]

  /// Begins with nothing added.
  ///
  /// - Parameters:
  ///   - targetNames: The names of the targets.
  ///   - scales: The scale of each target on the training part.
  ///   - horizon: The number of rows of a forecast.
  ///   - level: The share of true values the intervals are meant to contain, between 0 and 1.
  public init(targetNames: [String], scales: [TargetScale], horizon: Int, level: Double = 0.8) {
    precondition(
      scales.count == targetNames.count,
      "ForecastAccumulator: expected \(targetNames.count) scales, received \(scales.count)")
    precondition(level > 0 && level < 1, "ForecastAccumulator: expected a level between 0 and 1, received \(level)")
    self.targetNames = targetNames
    self.scales = scales
    self.horizon = horizon
    self.level = level
    sums = Array(repeating: Sums(), count: horizon * targetNames.count)
  }

  /// Adds the forecast of one origin; entries whose truth is missing are left out. All arrays are
  /// `[horizon, targets]`.
  public mutating func add(
    _ forecast: ArraySlice<Double>, truth: [Double], lower: ArraySlice<Double>? = nil, upper: ArraySlice<Double>? = nil
  ) {
    precondition(
      forecast.count == sums.count && truth.count == sums.count,
      "ForecastAccumulator: expected forecast and truth of \(sums.count) entries, "
        + "received \(forecast.count) and \(truth.count)")
    for index in 0..<sums.count where !truth[index].isNaN {
      let observed = truth[index]
      let predicted = forecast[forecast.startIndex + index]
      let error = abs(observed - predicted)
      let size = abs(observed) + abs(predicted)
      sums[index].count += 1
      sums[index].absolute += error
      sums[index].squared += error * error
      sums[index].symmetric += size > 0 ? 200 * error / size : 0
      guard let lower, let upper else { continue }
      let low = lower[lower.startIndex + index]
      let high = upper[upper.startIndex + index]
      sums[index].intervalCount += 1
      if observed >= low && observed <= high { sums[index].covered += 1 }
      let outside = max(0, low - observed) + max(0, observed - high)
      sums[index].intervalScore += (high - low) + 2 / (1 - level) * outside
    }
  }

  /// The scores of everything added so far.
  public var metrics: ForecastMetrics {
    let targetCount = targetNames.count
    return ForecastMetrics(
      overall: scores(of: Array(sums.indices)),
      targets: targetNames.enumerated().map { target, name in
        .init(name: name, scores: scores(of: Array(stride(from: target, to: sums.count, by: targetCount))))
      },
      byStep: (0..<horizon).map { scores(of: Array($0 * targetCount..<($0 + 1) * targetCount)) })
  }

  private func scores(of indices: [Int]) -> ForecastScores {
    func mean(
      _ term: (Sums) -> Double, over count: (Sums) -> Double = { $0.count },
      dividedBy scale: (TargetScale) -> Double? = { _ in 1 }
    ) -> Double? {
      var total = 0.0
      var number = 0.0
      for index in indices {
        guard let size = scale(scales[index % scales.count]), size > 0 else { continue }
        total += term(sums[index]) / size
        number += count(sums[index])
      }
      return number > 0 ? total / number : nil
    }
    var scores = ForecastScores()
    scores.mae = mean(\.absolute)
    scores.mse = mean(\.squared)
    scores.rmse = scores.mse?.squareRoot()
    scores.smape = mean(\.symmetric)
    scores.mase = mean(\.absolute, dividedBy: \.seasonalNaiveError)
    scores.scaledMAE = mean(\.absolute, dividedBy: \.standardDeviation)
    scores.scaledMSE = mean(\.squared, dividedBy: { $0.standardDeviation * $0.standardDeviation })
    scores.coverage = mean(\.covered, over: \.intervalCount)
    scores.intervalScore = mean(\.intervalScore, over: \.intervalCount)
    return scores
  }
}
