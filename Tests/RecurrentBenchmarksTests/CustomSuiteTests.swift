import RecurrentBenchmarks
import Testing

@Suite struct CustomSuiteTests {
  /// Every way to write a cell computes what the built-in one computes.
  @Test(arguments: ["lstm", "gru"]) func ownCellsDoTheWorkOfTheBuiltInOnes(cell: String) throws {
    let rows = try #require(BenchmarkSuite.named("custom")?.rows(containing: ["\(cell)/"])).filter { $0.figures != nil }
    #expect(rows.count == 3 && rows[0].name == "custom/\(cell)/built-in/train")
    let expected = try #require(try rows[0].figures?())
    for row in rows.dropFirst() {
      for (figure, builtIn) in zip(try #require(try row.figures?()), expected) {
        let difference = abs(figure.values[0] - builtIn.values[0])
        #expect(difference < 1e-5 * max(1, abs(builtIn.values[0])), "\(row.name) \(figure) \(builtIn)")
      }
    }
  }
}
