import CommandLineKit
import Recurrent

/// What a search tried, for a person at a terminal.
enum SearchText {
  /// The most candidates that are shown; all stand in the report.
  private static let mostRows = 12

  static func text(_ table: SearchTable) -> String {
    let ranked = table.ranked
    var rows = [table.header]
    rows += ranked.prefix(mostRows).map { table.cells(of: $0) }
    var text = "Search: \(table.rows.count) candidates, the best first:\n" + ForecastTable.aligned(rows)
    if ranked.count > mostRows { text += "(\(ranked.count - mostRows) more in the report)\n" }
    return text + table.remarks.map { TextLayout.fitted($0) + "\n" }.joined()
  }
}
