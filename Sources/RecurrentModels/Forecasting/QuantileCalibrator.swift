/// Collects the errors of predicted quantiles and gives their correction, from all calibration origins or, under drift,
/// from the newest whose outcome is known.
///
/// Rolling use, origin after origin: `calibration(at:)` reads only errors of rows before its origin, so that the
/// intervals of a backtest do not look ahead although they follow the series (compare Gibbs & Candes 2021).
public struct QuantileCalibrator: Sendable {
  private let probabilities: [Double]
  private let horizon: Int
  private let targetCount: Int
  private let memory: Int
  private var origins: [Int] = []
  /// The errors of each `[kinds, horizon, targets]`, by origin: one kind while every quantile of an origin is the same
  /// point forecast, else a kind for each probability.
  private var errors: [[Double]]

  private var entryCount: Int { horizon * targetCount }
  private var kindCount: Int { errors.count / max(1, entryCount) }

  /// A step with fewer errors than this borrows those of its neighbours.
  public static let fewestErrors = 30

  /// Begins with no errors.
  ///
  /// - Parameters:
  ///   - probabilities: The probabilities of the quantiles, rising.
  ///   - horizon: The number of steps.
  ///   - targetCount: The number of targets.
  ///   - memory: How many of the newest origins count for each step; nil for all.
  public init(probabilities: [Double], horizon: Int, targetCount: Int, memory: Int? = nil) {
    precondition(memory ?? 1 > 0, "QuantileCalibrator: expected a memory of at least 1 origin")
    self.probabilities = probabilities
    self.horizon = horizon
    self.targetCount = targetCount
    self.memory = memory ?? Int.max / 4
    errors = Array(repeating: [], count: horizon * targetCount)
  }

  /// Adds an origin, in time order; entries whose truth is missing are left out.
  ///
  /// - Parameters:
  ///   - origin: The first row forecast.
  ///   - quantiles: `[probabilities, horizon, targets]`.
  ///   - truth: `[horizon, targets]`; NaN where missing.
  ///   - sizes: The unit of each error, `[horizon, targets]`; nil for 1.
  public mutating func add(origin: Int, quantiles: [Double], truth: [Double], sizes: [Double]? = nil) {
    precondition(
      quantiles.count == probabilities.count * entryCount && truth.count == entryCount,
      "QuantileCalibrator: expected \(probabilities.count * entryCount) quantiles and truth of \(entryCount), "
        + "received \(quantiles.count) and \(truth.count)")
    let isPoint = quantiles.indices.allSatisfy { quantiles[$0] == quantiles[$0 % entryCount] }
    if isPoint && kindCount == 1 {
      append(origin: origin, bounds: Array(quantiles[..<entryCount]), truth: truth, sizes: sizes)
      return
    }
    if kindCount < probabilities.count { errors = Array(probabilities.map { _ in errors }.joined()) }
    append(origin: origin, bounds: quantiles, truth: truth, sizes: sizes)
  }

  /// Adds an origin whose every quantile is the point forecast `[horizon, targets]`.
  public mutating func add(origin: Int, forecast: [Double], truth: [Double], sizes: [Double]? = nil) {
    precondition(
      forecast.count == horizon * targetCount && truth.count == forecast.count,
      "QuantileCalibrator: expected forecast and truth of \(horizon * targetCount), "
        + "received \(forecast.count) and \(truth.count)")
    let bounds = kindCount == 1 ? forecast : Array((0..<kindCount).map { _ in forecast }.joined())
    append(origin: origin, bounds: bounds, truth: truth, sizes: sizes)
  }

  private mutating func append(origin: Int, bounds: [Double], truth: [Double], sizes: [Double]?) {
    precondition(
      origins.last ?? Int.min < origin,
      "QuantileCalibrator: expected origins in time order, received \(origin) after \(origins.last ?? 0)")
    origins.append(origin)
    for (index, bound) in bounds.enumerated() {
      let entry = index % entryCount
      errors[index].append((truth[entry] - bound) / (sizes?[entry] ?? 1))
    }
    // What is not yet known at the next origin is kept besides what is remembered.
    let surplus = origins.count - memory - horizon
    guard surplus > memory + horizon else { return }
    origins.removeFirst(surplus)
    for index in errors.indices { errors[index].removeFirst(surplus) }
  }

  /// The correction of each probability, step and target: the error of rank `p (n + 1)` among `n`, rounded away from
  /// the median, so that the interval holds at least its level for exchangeable errors. A step with fewer than
  /// `fewestErrors` errors shares those of the nearest steps of the same target; without errors it is 0.
  ///
  /// - Parameter origin: Only outcomes of rows before this one are used; nil for all.
  /// - Returns: The corrections.
  public func calibration(at origin: Int? = nil) -> QuantileCalibration {
    let known = (0..<horizon).map { step in
      let end = origin.map { origin in origins.count { $0 + step < origin } } ?? origins.count
      return max(0, end - memory)..<end
    }
    var corrections = [Double](repeating: 0, count: probabilities.count * entryCount)
    for kind in 0..<kindCount {
      for target in 0..<targetCount {
        let cells = (0..<horizon).map { kind * entryCount + $0 * targetCount + target }
        let sorted: [[Double]] = zip(cells, known).map { cell, outcomes in
          errors[cell][outcomes].filter { $0.isFinite }.sorted()
        }
        for step in 0..<horizon {
          let pool = Self.pooled(sorted, about: step)
          for (rank, probability) in probabilities.enumerated() where kindCount == 1 || rank == kind {
            corrections[rank * entryCount + step * targetCount + target] =
              empiricalQuantile(of: pool, probability: probability) ?? 0
          }
        }
      }
    }
    return QuantileCalibration(probabilities: probabilities, corrections: corrections)
  }

  private static func pooled(_ errors: [[Double]], about step: Int) -> [Double] {
    guard errors[step].count < fewestErrors else { return errors[step] }
    for reach in 1..<max(2, errors.count) {
      let pool = errors[max(0, step - reach)...min(errors.count - 1, step + reach)].joined()
      if pool.count >= fewestErrors || reach >= errors.count - 1 { return pool.sorted() }
    }
    return errors[step]
  }
}
