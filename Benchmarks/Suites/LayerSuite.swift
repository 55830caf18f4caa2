import Recurrent

extension BenchmarkSuite {
  /// One recurrent layer over whole sequences.
  static let layers = BenchmarkSuite(
    name: "layers",
    summary: "one layer over a batch: forward with all gradients (train), forward alone (infer)",
    rows: BenchmarkCell.allCases.flatMap { cell in LayerSize.grid.flatMap { cell.rows("layer/\(cell)/\($0)", $0) } })
}

/// The sizes of a layer's work.
struct LayerSize: CustomStringConvertible {
  let batch, time, input, hidden: Int

  /// From a single small row to what fills a matrix product.
  static let grid = [
    (1, 100, 32, 32), (1, 100, 128, 128), (1, 100, 256, 256), (1, 100, 512, 512), (8, 200, 16, 48), (16, 100, 64, 64),
    (32, 100, 10, 20), (32, 28, 28, 128), (32, 100, 128, 128), (20, 35, 200, 200), (64, 50, 256, 256),
    (128, 100, 128, 128), (64, 35, 650, 650), (32, 50, 1024, 1024),
  ].map(LayerSize.init)

  var description: String { "B\(batch)T\(time)I\(input)H\(hidden)" }

  fileprivate var inputShape: Shape { [batch, time, input] }
  fileprivate var outputShape: Shape { [batch, time, hidden] }
}

/// What makes one layer of a cell and hands it to work that is written once for all cells.
protocol LayerMaker: Sendable {
  func layer<User: StackUser>(_ size: LayerSize, for user: User) throws -> User.Result
}

extension BenchmarkCell: LayerMaker {
  func layer<User: StackUser>(_ size: LayerSize, for user: User) throws -> User.Result {
    try stack(inputSize: size.input, hiddenSize: size.hidden, for: user)
  }
}

extension LayerMaker {
  /// The row that trains and the row that only runs forward, over rows of these lengths or of full length. Unless others are
  /// given, the figures are the numbers of a training.
  func rows(
    _ name: String, _ size: LayerSize, lengths: [Int]? = nil,
    figures: (@Sendable () throws -> [BenchmarkFigure])? = nil
  ) -> [BenchmarkRow] {
    let work = LayerWork(size: size, lengths: lengths)
    return [
      BenchmarkRow("\(name)/train", figures: figures ?? { try layer(size, for: LayerFigures(work: work)) }) { seconds in
        try layer(size, for: TimedTraining(work: work, seconds: seconds))
      },
      BenchmarkRow("\(name)/infer") { seconds in
        try layer(size, for: TimedInference(work: work, seconds: seconds))
      },
    ]
  }
}

/// Calls of a layer.
private struct LayerWork {
  let size: LayerSize
  let lengths: [Int]?

  /// The gradients of all weights and of the input from the gradient of the output.
  func gradients<Cell: RecurrentCell>(
    of layer: RecurrentLayer<Cell>, _ inputs: Tensor, upstream: Tensor
  ) -> (outputs: Tensor, gradients: Gradients, inputGradients: [Tensor]) {
    Recurrent.gradients(of: layer, inputs: [inputs], upstream: upstream) { layer, inputs in
      layer(inputs[0], lengths: lengths).outputs
    }
  }
}

private struct TimedTraining: StackUser {
  let work: LayerWork
  let seconds: Double

  func use<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) -> BenchmarkTime {
    let random = RandomSource(seed: 2)
    let inputs = random.stream("inputs").normal(work.size.inputShape)
    let upstream = random.stream("upstream").normal(work.size.outputShape)
    return MedianTime.of(seconds: seconds) { _ = work.gradients(of: layer, inputs, upstream: upstream) }
  }
}

private struct TimedInference: StackUser {
  let work: LayerWork
  let seconds: Double

  func use<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) -> BenchmarkTime {
    let inputs = RandomSource(seed: 2).normal(work.size.inputShape)
    return MedianTime.of(seconds: seconds) { _ = layer(inputs, lengths: work.lengths) }
  }
}

/// What the training row gives on closed-form numbers.
private struct LayerFigures: StackUser {
  let work: LayerWork

  func use<Cell: RecurrentCell>(_ fresh: RecurrentLayer<Cell>) -> [BenchmarkFigure] {
    let layer = ClosedFormNumbers.filled(fresh, hiddenSize: work.size.hidden)
    let inputs = ClosedFormNumbers.inputs(work.size.inputShape)
    let upstream = ClosedFormNumbers.upstream(work.size.outputShape)
    let run = work.gradients(of: layer, inputs, upstream: upstream)
    // Summed anew in double precision: the terms cancel each other.
    let loss = zip(run.outputs.scalars, upstream.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    return [
      BenchmarkFigure("loss", loss), BenchmarkFigure("inputGradient", normOf: run.inputGradients[0].scalars),
      BenchmarkFigure("weightGradient", normOf: run.gradients.arena.scalars),
    ]
  }
}
