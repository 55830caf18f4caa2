import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Cells of equations against the built-in cells, over threads and instruction sets, and what they refuse. (Gradients, the
/// loop and streams: with the tests of all cells.)
@Suite struct PointwiseCellTests {
  private static let lengths = [6, 0, 3, 1, 5]

  /// The outputs, the final state and all gradients.
  private func numbers<Cell: RecurrentCell>(_ cell: Cell, reversed: Bool = false) -> [Tensor] {
    var data = TestData(seed: 41)
    let x = data.tensor([5, 6, cell.inputSize])
    let state = cell.initialState(batchSize: 5).mapTensors { data.tensor($0.shape) }
    let upstream = data.tensor([5, 6, cell.outputSize])
    var results: [Tensor] = []
    let run = valueAndGradients(of: cell, inputs: [x] + state.tensors) { cell, inputs in
      var given = inputs.dropFirst()
      let state = state.mapTensors { _ in given.removeFirst() }
      let result = cell.scan(inputs[0], lengths: Self.lengths, reversed: reversed, from: state)
      results = [result.outputs.detached()] + result.finalState.tensors.map { $0.detached() }
      return result.finalState.tensors.reduce((result.outputs * upstream).sum()) { $0 + ($1 * $1).sum() }
    }
    return results + run.inputGradients + run.gradients.layout.entries.compactMap { run.gradients[$0.path] }
  }

  private func compare(_ own: some RecurrentCell, _ builtIn: some RecurrentCell) {
    for reversed in [false, true] {
      let (seen, expected) = (numbers(own, reversed: reversed), numbers(builtIn, reversed: reversed))
      #expect(seen.count == expected.count)
      for (index, pair) in zip(seen, expected).enumerated() {
        #expect(Comparison.relativeError(pair.0, pair.1, floor: 1) < 2e-6, "number \(index)")
      }
    }
  }

  @Test(arguments: [2, 16, 37]) func theEquationsOfABuiltInCellGiveItsNumbers(hidden: Int) {
    let lstm = ModuleTensors.randomized(LSTMCell(inputSize: 3, hiddenSize: hidden), seed: 5)
    compare(EquationLSTM(weights: lstm.weights), lstm)
    let after = ModuleTensors.randomized(GRUCell(inputSize: 3, hiddenSize: hidden), seed: 6)
    compare(EquationGRU(weights: after.weights), after)
    let before = ModuleTensors.randomized(GRUCell(inputSize: 3, hiddenSize: hidden, reset: .beforeProduct), seed: 7)
    compare(EquationGRUBefore(weights: before.weights), before)
    let elman = ModuleTensors.randomized(ElmanCell(inputSize: 3, hiddenSize: hidden), seed: 8)
    compare(EquationElman(weights: elman.weights), elman)
  }

  /// The same bits for any number of threads and with every instruction set that multiplies and adds at once.
  @Test func bitsDoNotDependOnThreadsOrInstructionSet() {
    func check<Cell: CellUnderTest>(_: Cell.Type) {
      let cell = ModuleTensors.randomized(Cell(inputSize: 3, hiddenSize: 37), seed: 9)
      let expected = WorkerPool.using(threads: 1) { numbers(cell) }
      for threads in [2, 3] { #expect(WorkerPool.using(threads: threads) { numbers(cell) } == expected) }
      for set in InstructionSet.allCases
      where set.isAvailable && set != .portable && InstructionSet.current != .portable {
        #expect(InstructionSet.using(set) { numbers(cell) } == expected, "\(set)")
      }
    }
    check(EquationLSTM.self)
    check(PeepholeLSTM.self)
    check(MinimalGated.self)
    check(Crowded.self)
  }

  /// A call that many threads share, each with some rows or some units.
  @Test(arguments: [(40, 37), (2, 200)]) func threadsShareRowsAndUnits(batch: Int, hidden: Int) {
    let cell = MinimalGated(inputSize: 30, hiddenSize: hidden)
    var data = TestData(seed: 3)
    let x = data.tensor([batch, 9, 30])
    func outputs(_ threads: Int) -> Tensor {
      WorkerPool.using(threads: threads) {
        cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: batch)).outputs
      }
    }
    #expect(outputs(3) == outputs(1))
  }

  @Test func parametersAreThoseOfTheGates() {
    #expect(
      ParameterLayout(of: Independent(inputSize: 3, hiddenSize: 4)).entries.map { "\($0.path) \($0.shape)" }
        == ["weight_ih [4, 3]", "bias_ih [4]", "recurrent [4]"])
    #expect(
      ParameterLayout(of: Crowded(inputSize: 3, hiddenSize: 4)).entries.map { "\($0.path) \($0.shape)" }
        == ["weight_ih [12, 3]", "weight_hh [8, 4]", "bias_ih [12]", "bias_hh [8]"])
  }

  @Test func mistakesStop() async {
    await #expect(processExitsWith: .failure) { _ = CellEquations { cell in .init(hidden: cell.hidden) } }
    await #expect(processExitsWith: .failure) {
      _ = CellEquations { cell in
        _ = cell.memory()
        return .init(hidden: cell.gate())
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = CellEquations { cell in
        let gate = cell.gate()
        return .init(hidden: cell.gate(over: gate) + cell.gate(over: gate * gate))
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = CellEquations { cell in
        let operand = cell.gate() * cell.hidden
        return .init(hidden: cell.recurrentGate() + cell.gate(over: operand))
      }
    }
  }
}
