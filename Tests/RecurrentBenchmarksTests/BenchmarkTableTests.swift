import RecurrentBenchmarks
import Testing

@Suite struct BenchmarkTableTests {
  private let table = BenchmarkTable(
    ["stream/a", "b"].map { name in
      BenchmarkRow(name) { _ in BenchmarkTime(milliseconds: 1, range: 1...1, runs: 3) }
    })

  @Test func columnsStandUnderTheirTitles() {
    var time = BenchmarkTime(milliseconds: 0.0123456, range: 0.01...12.5, runs: 500)
    #expect(table.timeHeader == "          milliseconds         least          most          runs\n")
    #expect(table.line(time, row: "b") == "b              0.01235       0.01000         12.50           500\n")
    time.peakMegabytes = 21.04
    #expect(table.line(time, row: "b").hasSuffix("           500  21.0 MB at most\n"))
  }

  @Test func listsTakeAColumnForEachNumber() {
    let figures = [BenchmarkFigure("losses", [1.5, 1.25]), BenchmarkFigure("norm", 0.1)]
    #expect(table.header(of: figures) == "                losses                        norm\n")
    #expect(table.line(figures, row: "stream/a") == "stream/a      1.500000      1.250000     0.1000000\n")
  }
}
