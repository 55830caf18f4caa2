/// Corrections that make predicted quantiles hold on data they were not fitted to, one for each probability, step and
/// target.
///
/// With `b` a predicted bound for probability `p`, `w` its unit of size and `Q` the empirical quantile over the
/// calibration origins, the corrected bound is `b + w Q_p((y - b) / w)`. With the point forecast as every bound and
/// `w = 1` that is the split-conformal interval of signed residuals (Vovk, Gammerman & Shafer 2005; Lei et al. 2018);
/// with the bounds of a quantile head it is conformalised quantile regression with a tail of its own for each side
/// (Romano, Patterson & Candes 2019); with the predicted width as `w` the correction grows with the predicted
/// uncertainty.
public struct QuantileCalibration: Codable, Sendable, Equatable {
  /// The probabilities of the quantiles, rising.
  public let probabilities: [Double]
  /// `[probabilities, horizon, targets]`, in units of `w`.
  public let corrections: [Double]

  /// Corrections given as numbers, `[probabilities, horizon, targets]`.
  public init(probabilities: [Double], corrections: [Double]) {
    precondition(
      zip(probabilities, probabilities.dropFirst()).allSatisfy(<) && probabilities.allSatisfy { $0 > 0 && $0 < 1 },
      "QuantileCalibration: expected rising probabilities between 0 and 1, received \(probabilities)")
    precondition(
      corrections.count % max(1, probabilities.count) == 0,
      "QuantileCalibration: expected corrections for \(probabilities.count) probabilities, "
        + "received \(corrections.count)")
    self.probabilities = probabilities
    self.corrections = corrections
  }

  /// Whether there is a correction for each probability, step and target.
  func isSound(horizon: Int, targets: Int) -> Bool {
    corrections.count == probabilities.count * horizon * targets
      && zip(probabilities, probabilities.dropFirst()).allSatisfy(<)
  }

  /// The corrected quantiles of one origin, rising with the probability.
  ///
  /// - Parameters:
  ///   - quantiles: `[probabilities, horizon, targets]`.
  ///   - sizes: The unit `w` of each step and target, `[horizon, targets]`; nil for 1.
  /// - Returns: The corrected quantiles, `[probabilities, horizon, targets]`.
  public func corrected(_ quantiles: [Double], sizes: [Double]? = nil) -> [Double] {
    precondition(
      quantiles.count == corrections.count,
      "QuantileCalibration: expected \(corrections.count) quantiles, received \(quantiles.count)")
    var corrected = quantiles
    let entries = corrections.count / max(1, probabilities.count)
    for index in corrections.indices { corrected[index] += corrections[index] * (sizes?[index % entries] ?? 1) }
    return Self.rising(corrected, probabilities: probabilities.count)
  }

  /// The quantiles of a point forecast `[horizon, targets]`: the forecast plus the corrections.
  public func quantiles(around forecast: [Double], sizes: [Double]? = nil) -> [Double] {
    corrected(Array(probabilities.map { _ in forecast }.joined()), sizes: sizes)
  }

  /// The quantiles `[probabilities, ...]` sorted for each step and target, which never moves them further from the
  /// truth (Chernozhukov, Fernandez-Val & Galichon 2010).
  public static func rising(_ quantiles: [Double], probabilities: Int) -> [Double] {
    guard probabilities > 1 else { return quantiles }
    var rising = quantiles
    let entries = quantiles.count / probabilities
    guard probabilities > 2 else {
      for entry in 0..<entries where rising[entry] > rising[entries + entry] { rising.swapAt(entry, entries + entry) }
      return rising
    }
    for entry in 0..<entries {
      let sorted = (0..<probabilities).map { quantiles[$0 * entries + entry] }.sorted()
      for (rank, value) in sorted.enumerated() { rising[rank * entries + entry] = value }
    }
    return rising
  }
}

/// The value of rank `p (n + 1)` of sorted values, rounded away from the median and kept within the values.
package func empiricalQuantile(of sorted: [Double], probability: Double) -> Double? {
  guard !sorted.isEmpty else { return nil }
  // A little slack keeps ranks that are whole numbers up to rounding, like 0.9 * 10, from moving by one.
  let exact = probability * Double(sorted.count + 1)
  let rank = probability < 0.5 ? (exact + 1e-9).rounded(.down) : (exact - 1e-9).rounded(.up)
  return sorted[min(max(Int(rank), 1), sorted.count) - 1]
}
