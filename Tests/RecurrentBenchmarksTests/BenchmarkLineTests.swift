import RecurrentBenchmarks
import Testing

@Suite struct BenchmarkLineTests {
  @Test func timesHaveTheKeysOfOtherPrograms() {
    var time = BenchmarkTime(milliseconds: 0.00123456789, range: 0.001...2, runs: 5)
    #expect(
      BenchmarkLine.time(time, suite: "layers", row: "layer/gru/B1T2I3H4/train") == """
        {"backend": "recurrent", "suite": "layers", "name": "layer/gru/B1T2I3H4/train", "ms": 0.001235, \
        "detail": {"runs": 5, "least": 0.001, "most": 2.0}}
        """)
    time.peakMegabytes = 17.25
    #expect(BenchmarkLine.time(time, suite: "s", row: "r").hasSuffix(", \"most\": 2.0, \"peakMegabytes\": 17.25}}"))
  }

  @Test func figuresAreNumbersOrLists() {
    let figures = [
      BenchmarkFigure("loss", -0.5), BenchmarkFigure("losses", [1, .nan]), BenchmarkFigure("more", [2.5]),
    ]
    #expect(
      BenchmarkLine.figures(figures, row: "a/b")
        == #"{"name": "a/b", "loss": -0.5, "losses": [1.0, NaN], "more": [2.5]}"#)
  }

  @Test func normsAreSummedInDoublePrecision() {
    // In single precision the four would be lost beside the square of the first.
    let figure = BenchmarkFigure("norm", normOf: [4096, 1, -1, 1, -1])
    #expect(figure == BenchmarkFigure("norm", (16_777_220.0).squareRoot()))
  }
}
