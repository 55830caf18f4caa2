import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// A cell that puts out what its recurrent product sees, and carries a count of steps by other ways.
private struct SeeingCell: RecurrentCell {
  struct State: RecurrentState {
    var carried: Tensor
    var count: Tensor

    mutating func visitTensors(_ body: (inout Tensor) -> Void) {
      body(&carried)
      body(&count)
    }
  }

  var inputSize: Int { 6 }
  var outputSize: Int { 6 }

  func initialState(batchSize: Int) -> State {
    State(carried: Tensor(repeating: 1, shape: [batchSize, 6]), count: Tensor(zeros: [batchSize, 6]))
  }

  func step(_ input: Tensor, from state: State) -> (output: Tensor, state: State) {
    step(input, from: state, recurrentMask: Tensor(repeating: 1, shape: input.shape))
  }

  func step(_ input: Tensor, from state: State, recurrentMask: Tensor) -> (output: Tensor, state: State) {
    (state.carried * recurrentMask, State(carried: state.carried + input, count: state.count + 1))
  }

  func visitParameters(_ visitor: inout some ParameterVisitor) {}
}

/// A cell whose state is a picture of two rows, which it puts out as one.
private struct PictureCell: RecurrentCell {
  var inputSize: Int { 6 }
  var outputSize: Int { 6 }

  func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, 2, 3]) }

  func step(_ input: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
    let next = state + input.reshaped(to: state.shape)
    return (next.reshaped(to: input.shape), next)
  }

  func visitParameters(_ visitor: inout some ParameterVisitor) {}
}

@Suite struct StepRegularizationTests {
  private let exactly = MemoryLayout<Scalar>.size == 8 ? 1e-13 : 2e-6
  private let ones = Tensor(repeating: 1, shape: [40, 9, 6])

  private func training(_ step: Int = 0) -> ForwardContext { .training(RandomSource(seed: 8), step: step) }

  private func seeing(_ options: RecurrentRegularization) -> RecurrentLayer<SeeingCell> {
    RecurrentLayer(inputSize: 6, regularization: options) { _ in SeeingCell() }
  }

  @Test func theRecurrentMaskIsTheSameAtAllStepsAndMasksTheProductOnly() {
    var context = training()
    let run = seeing(.init(recurrentDropout: 0.3))(ones, context: &context)
    var zeros = 0
    for row in 0..<40 {
      for unit in 0..<6 {
        let kept = run.outputs[row, 0, unit]
        #expect(kept == 0 || abs(kept - 1 / 0.7) < 1e-6)
        if kept == 0 { zeros += 1 }
        for step in 0..<9 { #expect(run.outputs[row, step, unit] == Scalar(step + 1) * kept) }
      }
    }
    #expect(abs(Double(zeros) / 240 - 0.3) < 0.08)
    // What is carried is as without.
    #expect(run.finalState.tensors == seeing(.none)(ones).finalState.tensors)
  }

  @Test func inputAndOutputMasksAreTheSameAtAllSteps() {
    for options in [RecurrentRegularization(inputDropout: 0.3), .init(outputDropout: 0.3)] {
      var context = training()
      let run = seeing(options)(ones, context: &context)
      let last = run.outputs[at: 8, axis: 1]
      #expect(run.lastOutputs == last)
      var dropped = 0
      for row in 0..<40 {
        for unit in 0..<6 {
          let (first, second) = (run.outputs[row, 1, unit], run.outputs[row, 8, unit])
          // The carried state grows by a masked 1 a step from 1; or all of it is masked.
          let expected = options.inputDropout > 0 ? 1 + 8 * (first - 1) : first * 9 / 2
          #expect(abs(second - expected) < 1e-4)
          if options.inputDropout > 0 ? second == 1 : second == 0 { dropped += 1 }
        }
      }
      #expect(abs(Double(dropped) / 240 - 0.3) < 0.08)
    }
  }

  @Test func masksDoNotChangeTheExpectation() {
    // Over many masks the mean of what a product sees is what it would see.
    for options in [
      RecurrentRegularization(recurrentDropout: 0.4), .init(inputDropout: 0.4), .init(outputDropout: 0.4),
    ] {
      var sum = 0.0
      for step in 0..<100 {
        var context = training(step)
        sum += Double(seeing(options)(ones, context: &context).outputs.mean().scalar)
      }
      #expect(abs(sum / 100 - 5) < 0.1, "\(options)")
    }
  }

  @Test func zoneoutKeepsUnitsAtEachStepAnew() {
    var context = training()
    let run = seeing(.init(memoryZoneout: 0.3))(ones, context: &context)
    #expect(run.outputs == seeing(.none)(ones).outputs)
    let counts = run.finalState[layer: 0].count
    #expect(abs(Double(counts.mean().scalar) - 9 * 0.7) < 0.4)
    #expect(Set(counts.scalars).count > 3)
    // In inference the mean: 0.7 a step.
    let mean = seeing(.init(memoryZoneout: 0.3))(ones).finalState[layer: 0].count
    for count in mean.scalars { #expect(abs(count - 9 * 0.7) < 1e-4) }
    let plain = seeing(.init(memoryZoneout: 0.3, zoneoutInference: .plain))(ones).finalState[layer: 0].count
    #expect(plain == Tensor(repeating: 9, shape: [40, 6]))
  }

  @Test func anOutputThatIsTheStateFollowsIt() {
    let layer = ModuleTensors.randomized(
      GRU(inputSize: 6, hiddenSize: 5, random: RandomSource(seed: 1)), seed: 2)
    var regular = layer
    regular.regularization.hiddenZoneout = 0.5
    var context = training()
    let run = regular(ones, context: &context)
    #expect(run.outputs[at: 8, axis: 1] == run.finalState.tensors[0])
    var kept = 0
    for row in 0..<40 {
      for unit in 0..<5 where run.outputs[row, 3, unit] == run.outputs[row, 4, unit] { kept += 1 }
    }
    #expect(abs(Double(kept) / 200 - 0.5) < 0.1)
  }

  @Test func anOutputThatIsTheStateInAnotherShapeFollowsIt() {
    let layer = RecurrentLayer(inputSize: 6, regularization: .init(hiddenZoneout: 0.5)) { _ in PictureCell() }
    var context = training()
    let run = layer(ones, context: &context)
    #expect(run.outputs[at: 8, axis: 1] == run.finalState.tensors[0].reshaped(to: [40, 6]))
    // Each unit has counted the steps that it did not keep what it had.
    let mean = Double(run.outputs[at: 8, axis: 1].mean().scalar)
    #expect(abs(mean - 4.5) < 0.4, "\(mean)")
  }

  /// A stream and a single step are the whole sequence also where zoneout acts in inference.
  @Test func streamsFollowTheMeanOfZoneout() {
    func check<Cell: NamedCell>(_: Cell.Type) {
      var layer = RecurrentLayer<Cell>(inputSize: 6, layers: 2) { place in
        Cell.fresh(inputSize: place.inputSize, hiddenSize: 5, random: RandomSource(seed: 3).stream(place.suffix))
      }
      layer.regularization = .init(hiddenZoneout: 0.2, memoryZoneout: 0.4)
      var data = TestData(seed: 9)
      let x = data.tensor([1, 7, 6])
      let whole = layer(x)
      let stream = layer.stream()
      var (output, state) = ([Scalar](), layer.initialState(batchSize: 1))
      for step in 0..<7 {
        stream.step(x[at: step, axis: 1].scalars, into: &output)
        let next = layer.step(x[at: step, axis: 1], from: state)
        state = next.state
        #expect(Comparison.relativeError(next.output, whole.outputs[at: step, axis: 1], floor: 1) <= exactly)
        #expect(Comparison.relativeError(Tensor(output, shape: [1, 5]), next.output, floor: 1) <= exactly)
      }
      #expect(zip(state.tensors, whole.finalState.tensors).allSatisfy { Comparison.relativeError($0, $1) <= exactly })
      layer.regularization = .none
      #expect(layer(x).outputs != whole.outputs)
    }
    for kind in RecurrentKind.all { check(kind.cell) }
  }

  /// The state of an sLSTM counts in units of its own: its mean is that of what it stands for.
  @Test func theMeanOfExponentialGatesIsThatOfWhatTheyStandFor() {
    let cell = SLSTMCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 1))
    var data = TestData(seed: 10)
    func state(_ stabilizer: Scalar) -> PointwiseState {
      let (memory, weight) = (data.tensor([1, 3]), data.tensor([1, 3], in: 0.5...1))
      return PointwiseState(
        hidden: data.tensor([1, 3]), memories: [memory, weight, Tensor(repeating: stabilizer, shape: [1, 3])])
    }
    let (before, after) = (state(0.5), state(-1))
    let mean = cell.mean(of: before, and: after, keepingHidden: 0, memories: 0.3)
    #expect(mean.hidden == after.hidden)
    for index in 0..<2 {
      func worth(_ state: PointwiseState) -> Tensor { state.memories[index] * state.memories[2].exp() }
      #expect(Comparison.relativeError(worth(mean), 0.3 * worth(before) + 0.7 * worth(after)) < 1e-5)
    }
    let start = cell.initialState(batchSize: 1)
    let first = cell.mean(of: start, and: after, keepingHidden: 0.3, memories: 0.3)
    #expect(Comparison.relativeError(first.memories[1], 0.7 * after.memories[1]) < 1e-5)
  }

  @Test func scansInBlocksGiveTheSameNumbers() {
    var layer = RecurrentLayer(inputSize: 6, direction: .bidirectional) { TrailCell(inputSize: $0.inputSize) }
    layer.regularization = .init(recurrentDropout: 0.3, hiddenZoneout: 0.2, memoryZoneout: 0.3, stepGradientLimit: 0.1)
    var data = TestData(seed: 11)
    let x = data.tensor([3, 9, 6])
    func run() -> (outputs: Tensor, gradients: Tensor) {
      let run = valueAndGradients(of: layer) { layer -> (loss: Tensor, result: Tensor) in
        var context = training()
        let outputs = layer(x, lengths: [9, 2, 5], context: &context).outputs
        return (outputs.squared().sum(), outputs.detached())
      }
      return (run.result, run.gradients.arena)
    }
    let whole = run()
    layer.recomputation = .blocks(of: 4)
    let blocks = run()
    #expect(blocks.outputs == whole.outputs)
    #expect(Comparison.relativeError(blocks.gradients, whole.gradients) <= 10 * exactly)
  }

  @Test func theGradientFromStepToStepIsLimited() {
    let layer = seeing(.init(stepGradientLimit: 0.25))
    let start = layer.initialState(batchSize: 40).tensors
    let tape = Tape()
    let watched = start.map { tape.watch($0) }
    var context = training()
    let run = layer(ones, from: layer.initialState(batchSize: 40).replacingTensors(watched), context: &context)
    tape.backward(from: run.outputs.sum() - run.finalState[layer: 0].count.sum())
    // Nine steps each hand on 1 for the state they see: more than the limit at each.
    #expect(tape.gradient(of: watched[0]) == Tensor(repeating: 0.25, shape: [40, 6]))
    #expect(tape.gradient(of: watched[1]) == Tensor(repeating: -0.25, shape: [40, 6]))
  }

  /// A cell whose author says nothing of masks has the first tensor of its state masked.
  @Test func aCellOfOnesOwnIsRegularisedToo() {
    let plain = RecurrentLayer(inputSize: 6) { TrailCell(inputSize: $0.inputSize) }
    var x = ones
    x[0, 0, 0] = 0.5
    for kind in RegularizerKind.all where kind.name != "weight-drop" {
      var layer = plain
      layer.regularization[keyPath: kind.strength] = kind.sample
      var context = training()
      let run = layer(x, lengths: Array(repeating: 5, count: 40), context: &context)
      #expect(run.outputs.shape == [40, 9, 4])
      #expect((run.outputs == plain(x, lengths: Array(repeating: 5, count: 40)).outputs) == !kind.isProbability)
    }
  }
}
