import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct DilatedCellTests {
  private static let lengths = [[7, 0, 4, 1, 2], [7, 7, 7, 7, 7]]

  private func state<Cell: RecurrentCell>(_ cell: Cell, _ data: inout TestData, rows: Int = 5) -> Cell.State {
    cell.initialState(batchSize: rows).mapTensors { data.tensor($0.shape) }
  }

  /// A step goes on from the state so many steps before, by the cell alone.
  @Test func aStepGoesOnFromAnEarlierState() {
    let cell = ModuleTensors.randomized(LSTMCell(inputSize: 2, hiddenSize: 3), seed: 1)
    let dilated = DilatedCell(cell, dilation: 3)
    var data = TestData(seed: 2)
    let x = data.tensor([2, 8, 2])
    let outputs = dilated.scan(x, lengths: nil, reversed: false, from: dilated.initialState(batchSize: 2)).outputs
    var states = [LSTMState](repeating: cell.initialState(batchSize: 2), count: 3)
    for step in 0..<8 {
      let next = cell.step(x[at: step, axis: 1], from: states[step % 3])
      states[step % 3] = next.state
      #expect(Comparison.relativeError(outputs[at: step, axis: 1], next.output) < 1e-6)
    }
  }

  @Test func pastInputsAreThoseOfEachState() {
    let cell = DilatedCell(QRNNCell(inputSize: 2, hiddenSize: 2), dilation: 3)
    #expect(cell.pastInputPlaces == [2, 5, 8])
    #expect(DilatedCell(LSTMCell(inputSize: 2, hiddenSize: 2), dilation: 3).pastInputPlaces == [])
  }

  @Test(arguments: [1, 2, 3, 9], lengths) func theScanIsTheLoop(dilation: Int, lengths: [Int]) {
    func check<Cell: RecurrentCell>(_ cell: Cell) {
      let cell = ModuleTensors.randomized(DilatedCell(cell, dilation: dilation), seed: 3)
      var data = TestData(seed: 4)
      let (x, state) = (data.tensor([5, 7, 3]), state(cell, &data))
      for reversed in [false, true] {
        for recomputation in [Recomputation.automatic, .blocks(of: 2)] {
          let scan = cell.scan(
            x, lengths: lengths, reversed: reversed, from: state, recomputation: recomputation)
          let loop = cell.scanByLoop(x, lengths: lengths, reversed: reversed, from: state)
          #expect(Comparison.relativeError(scan.outputs, loop.outputs) < 2e-6)
          for (seen, expected) in zip(scan.finalState.tensors, loop.finalState.tensors) {
            #expect(Comparison.relativeError(seen, expected) < 2e-6)
          }
        }
      }
    }
    check(LSTMCell(inputSize: 3, hiddenSize: 4))
    check(GRUCell(inputSize: 3, hiddenSize: 4))
    check(LayerNormGRUCell(inputSize: 3, hiddenSize: 4))
  }

  @Test(arguments: lengths) func gradientsAreThoseOfDifferences(lengths: [Int]) {
    let cell = ModuleTensors.randomized(DilatedCell(LSTMCell(inputSize: 2, hiddenSize: 2), dilation: 2), seed: 5)
    var data = TestData(seed: 6)
    let (x, start) = (data.tensor([5, 7, 2]), state(cell, &data))
    for reversed in [false, true] {
      let disagreements = GradientCheck.disagreements(of: cell, at: [x] + start.tensors) { cell, inputs in
        let result = cell.scan(
          inputs[0], lengths: lengths, reversed: reversed, from: start.replacingTensors(Array(inputs.dropFirst())))
        return [result.outputs] + result.finalState.tensors
      }
      #expect(disagreements == [])
    }
  }

  private func stack(_ direction: Direction) -> RecurrentLayer<DilatedCell<GRUCell>> {
    let stack = RecurrentLayer(inputSize: 3, layers: 3, direction: direction) { place in
      DilatedCell(GRUCell(inputSize: place.inputSize, hiddenSize: 5), dilation: 1 << place.layer)
    }
    return ModuleTensors.randomized(stack, seed: 7)
  }

  @Test func aRowAloneIsTheRowInItsBatch() {
    let stack = stack(.bidirectional)
    var data = TestData(seed: 8)
    let (x, lengths) = (data.tensor([4, 9, 3]), [9, 1, 6, 4])
    let together = stack(x, lengths: lengths)
    for (row, length) in lengths.enumerated() {
      let alone = stack(x[row..<row + 1, axis: 0][0..<length, axis: 1])
      #expect(together.outputs[row..<row + 1, axis: 0][0..<length, axis: 1] == alone.outputs)
      #expect(together.lastOutputs[row..<row + 1, axis: 0] == alone.lastOutputs)
      #expect(together.finalState.rows(at: [row]).tensors == alone.finalState.tensors)
    }
  }

  /// A stream, and a sequence in two parts of odd lengths, give what the sequence gives.
  @Test func aStreamIsTheSequence() {
    let stack = stack(.forward)
    var data = TestData(seed: 9)
    let x = data.tensor([1, 9, 3])
    let whole = stack(x)
    let stream = stack.stream()
    var output: [Scalar] = []
    for step in 0..<9 {
      stream.step(x[at: step, axis: 1].scalars, into: &output)
      let expected = whole.outputs[at: step, axis: 1]
      #expect(Comparison.relativeError(Tensor(output, shape: [1, 5]), expected) < 2e-6)
    }
    let first = stack(x[0..<5, axis: 1])
    let second = stack(x[5..<9, axis: 1], from: first.finalState)
    #expect(Tensor.concatenate([first.outputs, second.outputs], axis: 1) == whole.outputs)
    #expect(second.finalState.tensors == whole.finalState.tensors)
  }

  @Test func numbersAreThoseOfTheEquations() throws {
    let file = ReferenceNumbers.compositions
    let kind = try #require(SequenceEncoderKind(named: "dilated"))
    let made = kind.make(.init(inputSize: 3, hiddenSize: 5, layers: 3, random: RandomSource(seed: 1)))
    let stack = ReferenceNumbers.replacing(
      try #require(made as? RecurrentLayer<DilatedCell<GRUCell>>), "dilated", in: file)
    #expect(stack.cells.map(\.dilation) == [1, 2, 4])
    let run = stack(try file.tensor("inputs"), lengths: [7, 0, 4, 1])
    ReferenceNumbers.expectEqual(run.outputs, "dilated.outputs", in: file)
  }

  /// The stack of the paper.
  @Test func dilationsGrowWithTheHeight() {
    let stack = RecurrentLayer(inputSize: 3, layers: 4) { place in
      DilatedCell(GRUCell(inputSize: place.inputSize, hiddenSize: 8), dilation: 1 << place.layer)
    }
    #expect(stack.cells.map(\.dilation) == [1, 2, 4, 8])
    #expect(stack.initialState(batchSize: 2).tensors.count == 15)
  }

  /// Strides far beyond the sequence: every step starts anew, and the states that no step has touched go on.
  @Test func aSequenceShorterThanTheStride() {
    let cell = ModuleTensors.randomized(
      DilatedCell(GRUCell(inputSize: 3, hiddenSize: 2), dilation: 1000), seed: 3)
    var data = TestData(seed: 11)
    let (x, start) = (data.tensor([2, 3, 3]), cell.initialState(batchSize: 2))
    let given = start.replacingTensors(start.tensors.indices.map { _ in data.tensor([2, 2]) })
    for (lengths, reversed) in [(nil, false), ([3, 1], false), ([1, 3], true), ([0, 2], false)] as [([Int]?, Bool)] {
      let scan = cell.scan(x, lengths: lengths, reversed: reversed, from: given)
      let loop = cell.scanByLoop(x, lengths: lengths, reversed: reversed, from: given)
      #expect(Comparison.relativeError(scan.outputs, loop.outputs) < 2e-6)
      #expect(scan.finalState.states.count == 1000)
      for (one, other) in zip(scan.finalState.tensors, loop.finalState.tensors) {
        #expect(Comparison.relativeError(one, other) < 2e-6)
      }
    }
  }

  /// What a plan with a dilation makes has the weights of the plan without one, and the distances of the paper.
  @Test func aPlanMakesThem() throws {
    func made(_ name: String, dilation: Int) throws -> any RecurrentEncoder {
      var plan = RecurrentKind.Plan(inputSize: 3, hiddenSize: 5, layers: 3, random: RandomSource(seed: 4))
      (plan.direction, plan.dilation) = (.bidirectional, dilation)
      return try #require(RecurrentKind(named: name)).make(plan)
    }
    let plain = try #require(try made("gru", dilation: 1) as? RecurrentLayer<GRUCell>)
    let dilated = try #require(try made("gru", dilation: 3) as? RecurrentLayer<DilatedCell<GRUCell>>)
    #expect(dilated.cells.map(\.dilation) == [1, 1, 3, 3, 9, 9])
    #expect(dilated.namedTensors.map(\.tensor) == plain.namedTensors.map(\.tensor))
    // Every cell can be one.
    for kind in RecurrentKind.all {
      var context = ForwardContext.inference
      var data = TestData(seed: 10)
      let (x, lengths) = (data.tensor([2, 7, 3]), [7, 4])
      let outputs = try [1, 2].map {
        try made(kind.name, dilation: $0).encode(x, lengths: lengths, context: &context).outputs
      }
      #expect(outputs[1].scalars.allSatisfy { $0.isFinite } && outputs[0] != outputs[1], "\(kind.name)")
    }
  }

  @Test func weightsHaveTheNamesOfTheCell() throws {
    let stack = stack(.forward)
    #expect(stack.namedTensors.map(\.name).first == "weight_ih_l0" && stack.namedTensors.count == 12)
    let bytes = SafetensorsFile.encoded(stack.namedTensors.map { (name: $0.name, tensor: $0.tensor) })
    var gru = GRU(inputSize: 3, hiddenSize: 5, layers: 3)
    try gru.loadWeights(from: SafetensorsFile(bytes: bytes, name: "memory"))
    #expect(gru.namedTensors.map(\.tensor) == stack.namedTensors.map(\.tensor))
    #expect("\(stack)".hasPrefix("DilatedGRU(3 -> 5, layers 3)"))
  }
}
