/// A distribution drawn through some of its quantiles: straight lines between them, and beyond the outermost, over the
/// quantiles of the normal distribution. Through quantiles of a normal distribution it is that distribution.
package struct QuantileCurve: Sendable {
  /// The normal quantiles of the probabilities, rising.
  private let scores: [Double]

  /// A curve through quantiles of these probabilities, rising.
  package init(probabilities: [Double]) { scores = probabilities.map(normalQuantile) }

  /// The quantile of a probability, whose normal quantile is `score`.
  ///
  /// - Parameters:
  ///   - score: A normal quantile.
  ///   - quantiles: The quantile of each probability, rising.
  /// - Returns: The quantile.
  package func value(at score: Double, through quantiles: [Double]) -> Double {
    guard scores.count > 1 else { return quantiles[0] }
    var (low, high) = (0, scores.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if scores[middle] <= score { low = middle } else { high = middle }
    }
    let share = (score - scores[low]) / (scores[high] - scores[low])
    // Exact at the quantiles themselves.
    if share == 1 { return quantiles[high] }
    return quantiles[low] + share * (quantiles[high] - quantiles[low])
  }
}
