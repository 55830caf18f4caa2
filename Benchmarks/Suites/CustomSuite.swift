import Recurrent

extension BenchmarkSuite {
  /// Cells of one's own beside the built-in ones with the same equations.
  static let custom = BenchmarkSuite(
    name: "custom",
    summary: """
      one layer of a cell of one's own, written as equations (equations) or as a step of tensor operations (step), \
      beside the built-in one
      """,
    rows: cells.flatMap { name, maker in
      maker.rows("custom/\(name)", LayerSize(batch: 16, time: 100, input: 64, hidden: 64))
    })

  /// A cell and the way it is written; another way is one more entry.
  private static let cells: [(name: String, maker: any LayerMaker)] = [
    ("lstm/built-in", BenchmarkCell.lstm),
    ("lstm/equations", OwnCell { EquationLSTMCell(weights: $0.weights(gates: 4)) }),
    ("lstm/step", OwnCell { StepLSTMCell(weights: $0.weights(gates: 4)) }),
    ("gru/built-in", BenchmarkCell.gru),
    ("gru/equations", OwnCell { EquationGRUCell(weights: $0.weights(gates: 3)) }),
    ("gru/step", OwnCell { StepGRUCell(weights: $0.weights(gates: 3)) }),
  ]
}

extension LayerSize {
  fileprivate func weights(gates: Int) -> CellWeights {
    CellWeights(
      inputSize: input, hiddenSize: hidden, gates: gates, hasBias: true, initialization: .uniformAsPyTorch,
      random: RandomSource(seed: 1))
  }
}

private struct OwnCell<Cell: RecurrentCell>: LayerMaker {
  let cell: @Sendable (LayerSize) -> Cell

  func layer<User: StackUser>(_ size: LayerSize, for user: User) throws -> User.Result {
    try user.use(RecurrentLayer(inputSize: size.input) { _ in cell(size) })
  }
}

/// The equations of `LSTMCell`.
private struct EquationLSTMCell: PointwiseCell {
  static let equations = CellEquations { cell in
    let input = cell.gate().sigmoid(), forget = cell.gate().sigmoid()
    let candidate = cell.gate().tanh(), output = cell.gate().sigmoid()
    let memory = forget * cell.memory() + input * candidate
    return .init(hidden: output * memory.tanh(), memories: [memory])
  }
  var weights: CellWeights
}

/// The equations of `GRUCell`.
private struct EquationGRUCell: PointwiseCell {
  static let equations = CellEquations { cell in
    let reset = cell.gate().sigmoid(), update = cell.gate().sigmoid()
    let candidate = (cell.inputGate() + reset * cell.recurrentGate()).tanh()
    return .init(hidden: (1 - update) * candidate + update * cell.hidden)
  }
  var weights: CellWeights
}

/// `LSTMCell` as a step of tensor operations.
private struct StepLSTMCell: RecurrentCell {
  var weights: CellWeights
  var inputSize: Int { weights.inputSize }
  var outputSize: Int { weights.hiddenSize }

  func initialState(batchSize: Int) -> LSTMState {
    let zeros = Tensor(zeros: [batchSize, outputSize])
    return LSTMState(hidden: zeros, cell: zeros)
  }

  func step(_ input: Tensor, from state: LSTMState) -> (output: Tensor, state: LSTMState) {
    let size = outputSize
    let gates =
      input.linear(weight: weights.inputWeight, bias: weights.inputBias)
      + state.hidden.linear(weight: weights.recurrentWeight, bias: weights.recurrentBias)
    let inputGate = gates[0..<size, axis: 1].sigmoid()
    let forgetGate = gates[size..<2 * size, axis: 1].sigmoid()
    let candidate = gates[2 * size..<3 * size, axis: 1].tanh()
    let outputGate = gates[3 * size..<4 * size, axis: 1].sigmoid()
    let cell = forgetGate * state.cell + inputGate * candidate
    let hidden = outputGate * cell.tanh()
    return (hidden, LSTMState(hidden: hidden, cell: cell))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { weights.visitParameters(&visitor) }
}

/// `GRUCell` as a step of tensor operations.
private struct StepGRUCell: RecurrentCell {
  var weights: CellWeights
  var inputSize: Int { weights.inputSize }
  var outputSize: Int { weights.hiddenSize }

  func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

  func step(_ input: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
    let size = outputSize
    let fromInput = input.linear(weight: weights.inputWeight, bias: weights.inputBias)
    let fromHidden = state.linear(weight: weights.recurrentWeight, bias: weights.recurrentBias)
    let reset = (fromInput[0..<size, axis: 1] + fromHidden[0..<size, axis: 1]).sigmoid()
    let update = (fromInput[size..<2 * size, axis: 1] + fromHidden[size..<2 * size, axis: 1]).sigmoid()
    let candidate = (fromInput[2 * size..<3 * size, axis: 1] + reset * fromHidden[2 * size..<3 * size, axis: 1]).tanh()
    let next = (1 - update) * candidate + update * state
    return (next, next)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { weights.visitParameters(&visitor) }
}
