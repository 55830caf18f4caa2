/// Where each series is learned from and where the networks are chosen: the last rows of every series validate, the
/// rows before them train.
package struct PanelSplit {
  /// Windows to learn from, series by series.
  package let training: [PanelSample]
  /// The window before the last rows of each series.
  package let validation: [PanelSample]

  /// - Parameters:
  ///   - rowCounts: The rows of each series.
  ///   - window: The rows of a window.
  ///   - horizon: The rows forecast; as many validate.
  ///   - mostWindows: Bound on the windows of all series together; more are thinned out evenly.
  package init(rowCounts: [Int], window: Int, horizon: Int, mostWindows: Int = 4_000_000) {
    func origins(_ rows: Int, by step: Int) -> StrideThrough<Int> {
      stride(from: rows - 2 * horizon, through: window, by: -step)
    }
    let total = rowCounts.reduce(0) { $0 + max(0, $1 - 2 * horizon - window + 1) }
    let step = total / mostWindows + 1
    training = rowCounts.enumerated().flatMap { series, rows in
      origins(rows, by: step).reversed().map { PanelSample(series: series, origin: $0) }
    }
    validation = rowCounts.enumerated().compactMap { series, rows in
      rows >= window + horizon ? PanelSample(series: series, origin: rows - horizon) : nil
    }
  }

  /// The fewest rows of a series that is learned from.
  static func fewestRows(window: Int, horizon: Int) -> Int { window + 2 * horizon }
}
