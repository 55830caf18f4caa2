import Recurrent

extension BenchmarkSuite {
  /// One recurrent layer over whole sequences.
  static let layers = BenchmarkSuite(
    name: "layers",
    summary: "one layer over a batch: forward with all gradients (train), forward alone (infer)",
    rows: BenchmarkCell.allCases.flatMap { cell in LayerSize.grid.flatMap { $0.rows(cell) } })
}

/// The sizes of a layer's work.
struct LayerSize {
  let batch, time, input, hidden: Int

  /// From a single small row to what fills a matrix product.
  static let grid = [
    (1, 100, 32, 32), (1, 100, 128, 128), (1, 100, 256, 256), (1, 100, 512, 512), (8, 200, 16, 48), (16, 100, 64, 64),
    (32, 100, 10, 20), (32, 28, 28, 128), (32, 100, 128, 128), (20, 35, 200, 200), (64, 50, 256, 256),
    (128, 100, 128, 128), (64, 35, 650, 650), (32, 50, 1024, 1024),
  ].map(LayerSize.init)

  /// The row that trains and the row that only runs forward.
  fileprivate func rows(_ cell: BenchmarkCell) -> [BenchmarkRow] {
    let name = "layer/\(cell)/B\(batch)T\(time)I\(input)H\(hidden)"
    return [
      BenchmarkRow("\(name)/train", figures: { try cell.layer(for: LayerFigures(size: self)) }) { seconds in
        try cell.layer(for: TimedTraining(size: self, seconds: seconds))
      },
      BenchmarkRow("\(name)/infer") { seconds in try cell.layer(for: TimedInference(size: self, seconds: seconds)) },
    ]
  }

  fileprivate var inputShape: Shape { [batch, time, input] }
  fileprivate var outputShape: Shape { [batch, time, hidden] }
}

extension BenchmarkCell {
  fileprivate func layer<User: LayerUser>(for user: User) throws -> User.Result {
    try stack(inputSize: user.size.input, hiddenSize: user.size.hidden, for: user)
  }
}

private protocol LayerUser: StackUser {
  var size: LayerSize { get }
}

/// The gradients of all weights and of the input from the gradient of the output.
private func gradients<Cell: RecurrentCell>(
  of layer: RecurrentLayer<Cell>, _ inputs: Tensor, upstream: Tensor
) -> (outputs: Tensor, gradients: Gradients, inputGradients: [Tensor]) {
  gradients(of: layer, inputs: [inputs], upstream: upstream) { layer, inputs in layer(inputs[0]).outputs }
}

private struct TimedTraining: LayerUser {
  let size: LayerSize
  let seconds: Double

  func use<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) -> BenchmarkTime {
    let random = RandomSource(seed: 2)
    let inputs = random.stream("inputs").normal(size.inputShape)
    let upstream = random.stream("upstream").normal(size.outputShape)
    return MedianTime.of(seconds: seconds) { _ = gradients(of: layer, inputs, upstream: upstream) }
  }
}

private struct TimedInference: LayerUser {
  let size: LayerSize
  let seconds: Double

  func use<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) -> BenchmarkTime {
    let inputs = RandomSource(seed: 2).normal(size.inputShape)
    return MedianTime.of(seconds: seconds) { _ = layer(inputs) }
  }
}

/// What the training row gives on closed-form numbers.
private struct LayerFigures: LayerUser {
  let size: LayerSize

  func use<Cell: RecurrentCell>(_ fresh: RecurrentLayer<Cell>) -> [BenchmarkFigure] {
    let layer = ClosedFormNumbers.filled(fresh, hiddenSize: size.hidden)
    let inputs = ClosedFormNumbers.inputs(size.inputShape)
    let upstream = ClosedFormNumbers.upstream(size.outputShape)
    let run = gradients(of: layer, inputs, upstream: upstream)
    // Summed anew in double precision: the terms cancel each other.
    let loss = zip(run.outputs.scalars, upstream.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let weights = run.gradients.layout.entries.compactMap { run.gradients[$0.path] }
    return [
      BenchmarkFigure("loss", loss), BenchmarkFigure("inputGradient", norm(of: run.inputGradients)),
      BenchmarkFigure("weightGradient", norm(of: weights)),
    ]
  }

  private func norm(of tensors: [Tensor]) -> Double {
    tensors.lazy.flatMap(\.scalars).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
