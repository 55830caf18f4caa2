import Recurrent

extension BenchmarkSuite {
  /// Cells that run in parallel in time over long sequences, beside the LSTM.
  static let long = BenchmarkSuite(
    name: "long",
    summary: """
      one layer over 10,000 steps, of the LSTM and of every cell whose steps no product joins: forward with all gradients \
      (train), forward alone (infer)
      """,
    rows: RecurrentKind.all.filter { $0.name == "lstm" || $0.isParallelInTime }.flatMap { kind in
      [4, 1].flatMap { batch in
        let size = LayerSize(batch: batch, time: 10_000, input: 128, hidden: 128)
        return kind.rows(
          "long/\(kind.name)/\(size)", size, figures: { try kind.layer(size, for: LoopFigures(size: size)) })
      }
    })
}

/// How much work a step is, and what the scan and the loop over the steps differ by.
private struct LoopFigures: StackUser {
  let size: LayerSize

  func use<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) -> [BenchmarkFigure] {
    let inputs = RandomSource(seed: 2).normal([size.batch, size.time, size.input])
    let cell = layer.cells[0]
    let state = cell.initialState(batchSize: size.batch)
    let outputs = [
      cell.scan(inputs, lengths: nil, reversed: false, from: state),
      cell.scanByLoop(inputs, lengths: nil, reversed: false, from: state),
    ].map { $0.outputs.scalars.map { Double($0) } }
    let scale = outputs[1].reduce(0) { max($0, abs($1)) }
    let difference = zip(outputs[0], outputs[1]).reduce(0) { max($0, abs($1.0 - $1.1)) }
    let products = ParameterLayout(of: cell).entries.filter { $0.shape.rank == 2 }.reduce(0) { $0 + $1.shape.count }
    return [
      BenchmarkFigure("multiplyAdds", Double(products)), BenchmarkFigure("loopError", difference / scale),
    ]
  }
}
