/// The unit of windows of logarithms, and how much the errors of a window count.
///
///     change = mean of |x_t - x_(t - season)| over the window
///     size   = change + 0.02 * mean change of all series
///     weight = size / (change + 0.2 * mean change of all series)
///
/// A network sees every window divided by its size, so that it can tell the shape of a calm series as well as that of a
/// restless one. An error in this unit, times the weight, is nearly an error divided by the change over a season, which is
/// the scale of MASE (Hyndman & Koehler 2006): the last term keeps series that hardly move from outweighing the others.
package struct PanelUnit: Codable, Sendable, Equatable {
  /// The rows of a season; 1 without any.
  let season: Int
  /// The mean change of all series.
  let meanChange: Double

  private static let shareOfSize = 0.02
  private static let shareOfWeight = 0.2

  /// Measures some series.
  ///
  /// - Parameters:
  ///   - columns: `[series][row]`, with NaN where missing; the last `horizon` rows of each are not read.
  ///   - season: The rows of a season; 1 for none.
  ///   - horizon: The rows to forecast.
  package init(of columns: [[Double]], season: Int, horizon: Int) {
    let changes = columns.compactMap { column -> Double? in
      let rows = column.dropLast(horizon)
      let known = fillingForward(rows, startingWith: rows.first { !$0.isNaN } ?? 0)
      return known.count > season ? Self.change(of: known, over: season) : nil
    }
    let mean = changes.reduce(0, +) / Double(max(1, changes.count))
    self.season = season
    meanChange = mean > 0 ? mean : 1
  }

  /// The size and the weight of a window without missing rows; one no longer than a season changes from row to row.
  package func measure(_ rows: [Double]) -> (size: Double, weight: Double) {
    let change = Self.change(of: rows, over: season < rows.count ? season : 1)
    let size = change + Self.shareOfSize * meanChange
    return (size, size / (change + Self.shareOfWeight * meanChange))
  }

  var isSound: Bool { (1...10_000_000).contains(season) && meanChange.isFinite && meanChange > 0 }

  private static func change(of rows: [Double], over lag: Int) -> Double {
    let changes = zip(rows.dropFirst(lag), rows).map { abs($0 - $1) }
    return changes.reduce(0, +) / Double(max(1, changes.count))
  }
}
