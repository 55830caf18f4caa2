import RecurrentReports
import Testing

@Suite struct TerminalPlotTests {
  private let plot = TerminalPlot(
    title: "load, next 12", history: (0..<60).map { 10 + 5 * (Double($0) / 4).remainder(dividingBy: 3) },
    forecast: (0..<12).map { 10 + Double($0) / 2 }, lower: (0..<12).map { 9 + Double($0) / 2 },
    upper: (0..<12).map { 11 + Double($0) }, labels: ("2019-01", "2023-12", "2024-12"))

  @Test(arguments: [20, 40, 57, 80, 200]) func linesKeepToTheWidth(width: Int) {
    for style in [TerminalPlot.Style.braille, .ascii] {
      let lines = plot.text(width: width, style: style).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 1 + 15 + 3 + 1)
      #expect(lines.allSatisfy { $0.count <= max(40, width) })
      #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
      #expect(lines.first == "load, next 12")
      #expect(lines[17].contains("2019-01") && lines[17].contains("2024-12"))
    }
  }

  @Test func asciiIsASCII() {
    let text = plot.text(style: .ascii)
    #expect(text.utf8.allSatisfy { $0 < 128 })
    #expect(text.contains("*") && text.contains(":") && text.contains("."))
  }

  @Test func aRisingLineRises() {
    let rising = TerminalPlot(title: "", history: [0], forecast: (1...30).map(Double.init))
    let rows = rising.text(width: 60, height: 10, style: .ascii).split(separator: "\n").prefix(10)
    let places: [Int] = rows.compactMap { row in Array(row).firstIndex(of: "*") }
    let pairs = Array(zip(places, places.dropFirst()))
    #expect(places.count == 10)
    #expect(pairs.allSatisfy { $0.0 > $0.1 })
  }

  @Test func awkwardValues() {
    #expect(TerminalPlot(title: "t", history: [], forecast: []).text() == "t\n(nothing to draw)\n")
    #expect(TerminalPlot(title: "t", history: [.nan], forecast: [.nan]).text().contains("nothing to draw"))
    let flat = TerminalPlot(title: "t", history: [3, 3, .nan, 3], forecast: [3, .infinity]).text()
    #expect(flat.split(separator: "\n").count == 18)
    let noHistory = TerminalPlot(title: "t", history: [], forecast: [1, 2, 3]).text(width: 40)
    #expect(noHistory.split(separator: "\n").allSatisfy { $0.count <= 40 })
    let wide = TerminalPlot(title: "t", history: [-1e12, 1e12], forecast: [0, 1]).text(width: 40)
    #expect(wide.split(separator: "\n").allSatisfy { $0.count <= 40 })
  }

  @Test func aLineBeginsAndEndsInTheRightDots() {
    let text = TerminalPlot(title: "", history: [1, 0], forecast: []).text(width: 44, height: 4)
    let rows = text.split(separator: "\n").prefix(4).map { String($0.drop { $0 != "┤" && $0 != "│" }.dropFirst()) }
    // The first dot of the first cell, and the last dot of the last one.
    let first = rows[0].unicodeScalars.first.map { $0.value & 0x01 }
    let last = rows[3].unicodeScalars.last.map { $0.value & 0x80 }
    #expect(first == 0x01)
    #expect(last == 0x80)
  }
}
