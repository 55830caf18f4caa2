import RecurrentBenchmarks
import Testing

@Suite struct LayerSuiteTests {
  /// What PyTorch 2 computes on the closed-form numbers: loss, norm of the input's gradient, norm of all weights' gradient.
  private static let references: [(row: String, figures: [Double])] = [
    ("rnn/B1T100I32H32", [-1.930655831274522, 21.307869568986316, 72.70870135479454]),
    ("rnn/B8T200I16H48", [3.3539075020998705, 70.98483933886247, 80.07163548757465]),
    ("rnn/B32T100I10H20", [-0.2367962583280343, 61.12111234037797, 29.899417019528666]),
    ("lstm/B1T100I32H32", [-2.3299402349062723, 5.998887265686214, 17.676925800723627]),
    ("lstm/B8T200I16H48", [-0.7593266564785691, 14.768212609750883, 17.22485082739268]),
    ("lstm/B32T100I10H20", [0.26405946536646135, 14.585563708664251, 4.591530919395028]),
    ("gru/B1T100I32H32", [-4.9485638125394935, 12.217342602207065, 37.32547719143626]),
    ("gru/B8T200I16H48", [-1.4409903731784985, 28.743542900311244, 33.83766542484729]),
    ("gru/B32T100I10H20", [0.3300234219187501, 25.80323735361149, 8.066642002142526]),
  ]

  @Test(arguments: references.indices) func theWorkIsThatOfPyTorch(index: Int) throws {
    let (name, expected) = Self.references[index]
    let row = try #require(BenchmarkSuite.named("layers")?.rows(containing: [name + "/train"]).first)
    let figures = try #require(try row.figures?())
    #expect(figures.map(\.name) == ["loss", "inputGradient", "weightGradient"])
    for (figure, number) in zip(figures, expected) {
      let tolerance = (figure.name == "loss" ? 1e-4 : 1e-5) * max(1, abs(number))
      #expect(!figure.isList && abs(figure.values[0] - number) < tolerance, "\(name) \(figure), PyTorch \(number)")
    }
  }
}
