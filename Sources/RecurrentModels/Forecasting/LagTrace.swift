/// Watches whether a forecast is the past moved forward: how near the forecasts of the last step come to the truth of
/// each number of rows earlier.
package struct LagTrace: Sendable {
  private let scales: [Double]
  private let horizon: Int
  /// The sums of `|f[t + h - 1] - y[t + h - 1 - lag]|` for lag 0, 1, ...
  private var distances: [Double]
  private var counts: [Double]
  /// The sums over all steps of `|f - last|` and `|y - last|`.
  private var moved = 0.0
  private var truthMoved = 0.0

  package init(problem: ForecastProblem, scales: [TargetScale]) {
    self.init(horizon: problem.horizon, scales: scales)
  }

  /// With no scales nothing is watched.
  init(horizon: Int, scales: [TargetScale] = []) {
    self.scales = scales.map { $0.standardDeviation > 0 ? $0.standardDeviation : 1 }
    self.horizon = horizon
    distances = Array(repeating: 0, count: 2 * horizon + 1)
    counts = distances
  }

  package mutating func add(_ forecast: ArraySlice<Double>, truth: [Double], history: ForecastHistory) {
    let targetCount = scales.count
    for target in 0..<targetCount {
      guard let last = history.lastKnown(target: target) else { continue }
      let final = forecast[forecast.startIndex + (horizon - 1) * targetCount + target]
      for lag in distances.indices {
        let row = history.origin + horizon - 1 - lag
        guard row >= 0 else { break }
        let observed =
          lag < horizon ? truth[(horizon - 1 - lag) * targetCount + target] : history[target, row: row]
        guard !observed.isNaN else { continue }
        distances[lag] += abs(final - observed) / scales[target]
        counts[lag] += 1
      }
      for step in 0..<horizon {
        let observed = truth[step * targetCount + target]
        guard !observed.isNaN else { continue }
        moved += abs(forecast[forecast.startIndex + step * targetCount + target] - last) / scales[target]
        truthMoved += abs(observed - last) / scales[target]
      }
    }
  }

  /// How many rows earlier the truth lies that the forecasts of the last step fit best; 0 is their own row, `horizon`
  /// the last row known.
  package var bestLag: Int? {
    let means = distances.indices.filter { counts[$0] > 0 }.map { (lag: $0, mean: distances[$0] / counts[$0]) }
    return means.min { $0.mean < $1.mean }?.lag
  }

  /// How far forecasts move from the last known value, as a share of how far the truth does.
  package var movedShare: Double? { truthMoved > 0 ? moved / truthMoved : nil }

  /// Whether the forecasts are the last known value and little else.
  package var isCopy: Bool { bestLag == horizon && (movedShare ?? 1) <= 0.25 }
}
