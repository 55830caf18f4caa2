/// Intervals that follow the errors of the newest forecasts, origin after origin, without looking ahead: the bounds at
/// an origin depend on outcomes before it only.
///
/// Under drift fixed residual quantiles lose their level; the newest thousand outcomes, each in units of how much its
/// window varied (`ForecastProblem.errorSizes`), keep it. Feed the calibrator with the validation part first.
public struct RollingIntervals: Sendable {
  /// The outcomes so far.
  public private(set) var calibrator: QuantileCalibrator
  private let refresh: Int
  private var current: QuantileCalibration?
  private var age = 0

  /// Begins with the outcomes of a calibrator, best one with a memory of about 1000 origins.
  ///
  /// - Parameters:
  ///   - calibrator: Outcomes before the first origin.
  ///   - refresh: After how many origins the corrections are computed anew, at least 1.
  public init(_ calibrator: QuantileCalibrator, refresh: Int = 24) {
    precondition(refresh >= 1, "RollingIntervals: expected a refresh of at least 1 origin, received \(refresh)")
    self.calibrator = calibrator
    self.refresh = refresh
  }

  /// The quantiles `[probabilities, horizon, targets]` of a point forecast; then its outcome is remembered, to count
  /// from the first origin at which it is known.
  ///
  /// - Parameters:
  ///   - origin: The first row forecast; origins come in time order.
  ///   - forecast: `[horizon, targets]`.
  ///   - truth: `[horizon, targets]`; NaN where missing.
  ///   - sizes: The unit of each error, `[horizon, targets]`; nil for 1.
  /// - Returns: The quantiles, rising with the probability.
  public mutating func quantiles(
    at origin: Int, around forecast: [Double], truth: [Double], sizes: [Double]? = nil
  ) -> [Double] {
    let calibration = calibration(at: origin)
    calibrator.add(origin: origin, forecast: forecast, truth: truth, sizes: sizes)
    return calibration.quantiles(around: forecast, sizes: sizes)
  }

  /// Corrects predicted quantiles `[probabilities, horizon, targets]`, such as those of quantile heads; otherwise like
  /// `quantiles(at:around:truth:sizes:)`.
  public mutating func corrected(
    _ quantiles: [Double], at origin: Int, truth: [Double], sizes: [Double]? = nil
  ) -> [Double] {
    let calibration = calibration(at: origin)
    calibrator.add(origin: origin, quantiles: quantiles, truth: truth, sizes: sizes)
    return calibration.corrected(quantiles, sizes: sizes)
  }

  private mutating func calibration(at origin: Int) -> QuantileCalibration {
    age += 1
    if let current, age <= refresh { return current }
    let calibration = calibrator.calibration(at: origin)
    current = calibration
    age = 1
    return calibration
  }
}

extension ForecastProblem {
  /// How large errors are to be expected from what the window shows, `[horizon, targets]`: its standard deviation plus
  /// a fifth of the training part's, which keeps quiet windows from promising certainty.
  ///
  /// - Parameters:
  ///   - origin: The first row to be forecast; only rows before it are read.
  ///   - scales: The scale of each target on the training part.
  /// - Returns: A size above zero for each step and target, the same for all steps.
  public func errorSizes(before origin: Int, scales: [TargetScale]) -> [Double] {
    let sizes = zip(values, scales).map { column, scale in
      let known = column[max(0, origin - window)..<origin].filter { !$0.isNaN }
      let count = Double(max(1, known.count))
      let mean = known.reduce(0, +) / count
      let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      let size = variance.squareRoot() + 0.2 * scale.standardDeviation
      return size > 0 ? size : 1
    }
    return Array((0..<horizon).map { _ in sizes }.joined())
  }
}
