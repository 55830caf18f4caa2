import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Cells without recurrent products over more steps than the driver takes together: their code runs in parts, for some rows and
/// units step by step, for others over many steps at once.
@Suite struct PointwisePartsTests {
  private static let steps = 71
  private static let cells: [any PointwiseCell.Type] = [
    MinGRUCell.self, MinLSTMCell.self, SRUCell.self, QRNNCell.self, IndRNNCell.self, LRUCell.self,
    SelectiveSSMCell.self, Independent.self, Woven.self, TwoOperands.self, Unread.self, Crowd.self,
  ]

  private struct Numbers: Equatable {
    var byRow: [Tensor]
    var weights: [Tensor]
  }

  /// Outputs, final states, and the gradients of inputs and first states; and those of the weights.
  private func numbers<Cell: PointwiseCell>(
    _ cell: Cell, rows: [Int], lengths: [Int]? = nil, reversed: Bool = false,
    recomputation: Recomputation? = .automatic
  ) -> Numbers {
    var data = TestData(seed: 41)
    let x = data.tensor([5, Self.steps, cell.inputSize]).rows(at: rows)
    let state = cell.initialState(batchSize: 5).mapTensors { data.tensor($0.shape).rows(at: rows) }
    let upstream = data.tensor([5, Self.steps, cell.outputSize]).rows(at: rows)
    var results: [Tensor] = []
    let run = valueAndGradients(of: cell, inputs: [x] + state.tensors) { cell, inputs in
      var given = inputs.dropFirst()
      let state = state.mapTensors { _ in given.removeFirst() }
      let result =
        recomputation.map {
          cell.scan(inputs[0], lengths: lengths, reversed: reversed, from: state, recomputation: $0)
        } ?? cell.scanByLoop(inputs[0], lengths: lengths, reversed: reversed, from: state)
      results = [result.outputs.detached()] + result.finalState.tensors.map { $0.detached() }
      return result.finalState.tensors.reduce((result.outputs * upstream).sum()) { $0 + ($1 * $1).sum() }
    }
    return Numbers(
      byRow: results + run.inputGradients,
      weights: run.gradients.layout.entries.compactMap { run.gradients[$0.path] })
  }

  private func cell<Cell: PointwiseCell>(_: Cell.Type, hidden: Int) -> Cell {
    ModuleTensors.randomized(Cell(inputSize: 3, hiddenSize: hidden), seed: 9, in: -0.4...0.4)
  }

  /// 96 units: one row and two fill a part of a tile; 128: four rows fill it.
  @Test(arguments: [5, 19, 96, 128]) func aRowAloneIsTheRowInABatch(hidden: Int) {
    func check<Cell: PointwiseCell>(_: Cell.Type) {
      let cell = cell(Cell.self, hidden: hidden)
      let lengths = [Self.steps, 40, 40, Self.steps, 3]
      for (lengths, reversed) in [(nil, false), (nil, true), (lengths, false), (lengths, true)] {
        let alone = (0..<5).map { row in
          numbers(cell, rows: [row], lengths: lengths.map { [$0[row]] }, reversed: reversed).byRow
        }
        for rows in [[3, 0], [1, 2], [0, 1, 3], [0, 1, 2, 3], [0, 1, 2, 3, 4]] {
          let together = numbers(
            cell, rows: rows, lengths: lengths.map { lengths in rows.map { lengths[$0] } }, reversed: reversed)
          for (place, row) in rows.enumerated() {
            for (seen, expected) in zip(together.byRow, alone[row]) {
              #expect(seen.rows(at: [place]) == expected, "\(Cell.self), row \(row) of \(rows)")
            }
          }
        }
      }
    }
    for type in Self.cells { check(type) }
  }

  @Test(arguments: [1, 3, 5]) func whatIsComputedAgainIsTheSame(rows: Int) {
    func check<Cell: PointwiseCell>(_: Cell.Type) {
      let cell = cell(Cell.self, hidden: 35), rows = Array(0..<rows)
      for reversed in [false, true] {
        let kept = numbers(cell, rows: rows, reversed: reversed, recomputation: .never)
        #expect(numbers(cell, rows: rows, reversed: reversed, recomputation: .blocks(of: 2)) == kept, "\(Cell.self)")
        // Nothing is kept.
        var data = TestData(seed: 41)
        let x = data.tensor([5, Self.steps, cell.inputSize]).rows(at: rows)
        let state = cell.initialState(batchSize: 5).mapTensors { data.tensor($0.shape).rows(at: rows) }
        let result = cell.scan(x, lengths: nil, reversed: reversed, from: state)
        let seen = [result.outputs] + result.finalState.tensors
        #expect(seen == Array(kept.byRow[..<seen.count]), "\(Cell.self)")
      }
    }
    for type in Self.cells { check(type) }
  }

  @Test(arguments: [[2], [0, 4], [0, 1, 2, 3, 4]]) func numbersAreThoseOfTheLoop(rows: [Int]) {
    func check<Cell: PointwiseCell>(_: Cell.Type) {
      let cell = cell(Cell.self, hidden: 19)
      let scan = numbers(cell, rows: rows), loop = numbers(cell, rows: rows, recomputation: nil)
      #expect(scan.byRow.count == loop.byRow.count && scan.weights.count == loop.weights.count)
      for (seen, expected) in zip(scan.byRow + scan.weights, loop.byRow + loop.weights) {
        #expect(Comparison.relativeError(seen, expected, floor: 1) < 1e-5, "\(Cell.self)")
      }
    }
    for type in Self.cells { check(type) }
  }

  /// The way back finds new states in their rows and weights of units with the weights, all else in gates.
  @Test func cellsSayWhetherTheWayBackReadsTheirGates() {
    for (type, reads) in [
      (IndRNNCell.self as any PointwiseCell.Type, false), (EquationElman.self, false), (MinGRUCell.self, true),
      (PeepholeLSTMCell.self, true), (LRUCell.self, true), (GatedOutput.self, true),
    ] { #expect(type.equations.sequenceCell.readsGates == reads, "\(type)") }
  }

  /// An output that does not tell what its gates were.
  private struct GatedOutput: PointwiseCell {
    static let equations = CellEquations { cell in .init(hidden: cell.gate().tanh() * cell.inputGate()) }
    var weights: CellWeights
  }

  /// What steps hand on to each other is less than everything, unless too much would wait for another part.
  @Test func onlyTheRecurrenceGoesStepByStep() {
    for type in Self.cells where type != Independent.self {
      let (carried, all) = type.equations.sequenceCell.carriedInstructions
      #expect(carried.backward < all.backward || type == Crowd.self, "\(type)")
      #expect(carried.forward <= all.forward && carried.forward > 0, "\(type)")
    }
    let (carried, all) = MinGRUCell.equations.sequenceCell.carriedInstructions
    #expect(carried.forward == 2 && all.forward == 3 && carried.backward < all.backward - 1)
    let crowd = Crowd.equations.sequenceCell.carriedInstructions
    #expect(crowd.carried.backward == crowd.all.backward)
    let joined = EquationLSTM.equations.sequenceCell.carriedInstructions
    #expect(joined.carried == joined.all)
  }

  /// Memories that change places, outputs of memories that are lost at the next step, and values that wait for another part.
  private struct Woven: PointwiseCell {
    static let equations = CellEquations { cell in
      let (first, second) = (cell.memory(), cell.memory())
      let keep = (cell.inputGate() + cell.unitWeight("shift")).sigmoid()
      let share = keep / (1 + cell.inputGate().exp())
      let new = share * first + keep * cell.inputGate()
      return .init(hidden: (first * keep).tanh() * second + new, memories: [second, new])
    }
    var weights: CellWeights
  }

  /// One operand is handed on, the other one is not.
  private struct TwoOperands: PointwiseCell {
    static let equations = CellEquations { cell in
      let before = cell.memory()
      let keep = cell.inputGate().sigmoid()
      let new = cell.inputGate() + keep * before
      return .init(hidden: cell.gate(over: [before * 0.5, new.tanh()]), memories: [new])
    }
    var weights: CellWeights
  }

  /// A memory that no step reads, of a value that the recurrence needs.
  private struct Unread: PointwiseCell {
    static let equations = CellEquations { cell in
      _ = cell.memory()
      let keep = cell.inputGate().sigmoid(), candidate = cell.inputGate().tanh()
      return .init(hidden: candidate + keep * (cell.hidden - candidate), memories: [candidate])
    }
    var weights: CellWeights
  }

  /// More gradients that several slots want than can wait.
  private struct Crowd: PointwiseCell {
    static let equations = CellEquations { cell in
      let memories = (1...10).map { index -> CellExpression in
        let kept: CellExpression = .constant(0.05 * Scalar(index)) * cell.memory()
        return kept + cell.inputGate() * cell.inputGate()
      }
      let sum = memories.dropFirst().reduce(memories[0].tanh()) { $0 + $1.tanh() }
      return .init(hidden: sum, memories: memories)
    }
    var weights: CellWeights
  }
}
