import RecurrentBenchmarks
import Testing

@Suite struct TreeSuiteTests {
  /// Levels do the work of the nodes one after another.
  @Test func bothWaysGiveTheSameFigures() throws {
    let rows = try #require(BenchmarkSuite.named("trees")?.rows(containing: ["H32"])).filter { $0.figures != nil }
    for first in stride(from: 0, to: rows.count, by: 2) {
      #expect(rows[first].name.hasSuffix("/levels/train") && rows[first + 1].name.hasSuffix("/nodes/train"))
      let (levels, nodes) = (try #require(try rows[first].figures?()), try #require(try rows[first + 1].figures?()))
      for (level, node) in zip(levels, nodes) {
        #expect(abs(level.values[0] - node.values[0]) < 1e-5 * abs(node.values[0]), "\(rows[first].name)")
        #expect(level.values[0] > 0)
      }
    }
  }
}
