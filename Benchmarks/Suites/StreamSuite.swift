import Recurrent

extension BenchmarkSuite {
  /// Single time steps with carried state.
  static let stream = BenchmarkSuite(
    name: "stream", summary: "one time step of one sequence with carried state, as of a live signal",
    rows: BenchmarkCell.allCases.flatMap { cell in
      StreamSize.grid.map { $0.row("stream/\(cell)/I\($0.input)H\($0.hidden)", cell) }
    })
}

/// The sizes of a step's work.
struct StreamSize {
  let input, hidden: Int

  static let grid = [(1, 16), (8, 32), (32, 64), (64, 128), (80, 256), (128, 512)].map(StreamSize.init)

  /// The row that steps over a row of signals.
  func row(_ name: String, _ maker: some LayerMaker) -> BenchmarkRow {
    BenchmarkRow(name) { seconds in
      try maker.layer(
        LayerSize(batch: 1, time: 1, input: input, hidden: hidden), for: TimedStream(seconds: seconds))
    }
  }
}

private struct TimedStream: StackUser {
  /// The steps of one run, as a single one would be near what a clock tells apart.
  static let steps = 100

  let seconds: Double

  func use<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) -> BenchmarkTime {
    let stream = layer.stream()
    let input = RandomSource(seed: 2).normal([layer.inputSize]).scalars
    var output = [Scalar](repeating: 0, count: layer.outputSize)
    return MedianTime.of(seconds: seconds, units: Self.steps) {
      for _ in 0..<Self.steps { stream.step(input, into: &output) }
    }
  }
}
