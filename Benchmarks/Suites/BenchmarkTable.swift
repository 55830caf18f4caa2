import Recurrent

/// Results as a table for a person, line by line as they come.
package struct BenchmarkTable {
  private static let columnWidth = 14
  private let nameWidth: Int

  /// A table of these rows.
  package init(_ rows: [BenchmarkRow]) { nameWidth = rows.map(\.name.count).max() ?? 0 }

  /// What stands over times.
  package var timeHeader: String { line("", ["milliseconds", "least", "most", "runs"]) }

  /// The time of a row.
  package func line(_ time: BenchmarkTime, row: String) -> String {
    let numbers = [time.milliseconds, time.range.lowerBound, time.range.upperBound].map { NumberText.significant($0) }
    let memory = time.peakMegabytes.map { ["\(NumberText.fixed($0, 1)) MB at most"] } ?? []
    return line(row, numbers + ["\(time.runs)"] + memory)
  }

  /// What stands over figures.
  package func header(of figures: [BenchmarkFigure]) -> String {
    line("", figures.flatMap { figure in [figure.name] + figure.values.dropFirst().map { _ in "" } })
  }

  /// The figures of a row.
  package func line(_ figures: [BenchmarkFigure], row: String) -> String {
    line(row, figures.flatMap(\.values).map { NumberText.significant($0, 7) })
  }

  private func line(_ name: String, _ cells: [String]) -> String {
    let cells = cells.map { String(repeating: " ", count: max(2, Self.columnWidth - $0.count)) + $0 }
    var text = name + String(repeating: " ", count: nameWidth - name.count) + cells.joined()
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }
}
