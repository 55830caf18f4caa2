import RecurrentReports
import Testing

@Suite struct RowUseChartTests {
  private let chart = RowUseChart(
    title: "Rows", summary: "load: the last 12 rows are read, the next 3 forecast.",
    lanes: [
      .init("load", read: -11...0, forecast: 1...3), .init("wind", read: -11...0), .init("holiday", read: -11...3),
    ])

  @Test func barsLieWhereTheirRowsAre() {
    // Names take 7 letters and a gap: 58.2; 15 rows share what is left up to 10 before the edge.
    let svg = chart.svg(width: 500)
    let row = (500 - 10 - 58.2) / 15
    func bar(_ from: Int, _ to: Int) -> String {
      let left = ((58.2 + Double(from + 11) * row) * 10).rounded() / 10
      let width = (Double(to - from + 1) * row * 10).rounded() / 10
      func text(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
      return "x=\"\(text(left))\" y=\"%\" width=\"\(text(width))\""
    }
    let bars = svg.split(separator: "<rect ").dropFirst().map { String($0) }
    #expect(bars.count == 4)
    for (bar, expected) in zip(bars, [bar(-11, 0), bar(1, 3), bar(-11, 0), bar(-11, 3)]) {
      for part in expected.split(separator: " ") where !part.contains("%") { #expect(bar.contains(part), "\(bar)") }
    }
    #expect(bars[1].contains("c-model") && bars[1].contains("load: rows 1 to 3, forecast"))
    #expect(bars[3].contains("c-truth") && bars[3].contains("holiday: rows -11 to 3, read"))
  }

  @Test func itIsNamedAndDescribed() {
    for width in [320.0, 900] {
      let svg = chart.svg(width: width)
      #expect(svg.contains("<title>Rows</title><desc>load: the last 12 rows are read, the next 3 forecast.</desc>"))
      #expect(svg.contains("the forecast begins"))
      #expect(nestingProblem(in: svg) == nil)
    }
  }
}
