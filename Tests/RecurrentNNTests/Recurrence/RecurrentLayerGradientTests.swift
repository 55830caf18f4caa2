import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Gradients of stacks in every direction, with unequal lengths, from given and trained initial states.
@Suite struct RecurrentLayerGradientTests {
  private let lengths = [3, 0, 4]

  private func check<Cell: RecurrentCell>(
    _ layer: RecurrentLayer<Cell>, givesState: Bool = false, training: Bool = false
  ) {
    let layer = ModuleTensors.randomized(layer, seed: 31)
    var data = TestData(seed: 32)
    let x = data.tensor([3, 4, layer.inputSize])
    let state = givesState ? layer.initialState(batchSize: 3).mapTensors { data.tensor($0.shape) } : nil
    let disagreements = GradientCheck.disagreements(of: layer, at: [x] + (state?.tensors ?? [])) { layer, inputs in
      var given = inputs.dropFirst()
      let state = state?.mapTensors { _ in given.removeFirst() }
      var context = training ? ForwardContext.training(RandomSource(seed: 3), step: 4) : .inference
      let run = layer(inputs[0], lengths: lengths, from: state, context: &context)
      return [run.outputs, run.lastOutputs] + run.finalState.tensors
    }
    #expect(disagreements == [])
  }

  @Test(arguments: Direction.all) func stacksInEveryDirection(direction: Direction) {
    check(LSTM(inputSize: 2, hiddenSize: 3, layers: 2, direction: direction), givesState: true)
    check(GRU(inputSize: 2, hiddenSize: 3, layers: 2, direction: direction, initialState: .trainable))
    check(RecurrentLayer(inputSize: 2, layers: 2, direction: direction) { TrailCell(inputSize: $0.inputSize) })
  }

  @Test func trainedInitialStates() {
    check(LSTM(inputSize: 2, hiddenSize: 3, direction: .bidirectional, initialState: .trainable))
    check(
      RecurrentLayer(inputSize: 2, layers: 2, initialState: .trainable) { TrailCell(inputSize: $0.inputSize) })
    check(ElmanRNN(inputSize: 0, hiddenSize: 2, layers: 2, initialState: .trainable))
  }

  @Test func dropoutBetweenLayers() {
    check(GRU(inputSize: 2, hiddenSize: 3, layers: 3, dropout: 0.4), training: true)
  }
}
