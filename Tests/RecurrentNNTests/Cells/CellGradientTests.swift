import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Gradients of every cell and option, by the loop and by its own scan, against central differences: of parameters,
/// inputs and initial states, with outputs and final states in the loss.
@Suite struct CellGradientTests {
  static let lengths = [5, 0, 2, 4]

  private func check<Cell: RecurrentCell>(_ cell: Cell, lengths: [Int]? = lengths) {
    let cell = ModuleTensors.randomized(cell, seed: 11)
    var data = TestData(seed: 12)
    let x = data.tensor([4, 5, cell.inputSize])
    let state = cell.initialState(batchSize: 4).mapTensors { data.tensor($0.shape) }
    for reversed in [false, true] {
      for byLoop in [false, true] {
        let disagreements = GradientCheck.disagreements(of: cell, at: [x] + state.tensors) { cell, inputs in
          var given = inputs.dropFirst()
          let state = state.mapTensors { _ in given.removeFirst() }
          let result =
            byLoop
            ? cell.scanByLoop(inputs[0], lengths: lengths, reversed: reversed, from: state)
            : cell.scan(inputs[0], lengths: lengths, reversed: reversed, from: state)
          return [result.outputs] + result.finalState.tensors
        }
        #expect(disagreements == [], "reversed \(reversed), by loop \(byLoop)")
      }
    }
  }

  @Test(arguments: [true, false]) func elmanCells(hasBias: Bool) {
    for activation in [Activation.tanh, .sigmoid, .linear] {
      check(ElmanCell(inputSize: 2, hiddenSize: 3, activation: activation, hasBias: hasBias))
    }
  }

  /// Two units that are always on and one that is always off: no argument comes near the kink.
  @Test func elmanCellsWithReLU() {
    var cell = ElmanCell(inputSize: 2, hiddenSize: 3, activation: .relu)
    cell = ModuleTensors.replacing(
      cell,
      [
        "weight_ih": Tensor([0.3, 0.5, 0.2, 0.7, -0.4, -0.6], shape: [3, 2]),
        "weight_hh": Tensor([0.2, 0.3, 0.4, 0.5, 0.1, 0.6, -0.2, -0.3, -0.1], shape: [3, 3]),
        "bias_ih": Tensor([0.4, 0.3, -0.5], shape: [3]), "bias_hh": Tensor([0.1, 0.2, -0.6], shape: [3]),
      ])
    var data = TestData(seed: 13)
    let (x, hidden) = (data.tensor([4, 5, 2], in: 0.1...0.9), data.tensor([4, 3], in: 0.1...0.9))
    for reversed in [false, true] {
      let disagreements = GradientCheck.disagreements(of: cell, at: [x, hidden]) { cell, inputs in
        let result = cell.scan(inputs[0], lengths: Self.lengths, reversed: reversed, from: inputs[1])
        return [result.outputs, result.finalState]
      }
      #expect(disagreements == [])
    }
  }

  @Test(arguments: [true, false]) func lstmCells(hasBias: Bool) {
    check(LSTMCell(inputSize: 2, hiddenSize: 3, hasBias: hasBias))
    check(LSTMCell(inputSize: 2, hiddenSize: 3, hasBias: hasBias), lengths: nil)
  }

  @Test(arguments: GRUCell.Reset.allCases, [true, false]) func gruCells(reset: GRUCell.Reset, hasBias: Bool) {
    check(GRUCell(inputSize: 2, hiddenSize: 3, reset: reset, hasBias: hasBias))
  }

  @Test func cellsWithoutInput() {
    check(LSTMCell(inputSize: 0, hiddenSize: 2))
    check(GRUCell(inputSize: 0, hiddenSize: 2, reset: .beforeProduct))
    check(ElmanCell(inputSize: 0, hiddenSize: 2))
    check(PeepholeLSTMCell(inputSize: 0, hiddenSize: 2))
  }

  @Test func cellsOfEquations() {
    check(EquationElman(inputSize: 2, hiddenSize: 3))
    check(EquationLSTM(inputSize: 2, hiddenSize: 3))
    check(EquationGRU(inputSize: 2, hiddenSize: 3))
    check(EquationGRUBefore(inputSize: 2, hiddenSize: 3, hasBias: false))
    check(MinimalGatedCell(inputSize: 2, hiddenSize: 3))
    check(PeepholeLSTMCell(inputSize: 2, hiddenSize: 3), lengths: nil)
    check(Independent(inputSize: 2, hiddenSize: 3))
    check(Resting(inputSize: 2, hiddenSize: 3))
    check(Twisted(inputSize: 2, hiddenSize: 3))
  }

  @Test func aCellOfOnesOwn() {
    check(TrailCell(inputSize: 2))
    check(TrailCell(inputSize: 0), lengths: nil)
  }
}
