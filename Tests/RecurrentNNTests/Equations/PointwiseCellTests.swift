import Foundation
import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Cells of equations against the built-in cells, over threads and instruction sets, and what they refuse. (Gradients, the
/// loop and streams: with the tests of all cells.)
@Suite struct PointwiseCellTests {
  /// The outputs, the final state and all gradients.
  private func numbers<Cell: RecurrentCell>(
    _ cell: Cell, lengths: [Int] = [6, 0, 3, 1, 5], steps: Int = 6, reversed: Bool = false,
    recomputation: Recomputation = .automatic
  ) -> [Tensor] {
    var data = TestData(seed: 41)
    let x = data.tensor([lengths.count, steps, cell.inputSize])
    let state = cell.initialState(batchSize: lengths.count).mapTensors { data.tensor($0.shape) }
    let upstream = data.tensor([lengths.count, steps, cell.outputSize])
    var results: [Tensor] = []
    let run = valueAndGradients(of: cell, inputs: [x] + state.tensors) { cell, inputs in
      var given = inputs.dropFirst()
      let state = state.mapTensors { _ in given.removeFirst() }
      let result = cell.scan(
        inputs[0], lengths: lengths, reversed: reversed, from: state, recomputation: recomputation)
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

  /// The same bits with every instruction set that multiplies and adds at once.
  @Test func bitsDoNotDependOnTheInstructionSet() {
    func check<Cell: PointwiseCell>(_: Cell.Type) {
      let cell = ModuleTensors.randomized(Cell(inputSize: 3, hiddenSize: 37), seed: 9)
      let sets = InstructionSet.fused
      let expected =
        sets.contains(.current) ? numbers(cell) : sets.first.map { InstructionSet.using($0) { numbers(cell) } }
      for set in sets { #expect(InstructionSet.using(set) { numbers(cell) } == expected, "\(set)") }
    }
    check(EquationLSTM.self)
    check(PeepholeLSTMCell.self)
    check(MinimalGatedCell.self)
    check(Crowded.self)
    check(LRUCell.self)
    check(SelectiveSSMCell.self)
  }

  /// Calls that are large enough for several threads, each with some rows, or with some units.
  @Test(arguments: [(rows: 41, hidden: 37), (rows: 2, hidden: 200)], [Recomputation.never, .blocks(of: 2)])
  func threadsShareRowsAndUnits(size: (rows: Int, hidden: Int), recomputation: Recomputation) {
    func check<Cell: PointwiseCell>(_: Cell.Type, inputSize: Int = 90) {
      let cell = ModuleTensors.randomized(
        Cell(inputSize: inputSize, hiddenSize: size.hidden), seed: 9, in: -0.2...0.2)
      let lengths = (0..<size.rows).map { 6 - $0 % 4 }
      func numbers(_ threads: Int) -> [Tensor] {
        WorkerPool.using(threads: threads) { self.numbers(cell, lengths: lengths, recomputation: recomputation) }
      }
      let expected = numbers(1)
      #expect(numbers(2) == expected)
      #expect(numbers(3) == expected)
    }
    check(EquationLSTM.self)
    check(PeepholeLSTMCell.self)
    check(MinimalGatedCell.self)
    check(Crowded.self)
    // Shares of units that never meet.
    check(Independent.self, inputSize: 500)
    check(SRUCell.self, inputSize: 130)
    check(QRNNCell.self)
    check(SelectiveSSMCell.self)
    check(LRUCell.self)
  }

  /// Long sequences of few rows: a few threads take blocks of steps in turn, many share the units. Inference keeps the gate values
  /// of some blocks only, in places that no row that ends early may move. Training walks some spans back at once.
  @Test(
    arguments: [
      [1100], [2570, 1100], [513, 1100, 0, 700], [16, 16, 16, 1100, 16, 16, 16], [32, 32, 32, 32, 1100, 64, 64],
    ],
    [16, 37])
  func threadsTakeStepsInTurn(lengths: [Int], hidden: Int) {
    let (reversed, steps) = (hidden == 16, lengths.max()!)
    func check<Cell: PointwiseCell>(_: Cell.Type) {
      let cell = ModuleTensors.randomized(Cell(inputSize: 80, hiddenSize: hidden), seed: 9, in: -0.2...0.2)
      func numbers(_ threads: Int, _ recomputation: Recomputation) -> [Tensor] {
        WorkerPool.using(threads: threads) {
          let training = self.numbers(
            cell, lengths: lengths, steps: steps, reversed: reversed, recomputation: recomputation)
          var data = TestData(seed: 42)
          let x = data.tensor([lengths.count, steps, 80])
          let state = cell.initialState(batchSize: lengths.count).mapTensors { data.tensor($0.shape) }
          let inference = cell.scan(x, lengths: lengths, reversed: reversed, from: state)
          return training + [inference.outputs] + inference.finalState.tensors
        }
      }
      for recomputation in [Recomputation.never, .automatic, .blocks(of: 2)] {
        let expected = numbers(1, recomputation)
        for threads in [2, 3, 5, 2, 3] {
          #expect(numbers(threads, recomputation) == expected, "\(Cell.self), \(threads) threads")
        }
      }
    }
    check(Independent.self)
    check(MinGRUCell.self)
    check(SRUCell.self)
    check(QRNNCell.self)
    check(SelectiveSSMCell.self)
    check(LRUCell.self)
  }

  /// Over the whole range, where it is nearly nothing and where it is nearly x.
  @Test func softplusIsTheLogarithm() {
    struct Soft: PointwiseCell {
      static let equations = CellEquations { cell in .init(hidden: cell.inputGate().softplus()) }
      var weights: CellWeights
    }
    var cell = Soft(inputSize: 1, hiddenSize: 1, hasBias: false)
    cell.weights.inputWeight = Tensor([1], shape: [1, 1])
    let x = (-4000...4000).map { Scalar($0) * 0.03 } + [1e30, -1e30, .infinity]
    let y = cell.scan(
      Tensor(x, shape: [x.count, 1, 1]), lengths: nil, reversed: false, from: cell.initialState(batchSize: x.count))
    for (x, y) in zip(x, y.outputs.scalars) {
      let expected = max(Double(x), 0) + log1p(exp(-abs(Double(x))))
      #expect(abs(Double(y) - expected) <= 4e-7 * expected + 1e-37 || Double(y) == expected, "\(x)")
    }
  }

  @Test func packedWeightsFollowTheWeightsOfSingleUnits() {
    var cell = ModuleTensors.randomized(Independent(inputSize: 3, hiddenSize: 5), seed: 4)
    let before = numbers(cell)[0]
    cell.weights.unitWeights[0].tensor[2] += 1
    #expect(numbers(cell)[0] != before)
  }

  /// A number that is none stays none through every choice between two.
  @Test func notANumberPasses() {
    struct Choices: PointwiseCell {
      static let equations = CellEquations { cell in
        let (a, b) = (cell.inputGate(), cell.inputGate())
        let (m, n, o) = (cell.memory(), cell.memory(), cell.memory())
        return .init(
          hidden: .maximum(a, b) + (m + n + o) * 0, memories: [.minimum(a, b), .maximum(b, a), .minimum(b, a)])
      }
      var weights: CellWeights
    }
    var cell = Choices(inputSize: 1, hiddenSize: 2)
    cell.weights.inputWeight = Tensor([Scalar.nan, 1, 2, 3], shape: [4, 1])
    let x = Tensor([1], shape: [1, 1, 1])
    for result in [
      cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 1)),
      cell.scanByLoop(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 1)),
    ] {
      for tensor in result.finalState.tensors {
        #expect(tensor.scalars.map(\.isNaN) == [true, false])
      }
    }
  }

  @Test func aLayerOfTheCell() {
    let layer = RecurrentLayer<MinimalGatedCell>(inputSize: 8, hiddenSize: 64, layers: 2)
    #expect(layer(Tensor(zeros: [2, 4, 8])).outputs.shape == [2, 4, 64])
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
    // Several values that the next step depends on, by the hidden state or by a memory of the gate; or an output of more.
    await #expect(processExitsWith: .failure) {
      _ = CellEquations { cell in
        let (a, b) = (cell.inputGate(), cell.inputGate() + cell.hidden)
        return .init(hidden: cell.gate(over: [a, b]))
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = CellEquations { cell in
        let (a, b) = (cell.inputGate(), cell.memory())
        let read = cell.gate(over: [a, b])
        return .init(hidden: read, memories: [read])
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = CellEquations { cell in
        let (a, b) = (cell.inputGate(), cell.memory())
        return .init(hidden: cell.gate(over: [a, b]) + a, memories: [a])
      }
    }
    // Weights and states of another cell.
    await #expect(processExitsWith: .failure) {
      let cell = EquationGRU(
        weights: CellWeights(for: MinimalGatedCell.equations, inputSize: 2, hiddenSize: 3))
      _ = RecurrentLayer(inputSize: 2) { _ in cell }(Tensor(zeros: [1, 1, 2]))
    }
    await #expect(processExitsWith: .failure) {
      let cell = EquationLSTM(inputSize: 2, hiddenSize: 3)
      _ = cell.scan(
        Tensor(zeros: [1, 1, 2]), lengths: nil, reversed: false, from: PointwiseState(hidden: Tensor(zeros: [1, 3])))
    }
    await #expect(processExitsWith: .failure) {
      nonisolated(unsafe) var foreign: CellExpression?
      _ = CellEquations { cell in
        foreign = cell.memory()
        return .init(hidden: cell.gate(), memories: [foreign!])
      }
      _ = CellEquations { cell in .init(hidden: cell.gate() + foreign!) }
    }
    await #expect(processExitsWith: .failure) {
      _ = CellEquations { cell in .init(hidden: cell.gate() * cell.unitWeight("bias_ih")) }
    }
  }
}
