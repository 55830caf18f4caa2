import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct OutputFeedbackTests {
  private static let lengths = [6, 0, 4]

  private func network<Cell: NamedCell>(
    _: Cell.Type, inputs: Int = 2, layers: Int = 2, dropout: Scalar = 0
  ) -> OutputFeedback<Cell, Linear> {
    let layer = RecurrentLayer<Cell>(inputSize: inputs + 2, layers: layers, dropout: dropout) { place in
      Cell.fresh(inputSize: place.inputSize, hiddenSize: 5, random: RandomSource(seed: 1).stream(place.suffix))
    }
    return ModuleTensors.randomized(
      OutputFeedback(layer: layer, head: Linear(inputSize: 5, outputSize: 2), outputSize: 2), seed: 3)
  }

  private func forced<Cell: RecurrentCell>(
    _ network: OutputFeedback<Cell, Linear>, _ x: Tensor, _ y: Tensor, lengths: [Int]? = nil,
    from state: FeedbackState<Cell.State>? = nil, rate: Scalar = 0, step: Int = 0
  ) -> OutputFeedback<Cell, Linear>.Result {
    var context = ForwardContext.training(RandomSource(seed: 4), step: step)
    return network(x, targets: y, lengths: lengths, from: state, samplingRate: rate, context: &context)
  }

  @Test func shapesAreThoseOfTheExample() {
    let random = RandomSource(seed: 5)
    let (x, y) = (random.normal([3, 7, 2]), random.stream("y").normal([3, 7, 1]))
    var context = ForwardContext.training(random, step: 0)
    let network = OutputFeedback(
      layer: GRU(inputSize: 2 + 1, hiddenSize: 16), head: Linear(inputSize: 16, outputSize: 1), outputSize: 1)
    let learned = network(x, targets: y, context: &context).outputs  // x: [3, 7, 2], y: [3, 7, 1]
    let predicted = network(x).outputs  // [3, 7, 1]
    #expect(learned.shape == [3, 7, 1] && predicted.shape == [3, 7, 1] && learned != predicted)
    #expect(network.namedTensors.map(\.name).suffix(2) == ["head.weight", "head.bias"])
  }

  @Test func numbersAreThoseOfTheEquations() throws {
    let (file, lengths) = (ReferenceNumbers.compositions, [7, 0, 4, 1])
    let kind = try #require(SequenceEncoderKind(named: "output-feedback"))
    let made = kind.make(.init(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 1)))
    let network = ReferenceNumbers.replacing(
      try #require(made as? OutputFeedback<GRUCell, Linear>), "output-feedback", in: file)
    let (x, y) = (try file.tensor("inputs"), try file.tensor("output-feedback.targets"))
    ReferenceNumbers.expectEqual(network(x, lengths: lengths).outputs, "output-feedback.free.outputs", in: file)
    ReferenceNumbers.expectEqual(
      forced(network, x, y, lengths: lengths).outputs, "output-feedback.forced.outputs", in: file)
    var context = ForwardContext.inference
    let run = network.encode(x, lengths: lengths, context: &context)
    ReferenceNumbers.expectEqual(run.outputs, "output-feedback.free.outputs", in: file)
    #expect(run.state == network(x, lengths: lengths).finalState.tensors)
    #expect(network.multiplyAdds(steps: 9) == 3 * 5 * (8 + 5) + 5 * 5)
  }

  /// Told its own outputs, the network does what it does freely; told others, it does not.
  @Test func freeRunningIsTheFixedPointOfTeacherForcing() {
    func check<Cell: NamedCell>(_: Cell.Type) {
      let network = network(Cell.self)
      var data = TestData(seed: 6)
      let x = data.tensor([3, 6, 2])
      let free = network(x, lengths: Self.lengths)
      let told = forced(network, x, free.outputs, lengths: Self.lengths)
      #expect(Comparison.relativeError(told.outputs, free.outputs) < 2e-6)
      for (seen, expected) in zip(told.finalState.tensors, free.finalState.tensors) {
        #expect(Comparison.relativeError(seen, expected) < 2e-6)
      }
      #expect(forced(network, x, free.outputs + 0.3, lengths: Self.lengths).outputs != free.outputs)
      #expect(free.outputs[at: 1, axis: 0] == Tensor(zeros: [6, 2]))
      #expect(free.outputs[at: 2, axis: 0][4..<6, axis: 0] == Tensor(zeros: [2, 2]))
    }
    check(LSTMCell.self)
    check(GRUCell.self)
    check(ProjectedLSTMCell.self)
  }

  /// A forced step is given the target before it, never its own or a later one.
  @Test func noStepIsToldWhatItShallSay() {
    let network = network(GRUCell.self)
    var data = TestData(seed: 7)
    let (x, y) = (data.tensor([1, 6, 2]), data.tensor([1, 6, 2]))
    var other = y
    other[0, 3, 1] += 0.5
    let (before, after) = (forced(network, x, y).outputs, forced(network, x, other).outputs)
    #expect(before[0..<4, axis: 1] == after[0..<4, axis: 1])
    #expect(before[4..<5, axis: 1] != after[4..<5, axis: 1])
  }

  @Test func theSamplingRateGoesFromForcedToFree() {
    let network = network(LSTMCell.self)
    var data = TestData(seed: 8)
    let (x, y) = (data.tensor([40, 9, 2]), data.tensor([40, 9, 2]))
    let (told, free) = (forced(network, x, y).outputs, network(x).outputs)
    #expect(forced(network, x, y, rate: 1).outputs == free)
    #expect(Comparison.relativeError(forced(network, x, y, rate: 1e-9).outputs, told) < 2e-6)
    let mixed = forced(network, x, y, rate: 0.3).outputs
    #expect(mixed == forced(network, x, y, rate: 0.3).outputs)
    #expect(mixed != forced(network, x, y, rate: 0.3, step: 1).outputs)
    // At the second step nothing but the one draw tells the two apart.
    let share = (0..<40).filter { mixed[$0, 1, 0] == free[$0, 1, 0] }.count
    #expect((4...22).contains(share), "\(share) of 40 rows took their own output")
    var inference = ForwardContext.inference
    let judged = network(x, targets: y, samplingRate: 1, context: &inference).outputs
    #expect(judged == told)
  }

  @Test(arguments: [0, 0.5, 1] as [Scalar]) func gradientsAreThoseOfDifferences(rate: Scalar) {
    let network = network(GRUCell.self, layers: 1)
    var data = TestData(seed: 9)
    let (x, y) = (data.tensor([3, 6, 2]), data.tensor([3, 6, 2]))
    let start = network.initialState(batchSize: 3).mapTensors { data.tensor($0.shape) }
    let disagreements = GradientCheck.disagreements(of: network, at: [x, y] + start.tensors) { network, inputs in
      let state = start.replacingTensors(Array(inputs.dropFirst(2)))
      let result = forced(network, inputs[0], inputs[1], lengths: Self.lengths, from: state, rate: rate)
      return [result.outputs] + result.finalState.tensors
    }
    #expect(disagreements == [])
  }

  /// Sequences go on where they ended, forced and free; a stream is a sequence; a network needs no input.
  @Test(arguments: [0, 2]) func aSequenceGoesOn(inputs: Int) {
    let network = network(LSTMCell.self, inputs: inputs)
    var data = TestData(seed: 10)
    let (x, y) = (data.tensor([2, 6, inputs]), data.tensor([2, 6, 2]))
    func parts(_ run: (Tensor, Tensor, FeedbackState<LSTMState>?) -> OutputFeedback<LSTMCell, Linear>.Result) {
      let whole = run(x, y, nil)
      let first = run(x[0..<2, axis: 1], y[0..<2, axis: 1], nil)
      let second = run(x[2..<6, axis: 1], y[2..<6, axis: 1], first.finalState)
      #expect(Tensor.concatenate([first.outputs, second.outputs], axis: 1) == whole.outputs)
      #expect(second.finalState.tensors == whole.finalState.tensors)
    }
    parts { forced(network, $0, $1, from: $2) }
    parts { x, _, state in network(x, from: state) }
    var (state, free) = (network.initialState(batchSize: 2), network(x).outputs)
    state.output = Tensor(repeating: 0.7, shape: [2, 2])
    #expect(network(x, from: state).outputs != free)
    state = network.initialState(batchSize: 2)
    free = network(x, from: state).outputs
    for step in 0..<6 {
      let next = network.step(x[at: step, axis: 1], from: state)
      #expect(Comparison.relativeError(next.output, free[at: step, axis: 1]) < 2e-6)
      state = next.state
    }
  }

  @Test func aRowAloneIsTheRowInItsBatch() {
    let network = network(GRUCell.self)
    var data = TestData(seed: 11)
    var (x, y) = (data.tensor([3, 6, 2]), data.tensor([3, 6, 2]))
    for step in 4..<6 { (x[2, step, 1], y[2, step, 0]) = (.nan, .nan) }
    for rate in [0, 1] as [Scalar] {
      let together = forced(network, x, y, lengths: Self.lengths, rate: rate).outputs
      for (row, length) in [(0, 6), (2, 4)] {
        func alone(_ tensor: Tensor) -> Tensor { tensor[row..<row + 1, axis: 0][0..<length, axis: 1] }
        #expect(alone(together) == forced(network, alone(x), alone(y), rate: rate).outputs)
      }
    }
  }

  /// Each step is a call of the layer, so that a mask would be another one at each.
  @Test func masksOfWholeSequencesStopInTraining() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var layer = GRU(inputSize: 3, hiddenSize: 4)
      layer.regularization.recurrentDropout = 0.3
      let network = OutputFeedback(layer: layer, head: Linear(inputSize: 4, outputSize: 1), outputSize: 1)
      var context = ForwardContext.training(RandomSource(seed: 1), step: 0)
      let (x, y) = (Tensor(zeros: [2, 5, 2]), Tensor(zeros: [2, 5, 1]))
      _ = network(x, targets: y, samplingRate: 0.5, context: &context)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("must be zoneout and the limit of gradients at most; received others"), "\(text)")
  }

  @Test func masksOfWholeSequencesDoNothingInInference() {
    let plain = network(GRUCell.self)
    var data = TestData(seed: 12)
    let (x, y) = (data.tensor([3, 6, 2]), data.tensor([3, 6, 2]))
    var masked = plain
    masked.layer.regularization.recurrentDropout = 0.3
    #expect(masked(x).outputs == plain(x).outputs)
    // Told the truth alone, all steps are one call.
    #expect(forced(masked, x, y).outputs != forced(plain, x, y).outputs)
    var zoned = plain
    zoned.layer.regularization.hiddenZoneout = 0.5
    #expect(forced(zoned, x, y, rate: 1).outputs != forced(plain, x, y, rate: 1).outputs)
  }
}
