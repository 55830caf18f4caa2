import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct RecurrentStreamTests {
  private static let steps = 7

  /// Steps the layer over one random row and compares every step with a call over the whole row.
  private func follow<Cell: RecurrentCell>(
    _ place: (RecurrentLayer<Cell>.Place) -> Cell, input: Int, layers: Int = 1, tolerance: Double = 0
  ) {
    let layer = ModuleTensors.randomized(
      RecurrentLayer(inputSize: input, layers: layers, makeCell: place), seed: 31)
    var data = TestData(seed: 32)
    let row = data.tensor([1, Self.steps, input])
    let whole = layer(row)
    let stream = layer.stream()
    var output: [Scalar] = []
    for step in 0..<Self.steps {
      stream.step(row[at: step, axis: 1].scalars, into: &output)
      let expected = whole.outputs[at: step, axis: 1]
      let seen = Tensor(output, shape: expected.shape)
      #expect(tolerance == 0 ? seen == expected : Comparison.relativeError(seen, expected) <= tolerance)
    }
    for (seen, expected) in zip(stream.state.tensors, whole.finalState.tensors) {
      #expect(tolerance == 0 ? seen == expected : Comparison.relativeError(seen, expected) <= tolerance)
    }
  }

  @Test(arguments: [5, 16, 17, 33, 50, 70, 130], [0, 1, 18])
  func everyStepIsThatOfTheSequence(hidden: Int, input: Int) {
    for activation in Activation.allCases {
      follow({ ElmanCell(inputSize: $0.inputSize, hiddenSize: hidden, activation: activation) }, input: input)
    }
    follow({ LSTMCell(inputSize: $0.inputSize, hiddenSize: hidden) }, input: input)
    for reset in GRUCell.Reset.allCases {
      follow({ GRUCell(inputSize: $0.inputSize, hiddenSize: hidden, reset: reset) }, input: input)
    }
    follow({ PeepholeLSTMCell(inputSize: $0.inputSize, hiddenSize: hidden) }, input: input, layers: 2)
    follow({ Independent(inputSize: $0.inputSize, hiddenSize: hidden) }, input: input)
    follow({ Crowded(inputSize: $0.inputSize, hiddenSize: hidden) }, input: input)
    follow({ Twisted(inputSize: $0.inputSize, hiddenSize: hidden) }, input: input)
  }

  /// Blocks alone and several side by side, with weights in the nearest cache and beyond it.
  @Test(arguments: [5, 21, 70]) func everyInstructionSetStepsAlike(hidden: Int) {
    for set in InstructionSet.allCases where set.isAvailable {
      InstructionSet.using(set) {
        follow({ ElmanCell(inputSize: $0.inputSize, hiddenSize: hidden) }, input: 3, layers: 3)
        follow({ LSTMCell(inputSize: $0.inputSize, hiddenSize: hidden) }, input: 3, layers: 3)
        follow({ GRUCell(inputSize: $0.inputSize, hiddenSize: hidden) }, input: 3, layers: 3)
        follow({ GRUCell(inputSize: $0.inputSize, hiddenSize: hidden, reset: .beforeProduct) }, input: 3, layers: 3)
        follow({ MinimalGatedCell(inputSize: $0.inputSize, hiddenSize: hidden) }, input: 3, layers: 3)
      }
    }
  }

  @Test func threadsShareLargeWeightsWithoutChangingABit() {
    WorkerPool.using(threads: 3) {
      follow({ ElmanCell(inputSize: $0.inputSize, hiddenSize: 800) }, input: 60)
      follow({ LSTMCell(inputSize: $0.inputSize, hiddenSize: 390) }, input: 60)
      follow({ GRUCell(inputSize: $0.inputSize, hiddenSize: 390) }, input: 60)
      follow({ GRUCell(inputSize: $0.inputSize, hiddenSize: 390, reset: .beforeProduct) }, input: 60)
    }
  }

  @Test func aCellOfOnesOwnStepsToo() {
    follow({ TrailCell(inputSize: $0.inputSize) }, input: 4, layers: 2, tolerance: 1e-6)
  }

  @Test func aStateIsTakenOutAndPutBack() {
    let layer = LSTM(inputSize: 2, hiddenSize: 5, layers: 2, random: RandomSource(seed: 3))
    let (first, second) = (layer.stream(), layer.stream())
    var (seen, expected) = ([Scalar](), [Scalar]())
    for step in 0..<4 { first.step([Scalar(step), 1], into: &expected) }
    let state = first.state
    first.step([0.5, -1], into: &expected)
    second.state = state
    second.step([0.5, -1], into: &seen)
    #expect(seen == expected)
    #expect(layer.stream(from: state).state.tensors == state.tensors)
    first.reset()
    #expect(first.state.tensors == layer.initialState(batchSize: 1).tensors)
  }

  @Test func theWeightsAreThoseOfTheStart() {
    var layer = GRU(inputSize: 2, hiddenSize: 5, random: RandomSource(seed: 3))
    let (stream, other) = (layer.stream(), layer.stream())
    var (seen, expected) = ([Scalar](), [Scalar]())
    other.step([1, 2], into: &expected)
    layer = GRU(inputSize: 2, hiddenSize: 5, random: RandomSource(seed: 4))
    stream.step([1, 2], into: &seen)
    #expect(seen == expected)
    layer.stream().step([1, 2], into: &seen)
    #expect(seen != expected)
  }

  @Test(.enabled(if: AllocationCounter.works)) func stepsAllocateNothing() {
    func allocations<Cell: RecurrentCell>(_ layer: RecurrentLayer<Cell>) -> Int {
      let stream = layer.stream()
      let input: [Scalar] = [1, 2, 3]
      var output = [Scalar](repeating: 0, count: layer.outputSize)
      stream.step(input, into: &output)
      let count = AllocationCounter.count { for _ in 0..<100 { stream.step(input, into: &output) } }
      return count.small + count.large
    }
    #expect(allocations(ElmanRNN(inputSize: 3, hiddenSize: 7)) == 0)
    #expect(allocations(LSTM(inputSize: 3, hiddenSize: 33, layers: 2)) == 0)
    #expect(allocations(GRU(inputSize: 3, hiddenSize: 33)) == 0)
    #expect(allocations(GRU(inputSize: 3, hiddenSize: 33, reset: .beforeProduct)) == 0)
    #expect(
      allocations(RecurrentLayer(inputSize: 3) { Crowded(inputSize: $0.inputSize, hiddenSize: 33) }) == 0)
  }

  @Test func mistakesStop() async {
    await #expect(processExitsWith: .failure) {
      var output: [Scalar] = []
      GRU(inputSize: 3, hiddenSize: 4).stream().step([1], into: &output)
    }
    await #expect(processExitsWith: .failure) {
      _ = GRU(inputSize: 3, hiddenSize: 4, direction: .bidirectional).stream()
    }
  }
}
