/// Rows that belong together: one row of the table `all`.
///
/// Names and units of work are those that other frameworks are timed with, so that lines can be put side by side.
package struct BenchmarkSuite: Sendable {
  /// The name in options and lines: `layers`.
  package let name: String
  /// What one unit of work is, for the help page.
  package let summary: String
  private let makeRows: @Sendable () -> [BenchmarkRow]

  /// A suite whose rows are made when they are asked for: the program describes all suites at every start.
  init(name: String, summary: String, rows: @autoclosure @escaping @Sendable () -> [BenchmarkRow]) {
    (self.name, self.summary, makeRows) = (name, summary, rows)
  }

  /// The rows, in the order in which they run.
  package var rows: [BenchmarkRow] { makeRows() }

  /// Every suite.
  package static let all: [BenchmarkSuite] = [
    .layers, .lengths, .custom, .namedCells, .compositions, .comparisons, .trees, .long, .models, .stream, .cold,
    .products,
  ]

  /// The suite of this name, or nil.
  package static func named(_ name: String) -> BenchmarkSuite? { all.first { $0.name == name } }

  /// The rows whose names contain one of the texts; all rows where there is no text.
  package func rows(containing texts: [String]) -> [BenchmarkRow] {
    texts.isEmpty ? rows : rows.filter { row in texts.contains { row.name.contains($0) } }
  }
}
