import RecurrentBenchmarks
import Testing

@Suite struct ModelSuiteTests {
  /// PyTorch's losses on the closed-form numbers before each of three steps.
  private static let references: [(row: String, losses: [Double])] = [
    ("lstm-classifier-10x20x5", [1.616840124130249, 1.6159961223602295, 1.6151931285858154]),
    ("rnn-forecaster-1x50x1", [0.5043684244155884, 0.5023281574249268, 0.5020490884780884]),
    ("rnn-stack-1x10x1", [0.9329096674919128, 0.8917081356048584, 0.8515316247940063]),
    ("char-lm-2x128", [4.175936222076416, 4.1750078201293945, 4.174134254455566]),
    ("sentiment-bilstm-2x64", [0.6942012906074524, 0.6908841729164124, 0.6884076595306396]),
  ]

  @Test(arguments: references.indices) func theStepsAreThoseOfPyTorch(index: Int) throws {
    let (name, expected) = Self.references[index]
    let row = try #require(BenchmarkSuite.named("models")?.rows(containing: [name]).first)
    let figures = try #require(try row.figures?())
    #expect(figures.map(\.name) == ["losses"] && figures[0].isList && figures[0].values.count == 3)
    for (loss, number) in zip(figures[0].values, expected) {
      #expect(abs(loss - number) < 1e-5 * max(1, abs(number)), "\(name) \(figures), PyTorch \(expected)")
    }
  }
}
