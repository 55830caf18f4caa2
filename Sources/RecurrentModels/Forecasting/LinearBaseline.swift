import RecurrentNN

/// One linear map from the window to the whole horizon, for each target by itself: with the last value of the window
/// subtracted from inputs and outputs, ridge regression with an intercept (Hoerl & Kennard 1970) on all windows of
/// the training part. Adding a constant to a series therefore adds it to its forecasts. The penalty is the one of
/// `penalties` with the least squared error on the validation part.
///
/// A missing value in a window is replaced by the last known one before it, or the first known one after it where
/// there is none. Windows whose horizon has a missing value are not learned from, unless fewer than `fewestWindows`
/// remain: then gaps of the training part are bridged by straight lines.
public struct LinearBaseline: ForecastBaseline, SizedBaseline {
  /// Its name in files and in sentences.
  public static let kind = ForecastBaselineKind(
    key: "linear", title: "a linear map of the window", isLearned: true)

  /// The penalties tried, as a share of the inputs' mean variance.
  public static let penalties: [Double] = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100]
  /// The penalty where there is no validation part to choose it on.
  public static let defaultPenalty = 1e-2
  static let fewestWindows = 20

  private let window: Int
  private let horizon: Int
  private let fallbacks: [Double]
  private var maps: [RidgeMap]

  func isSound(horizon: Int, targets: Int) -> Bool {
    self.horizon == horizon && (1...10_000_000).contains(window) && fallbacks.count == targets
      && maps.count == targets
      && maps.allSatisfy { $0.weights.count == (window - 1) * horizon && $0.intercepts.count == horizon }
  }

  /// Fits a map to each target.
  public init?(fittedTo problem: ForecastProblem) {
    window = problem.window
    horizon = problem.horizon
    fallbacks = problem.scales.map(\.mean)
    maps = zip(problem.values, fallbacks).map { Self.fit($0, of: problem, fallback: $1) }
  }

  /// The penalty chosen for each target.
  public var chosenPenalties: [Double] { maps.map(\.penalty) }

  /// The map of a target: `weights` `[window - 1, horizon]` on the window's values less its last value, oldest first,
  /// and an intercept for each step.
  public func map(ofTarget target: Int) -> (weights: [Double], intercepts: [Double]) {
    (maps[target].weights, maps[target].intercepts)
  }

  /// The forecast `[horizon, targets]` of the rows from `history.origin` on.
  public func forecast(after history: ForecastHistory) -> [Double] {
    let targetCount = maps.count
    var forecast = [Double](repeating: 0, count: horizon * targetCount)
    for target in maps.indices {
      let steps = self.forecast(target: target, after: history)
      for step in 0..<horizon { forecast[step * targetCount + target] = steps[step] }
    }
    return forecast
  }

  /// The forecast `[horizon]` of one target.
  func forecast(target: Int, after history: ForecastHistory) -> [Double] {
    let map = maps[target]
    let inputs = history.filledWindow(target: target, count: window, fallback: fallbacks[target])
    let last = inputs[window - 1]
    var steps = map.intercepts
    for i in 0..<window - 1 {
      let input = inputs[i] - last
      for step in 0..<horizon { steps[step] += input * map.weights[i * horizon + step] }
    }
    return steps.map { last + $0 }
  }

  private static func fit(_ values: [Double], of problem: ForecastProblem, fallback: Double) -> RidgeMap {
    let end = max(problem.training.upperBound, problem.validation.upperBound)
    let observed = Array(values[..<end])
    var training = moments(observed, truth: observed, part: problem.training, of: problem, fallback: fallback)
    if training.count < Double(fewestWindows) {
      let bridged = bridgingGaps(of: observed, in: problem.training)
      training = moments(observed, truth: bridged, part: problem.training, of: problem, fallback: fallback)
    }
    let validation = moments(observed, truth: observed, part: problem.validation, of: problem, fallback: fallback)
    let maps = training.ridgeMaps(penalties: validation.count > 0 ? penalties : [defaultPenalty]).compactMap { $0 }
    guard let first = maps.first else {
      return RidgeMap(weights: training.crossProducts.map { _ in 0 }, about: training, penalty: defaultPenalty)
    }
    guard validation.count > 0 else { return first }
    var best = (map: first, error: validation.squaredError(of: first))
    for map in maps.dropFirst() {
      let error = validation.squaredError(of: map)
      if error < best.error { best = (map, error) }
    }
    return best.map
  }

  /// The moments of all windows whose horizon lies in `part` and is known in `truth`.
  private static func moments(
    _ values: [Double], truth: [Double], part: Range<Int>, of problem: ForecastProblem, fallback: Double
  ) -> RidgeMoments {
    var lagged = LaggedMoments(window: problem.window, horizon: problem.horizon)
    let origins = problem.origins(in: part)
    guard let first = origins.first, let last = origins.last else { return lagged.aboutLastValue() }
    let filled = fillingForward(truth[...], startingWith: truth.first { !$0.isNaN } ?? fallback)
    var runStart = first
    for row in first..<last + problem.horizon where truth[row].isNaN {
      // No horizon may hold this row: origins up to `row - horizon` and from `row + 1` on.
      lagged.add(filled, origins: runStart..<max(runStart, row - problem.horizon + 1))
      runStart = max(runStart, min(row, last) + 1)
    }
    lagged.add(filled, origins: runStart..<max(runStart, last + 1))
    return lagged.aboutLastValue()
  }
}
