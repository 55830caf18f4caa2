/// A table of texts.
public struct ReportTable: Sendable {
  /// The names of the columns.
  public var header: [String]
  /// The rows; each has a text for each column.
  public var rows: [[String]]
  /// How many columns at the left are words; the others are numbers and stand at the right of their cells.
  public var wordColumns: Int
  /// The rows set in bold.
  public var emphasizedRows: Set<Int>

  /// Makes a table.
  public init(header: [String], rows: [[String]], wordColumns: Int = 1, emphasizedRows: Set<Int> = []) {
    precondition(
      rows.allSatisfy { $0.count == header.count }, "ReportTable: expected \(header.count) texts in every row")
    self.header = header
    self.rows = rows
    self.wordColumns = wordColumns
    self.emphasizedRows = emphasizedRows
  }

  /// At most about `count` rows, evenly chosen, always with the last one.
  public func sampled(_ count: Int) -> ReportTable {
    guard rows.count > count, count > 1 else { return self }
    let step = (rows.count + count - 2) / (count - 1)
    var chosen = rows.indices.filter { $0 % step == 0 }
    if let last = rows.indices.last, chosen.last != last { chosen.append(last) }
    var table = self
    table.rows = chosen.map { rows[$0] }
    table.emphasizedRows = Set(chosen.indices.filter { emphasizedRows.contains(chosen[$0]) })
    return table
  }

  var html: String {
    func cell(_ text: String, _ column: Int, _ tag: String) -> String {
      let name = column >= wordColumns ? "" : column == 0 ? " class=\"w\"" : " class=\"w v\""
      return "<\(tag)\(name)>\(Markup.escaped(text))</\(tag)>"
    }
    let head = header.enumerated().map { cell($1, $0, "th") }.joined()
    let body = rows.enumerated().map { index, row in
      let start = emphasizedRows.contains(index) ? "<tr class=\"e\">" : "<tr>"
      return start + row.enumerated().map { cell($1, $0, "td") }.joined() + "</tr>\n"
    }
    return
      "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\n\(body.joined())</tbody></table></div>\n"
  }
}
