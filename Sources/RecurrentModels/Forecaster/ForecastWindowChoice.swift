/// How many rows a network sees, and in what segments.
public struct ForecastWindowChoice: Sendable, Equatable {
  /// The rows of a window, and of each of its segments.
  public let rows, segment: Int
  /// Why, in words.
  public let reason: String

  static let mostRows = 336
  private static let mostSegment = 24
  /// Targets by which a window is chosen, at most.
  private static let mostTargets = 8

  /// Takes what the configuration gives; what it leaves open is the window with which the linear map from window to
  /// horizon does best on the validation part: the shortest within 1 % of the best.
  init(_ configuration: ForecasterConfiguration, _ fitting: ForecasterFitting) {
    if let window = configuration.window {
      let wish = min(
        Self.mostSegment, configuration.decoder.segment(horizon: configuration.horizon), max(1, window / 4))
      self.init(
        rows: window,
        segment: configuration.segment
          ?? Self.segment(dividing: window, near: wish, atLeast: fitting.kind.leastSegment(ofWindow: window)),
        reason: "a window of \(window) rows, as given")
      return
    }
    let candidates = Self.candidates(
      configuration, rows: fitting.split.train.count - fitting.encoders.differencing.lostRows)
    guard candidates.count > 1 else {
      let only = candidates[0]
      self.init(
        rows: only.rows, segment: only.segment,
        reason: "a window of \(only.rows) rows: the training part allows no choice")
      return
    }
    let errors = candidates.map { Self.error(of: fitting.problem(window: $0.rows), horizon: configuration.horizon) }
    let best = errors.min() ?? 0
    let chosen = candidates[errors.firstIndex { $0 <= 1.01 * best } ?? 0]
    let tried = candidates.map { "\($0.rows)" }.joined(separator: ", ")
    self.init(
      rows: chosen.rows, segment: chosen.segment,
      reason: "a window of \(chosen.rows) rows, the shortest of \(tried) within 1 % of the least validation error of a"
        + " linear map")
  }

  /// Windows of whole segments worth trying, shortest first; at least one.
  static func candidates(_ configuration: ForecasterConfiguration, rows: Int) -> [(rows: Int, segment: Int)] {
    let horizon = configuration.horizon
    let most = max(1, min(mostRows, rows / 3))
    let least = min(most, max(min(24, rows / 8), min(horizon, 8)))
    let wanted = [1, 2, 3, 4, 6, 8].map { $0 * horizon } + [12, 24, 48, 96]
    var candidates: [(rows: Int, segment: Int)] = []
    for wish in (wanted.filter { $0 >= least && $0 <= most } + [most]).sorted() {
      let suitable = min(mostSegment, configuration.decoder.segment(horizon: horizon), max(1, wish / 4))
      let segment = configuration.segment ?? suitable
      let rows = max(1, (wish + segment / 2) / segment) * segment
      if rows <= max(most, segment), !candidates.contains(where: { $0.rows == rows }) {
        candidates.append((rows, segment))
      }
    }
    // The longest is a last resort, not a candidate of its own.
    if candidates.count > 1, !wanted.contains(most) { candidates.removeLast() }
    return candidates.isEmpty ? [(most, segment(dividing: most, near: horizon))] : candidates
  }

  /// The divisor of a window, of so many rows at least, that is nearest to a wish.
  static func segment(dividing window: Int, near wish: Int, atLeast least: Int = 1) -> Int {
    (1...window).filter { window % $0 == 0 && $0 >= least }.min { abs($0 - wish) < abs($1 - wish) } ?? 1
  }

  private init(rows: Int, segment: Int, reason: String) {
    (self.rows, self.segment, self.reason) = (rows, segment, reason)
  }

  /// Mean absolute validation error of the linear map.
  private static func error(of whole: ForecastProblem, horizon: Int) -> Double {
    let step = (whole.targetCount - 1) / mostTargets + 1
    let chosen = stride(from: 0, to: whole.targetCount, by: step)
    let problem = ForecastProblem(
      targetNames: chosen.map { whole.targetNames[$0] }, values: chosen.map { whole.values[$0] },
      training: whole.training, validation: whole.validation, test: whole.test, horizon: horizon, window: whole.window)
    guard let map = LinearBaseline(fittedTo: problem) else { return .infinity }
    let origins = problem.origins(in: problem.validation)
    var sum = 0.0, count = 0.0
    for index in stride(from: 0, to: origins.count, by: origins.count / 2_000 + 1) {
      let forecast = map.forecast(after: problem.history(before: origins[index]))
      for (value, truth) in zip(forecast, problem.truth(from: origins[index])) where !truth.isNaN {
        sum += abs(value - truth)
        count += 1
      }
    }
    return count > 0 ? sum / count : .infinity
  }
}
