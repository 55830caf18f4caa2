import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RecurrentLayerTests {
  static let lengths = [6, 0, 3, 1]
  static let directions = Direction.all
  private let exactly = MemoryLayout<Scalar>.size == 8 ? 1e-13 : 2e-6

  private func layer<Cell: RecurrentCell>(
    _ direction: Direction, _ makeCell: (RecurrentLayer<Cell>.Place) -> Cell
  ) -> RecurrentLayer<Cell> {
    ModuleTensors.randomized(
      RecurrentLayer(inputSize: 3, layers: 2, direction: direction, makeCell: makeCell), seed: 21)
  }

  private var input: Tensor {
    var data = TestData(seed: 22)
    return data.tensor([4, 6, 3])
  }

  /// Calls `check` with a stack of each built-in cell and of a user's own.
  private func forEveryCell(_ direction: Direction, _ check: (any StackUnderTest) -> Void) {
    check(layer(direction) { ElmanCell(inputSize: $0.inputSize, hiddenSize: 5) })
    check(layer(direction) { LSTMCell(inputSize: $0.inputSize, hiddenSize: 5) })
    check(layer(direction) { GRUCell(inputSize: $0.inputSize, hiddenSize: 5, reset: .beforeProduct) })
    check(layer(direction) { TrailCell(inputSize: $0.inputSize) })
  }

  /// They are taken when they are asked for, even after the gradients that the outputs belonged to.
  @Test func lastOutputsOutliveTheirTape() {
    let layer = LSTM(inputSize: 3, hiddenSize: 4, direction: .bidirectional, random: RandomSource(seed: 3))
    let x = RandomSource(seed: 4).normal([2, 5, 3])
    var kept: Tensor?, later: (() -> Tensor)?
    _ = valueAndGradients(of: layer) { layer in
      let run = layer(x, lengths: [5, 2])
      (kept, later) = (run.lastOutputs.detached(), { run.lastOutputs })
      return run.outputs.sum()
    }
    #expect(kept != nil && later?() == kept)
  }

  @Test(arguments: directions) func aRowAloneEqualsTheRowInABatch(direction: Direction) {
    forEveryCell(direction) { stack in
      let batch = stack.run(input, lengths: Self.lengths)
      for row in 0..<4 {
        let length = Self.lengths[row]
        let alone = stack.run(input[row..<row + 1, axis: 0][0..<length, axis: 1], lengths: nil)
        let valid = batch.outputs[row..<row + 1, axis: 0][0..<length, axis: 1]
        #expect(Comparison.relativeError(alone.outputs, valid) <= exactly)
        for (a, b) in zip(alone.states + [alone.last], batch.states + [batch.last]) {
          #expect(Comparison.relativeError(a, b[row..<row + 1, axis: 0]) <= exactly)
        }
      }
    }
  }

  @Test(arguments: directions) func whatStandsBehindALengthHasNoInfluence(direction: Direction) {
    var spoiled = input
    for row in 0..<4 {
      for step in Self.lengths[row]..<6 { for unit in 0..<3 { spoiled[row, step, unit] = .nan } }
    }
    forEveryCell(direction) { stack in
      let (clean, dirty) = (stack.run(input, lengths: Self.lengths), stack.run(spoiled, lengths: Self.lengths))
      #expect(clean.outputs == dirty.outputs)
      #expect(clean.states == dirty.states)
      #expect(clean.last == dirty.last)
      let gradients = stack.gradients(spoiled, lengths: Self.lengths)
      #expect(gradients.firstNonFinitePath == nil)
      #expect(gradients.arena == stack.gradients(input, lengths: Self.lengths).arena)
    }
  }

  @Test(arguments: directions) func invalidStepsAreZeroAndEmptyRowsKeepTheirState(direction: Direction) {
    forEveryCell(direction) { stack in
      let run = stack.run(input, lengths: Self.lengths)
      for row in 0..<4 {
        let invalid = run.outputs[row..<row + 1, axis: 0][Self.lengths[row]..<6, axis: 1]
        #expect(invalid == Tensor(zeros: invalid.shape))
      }
      #expect(run.last[1..<2, axis: 0] == Tensor(zeros: [1, run.last.shape[1]]))
      for (final, start) in zip(run.states, stack.start(4)) {
        #expect(final[1..<2, axis: 0] == start[1..<2, axis: 0])
        #expect(final[0..<1, axis: 0] != start[0..<1, axis: 0])
      }
      let empty = stack.run(input, lengths: [0, 0, 0, 0])
      #expect(empty.outputs == Tensor(zeros: run.outputs.shape))
      let timeless = stack.run(input[0..<0, axis: 1], lengths: nil)
      #expect(timeless.outputs.shape == run.outputs.shape.replacing(axis: 1, with: 0))
      #expect(timeless.states == stack.start(4))
      #expect(timeless.last == Tensor(zeros: run.last.shape))
    }
  }

  @Test func feedingStepByStepEqualsTheWholeSequence() {
    forEveryCell(.forward) { stack in
      let whole = stack.run(input, lengths: nil)
      let stream = stack.stream(input)
      #expect(Comparison.relativeError(stream.outputs, whole.outputs) <= exactly)
      for (a, b) in zip(stream.states, whole.states) { #expect(Comparison.relativeError(a, b) <= exactly) }
    }
  }

  @Test func aSequenceInTwoPartsEqualsTheWhole() {
    forEveryCell(.forward) { stack in
      let whole = stack.run(input, lengths: nil)
      let parts = stack.runInTwoParts(input, cut: 2)
      #expect(Comparison.relativeError(parts.outputs, whole.outputs) <= exactly)
      #expect(zip(parts.states, whole.states).allSatisfy { Comparison.relativeError($0, $1) <= exactly })
    }
  }

  @Test func bothDirectionsAreMergedAsAsked() {
    func lstm(_ direction: Direction) -> LSTM {
      LSTM(inputSize: 3, hiddenSize: 4, direction: direction, random: RandomSource(seed: 5))
    }
    let both = lstm(.bidirectional)(input, lengths: Self.lengths)
    let (forward, backward) = (both.outputs[0..<4, axis: 2], both.outputs[4..<8, axis: 2])
    let alone = lstm(.forward)(input, lengths: Self.lengths)
    #expect(forward == alone.outputs)
    #expect(both.finalState[layer: 0].cell == alone.finalState[layer: 0].cell)
    #expect(lstm(.bidirectional(merge: .sum))(input, lengths: Self.lengths).outputs == forward + backward)
    let mean = lstm(.bidirectional(merge: .mean))(input, lengths: Self.lengths)
    #expect(mean.outputs == (forward + backward) * 0.5)
    // The last output joins the forward direction's last valid step with the backward direction's first.
    for row in 0..<4 where Self.lengths[row] > 0 {
      for unit in 0..<4 {
        #expect(both.lastOutputs[row, unit] == forward[row, Self.lengths[row] - 1, unit])
        #expect(both.lastOutputs[row, unit + 4] == backward[row, 0, unit])
        #expect(both.lastOutputs[row, unit + 4] == both.finalState[layer: 0, backward: true].hidden[row, unit])
      }
    }
  }

  @Test func backwardIsForwardOverTheReversedRow() {
    let layer = GRU(inputSize: 3, hiddenSize: 4, direction: .backward, random: RandomSource(seed: 6))
    let forward = GRU(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 6))
    let run = layer(input, lengths: Self.lengths)
    for row in [0, 2, 3] {
      let steps = Tensor.concatenate(
        (0..<Self.lengths[row]).reversed().map { input[row..<row + 1, axis: 0][$0..<$0 + 1, axis: 1] }, axis: 1)
      let reversed = forward(steps)
      #expect(Comparison.relativeError(run.lastOutputs[row..<row + 1, axis: 0], reversed.lastOutputs) <= exactly)
      for step in 0..<Self.lengths[row] {
        #expect(abs(run.outputs[row, step, 1] - reversed.outputs[0, Self.lengths[row] - 1 - step, 1]) < 1e-5)
      }
    }
  }

  @Test func dropoutActsBetweenLayersInTrainingOnly() {
    let single = GRU(inputSize: 3, hiddenSize: 4, dropout: 0.5, random: RandomSource(seed: 7))
    let double = GRU(inputSize: 3, hiddenSize: 4, layers: 2, dropout: 0.5, random: RandomSource(seed: 7))
    func run(_ layer: GRU, step: Int?) -> Tensor {
      var context = step.map { ForwardContext.training(RandomSource(seed: 9), step: $0) } ?? .inference
      return layer(input, context: &context).outputs
    }
    #expect(run(single, step: 1) == run(single, step: nil))
    #expect(run(double, step: 1) != run(double, step: nil))
    #expect(run(double, step: 1) == run(double, step: 1))
    #expect(run(double, step: 1) != run(double, step: 2))
    #expect(run(double, step: nil) == double(input).outputs)
  }

  @Test func parametersHaveThePyTorchNames() {
    let layer = LSTM(inputSize: 3, hiddenSize: 2, layers: 2, direction: .bidirectional, initialState: .trainable)
    let layout = ParameterLayout(of: layer)
    let kinds = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    let places = ["_l0", "_l0_reverse", "_l1", "_l1_reverse"]
    let expected =
      places.flatMap { place in kinds.map { $0 + place } }
      + places.flatMap { ["initial_state_0\($0)", "initial_state_1\($0)"] }
    #expect(layout.entries.map(\.path) == expected)
    #expect(layout["weight_ih_l1_reverse"]?.shape == [8, 4])
    #expect(layout["initial_state_1_l0"]?.shape == [1, 2])
    #expect(
      ParameterLayout(of: GRU(inputSize: 3, hiddenSize: 2, direction: .backward)).entries[0].path == "weight_ih_l0")
    #expect(
      ParameterLayout(of: RecurrentLayer(inputSize: 2) { TrailCell(inputSize: $0.inputSize) }).entries.map(\.path) == [
        "mix.weight_l0", "mix.bias_l0", "weight_l0", "start_l0",
      ])
  }

  @Test func descriptionsNameSizesOptionsAndParameters() {
    #expect(
      "\(LSTM(inputSize: 10, hiddenSize: 20, layers: 2, direction: .bidirectional))"
        == "LSTM(10 -> 20, layers 2, bidirectional), 15,040 parameters")
    #expect("\(GRU(inputSize: 4, hiddenSize: 8, hasBias: false))" == "GRU(4 -> 8), 288 parameters")
    #expect(
      "\(ElmanRNN(inputSize: 1, hiddenSize: 2, direction: .bidirectional(merge: .sum), initialState: .trainable))"
        == "ElmanRNN(1 -> 2, bidirectional-sum, trainable initial state), 24 parameters")
    #expect(
      "\(RecurrentLayer(inputSize: 2, layers: 2, dropout: 0.25) { TrailCell(inputSize: $0.inputSize) })"
        == "Trail(2 -> 4, layers 2, dropout 0.25), 54 parameters")
  }
}
