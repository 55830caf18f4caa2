import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ProjectedLSTMCellTests {
  private static let file = ReferenceNumbers.projectedLSTM

  private func layer(seed: UInt64 = 1) -> RecurrentLayer<ProjectedLSTMCell> {
    RecurrentLayer(inputSize: 3, layers: 2, direction: .bidirectional) { place in
      ProjectedLSTMCell(
        inputSize: place.inputSize, hiddenSize: 7, projectionSize: 4,
        random: RandomSource(seed: seed).stream(place.suffix))
    }
  }

  /// Weights under PyTorch's names give PyTorch's outputs, states and gradients.
  @Test func numbersAreThoseOfPyTorch() throws {
    let names = layer().namedTensors.map(\.name)
    let wanted = Self.file.entries.map(\.name).filter { $0.hasPrefix("weight") || $0.hasPrefix("bias") }
    #expect(Set(names) == Set(wanted) && names.contains("weight_hr_l1_reverse"))
    let weights = try names.map { ($0, try Self.file.tensor($0)) }
    let layer = ModuleTensors.replacing(layer(), Dictionary(uniqueKeysWithValues: weights))
    let inputs = try Self.file.tensor("inputs")
    let run = layer(inputs, lengths: [6, 1, 4])
    ReferenceNumbers.expectEqual(run.outputs, "outputs", in: Self.file)
    let states = run.finalState.states
    ReferenceNumbers.expectEqual(Tensor.stack(states.map(\.hidden), axis: 0), "hidden", in: Self.file)
    ReferenceNumbers.expectEqual(Tensor.stack(states.map(\.cell), axis: 0), "memory", in: Self.file)
    let learned = valueAndGradients(of: layer, inputs: [inputs]) { layer, inputs in
      let run = layer(inputs[0], lengths: [6, 1, 4])
      let sums = run.finalState.states.map { 2 * $0.hidden.sum() - $0.cell.tanh().sum() }
      return sums.reduce(run.outputs.squared().sum(), +)
    }
    for name in names {
      ReferenceNumbers.expectEqual(try #require(learned.gradients[name]), "gradient.\(name)", in: Self.file)
    }
    ReferenceNumbers.expectEqual(learned.inputGradients[0], "gradient.inputs", in: Self.file)
  }

  /// A projection that does nothing leaves the LSTM.
  @Test func theIdentityAsProjectionLeavesTheLSTM() {
    let lstm = ModuleTensors.randomized(LSTMCell(inputSize: 3, hiddenSize: 5), seed: 3)
    var cell = ProjectedLSTMCell(inputSize: 3, hiddenSize: 5, projectionSize: 5, hasBias: false)
    (cell.inputWeight, cell.recurrentWeight) = (lstm.weights.inputWeight, lstm.weights.recurrentWeight)
    (cell.inputBias, cell.recurrentBias) = (lstm.weights.inputBias, lstm.weights.recurrentBias)
    cell.projectionWeight = Initializer.identity(gain: 1).weights(
      outputs: 5, inputs: 5, random: RandomSource(seed: 1))
    var data = TestData(seed: 1)
    let x = data.tensor([2, 6, 3])
    func outputs<Cell: RecurrentCell>(_ cell: Cell) -> Tensor {
      cell.scan(x, lengths: [6, 4], reversed: false, from: cell.initialState(batchSize: 2)).outputs
    }
    #expect(Comparison.relativeError(outputs(cell), outputs(lstm)) < 1e-6)
  }

  @Test func sizesFollowFromTheName() {
    let cell = ProjectedLSTMCell.fresh(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 1))
    #expect(cell.inputSize == 3 && cell.outputSize == 5 && cell.hiddenSize == 10)
    #expect(cell.initialState(batchSize: 2).tensors.map(\.shape) == [[2, 5], [2, 10]])
    #expect(ParameterLayout(of: cell).trainableCount == 40 * 3 + 40 * 5 + 80 + 50)
  }
}
