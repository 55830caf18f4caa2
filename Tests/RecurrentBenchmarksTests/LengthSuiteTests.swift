import RecurrentBenchmarks
import Testing

@Suite struct LengthSuiteTests {
  private func figures(_ name: String) throws -> [Double] {
    let row = try #require(BenchmarkSuite.named("lengths")?.rows(containing: [name]).first)
    return try #require(try row.figures?()).map { $0.values[0] }
  }

  /// Rows of full length are those of suite `layers`; half of the steps leave about the root of half of the norm.
  @Test func halfOfTheStepsCount() throws {
    let layer = try #require(BenchmarkSuite.named("layers")?.rows(containing: ["lstm/B32T100I128H128/train"]).first)
    let full = try figures("lstm/B32T100I128H128/full/train")
    #expect(try layer.figures?().map { $0.values[0] } == full)
    let half = try figures("lstm/B32T100I128H128/half/train")
    #expect((0.6...0.8).contains(half[1] / full[1]), "\(half) \(full)")
  }
}
