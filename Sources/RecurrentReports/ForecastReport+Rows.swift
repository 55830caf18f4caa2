import RecurrentData
import RecurrentModels

/// Which rows a forecast reads and which it forecasts.
extension ForecastReport {
  var rowUseFigure: ReportFigure {
    let (window, horizon) = (problem.window, problem.horizon)
    let past = (1 - window)...0
    let kinds: [(role: TimeSeries.Role, words: String, lane: RowUseChart.Lane, use: String)] = [
      (.target, "targets", .init("", read: past, forecast: 1...horizon), "the next \(horizon) forecast"),
      (.input, "past inputs", .init("", read: past), "nothing later"),
      (.known, "known columns", .init("", read: (1 - window)...horizon), "and the \(horizon) to be forecast"),
    ]
    var lanes: [RowUseChart.Lane] = []
    var sentences: [String] = []
    var table = ReportTable(header: ["columns", "reads rows", "forecasts rows"], rows: [])
    for kind in kinds {
      let names = content.series.columns.filter { $0.role == kind.role }.map(\.name)
      guard !names.isEmpty else { continue }
      var lane = kind.lane
      lane.name = names.count == 1 ? names[0] : "\(names.count) \(kind.words)"
      lanes.append(lane)
      sentences.append("\(list(names)): the last \(window) rows are read, \(kind.use).")
      table.rows.append([list(names)] + [lane.read, lane.forecast].map(text))
    }
    let summary = sentences.joined(separator: " ") + " Row 1 is the first to be forecast."
    return ReportFigure(
      RowUseChart(title: "The rows that a forecast uses", summary: summary, lanes: lanes), caption: summary,
      table: table)
  }

  private func text(_ rows: ClosedRange<Int>?) -> String {
    rows.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "none"
  }

  private func list(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
  }
}
