import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct CellTests {
  @Test func parametersHaveThePyTorchNamesAndShapes() {
    let layout = ParameterLayout(of: LSTMCell(inputSize: 3, hiddenSize: 5))
    #expect(layout.entries.map(\.path) == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
    #expect(layout.entries.map(\.shape) == [[20, 3], [20, 5], [20], [20]])
    #expect(
      ParameterLayout(of: GRUCell(inputSize: 3, hiddenSize: 5)).entries.map(\.shape) == [
        [15, 3], [15, 5], [15], [15],
      ])
    #expect(
      ParameterLayout(of: ElmanCell(inputSize: 0, hiddenSize: 5, hasBias: false)).entries.map(\.shape) == [
        [5, 0], [5, 5],
      ])
  }

  @Test func theForgetBiasIsThatOfTheForgetGateAlone() {
    let plain = LSTMCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 1)).weights
    let biased = LSTMCell(inputSize: 2, hiddenSize: 3, forgetBias: 1.5, random: RandomSource(seed: 1)).weights
    for unit in 0..<12 {
      let sum = biased.inputBias![unit] + biased.recurrentBias![unit]
      let expected = (3..<6).contains(unit) ? 1.5 : plain.inputBias![unit] + plain.recurrentBias![unit]
      #expect(sum == expected)
    }
    #expect(plain.inputWeight == biased.inputWeight)
  }

  @Test func equalSourcesGiveEqualWeightsAndOthersGiveOthers() {
    func weights(_ seed: UInt64) -> CellWeights {
      GRUCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: seed)).weights
    }
    #expect(weights(1).recurrentWeight == weights(1).recurrentWeight)
    #expect(weights(1).recurrentWeight != weights(2).recurrentWeight)
    #expect(weights(1).inputBias != weights(1).recurrentBias)
  }

  @Test func theDefaultStartIsUniformAsPyTorch() {
    let cell = LSTMCell(inputSize: 3, hiddenSize: 25, random: RandomSource(seed: 3))
    for (name, tensor) in cell.namedTensors {
      let largest = tensor.scalars.map(abs).max()!
      #expect(largest <= 0.2 && largest > 0.18, "\(name) \(largest)")
    }
  }

  @Test func theOrthogonalStartTreatsEveryGate() {
    let cell = GRUCell(inputSize: 3, hiddenSize: 4, initialization: .orthogonal, random: RandomSource(seed: 3))
    for gate in 0..<3 {
      let block = cell.weights.recurrentWeight[gate * 4..<gate * 4 + 4, axis: 0]
      let identity = Initializer.identity(gain: 1).weights(outputs: 4, inputs: 4, random: RandomSource(seed: 0))
      #expect(Comparison.relativeError(block.matrixProduct(block, otherTransposed: true), identity) < 1e-6)
    }
    #expect(cell.weights.recurrentBias == Tensor(zeros: [12]))
  }

  @Test func aStateCanBeCutMovedAndMixed() {
    let state = LSTMState(
      hidden: Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]), cell: Tensor([7, 8, 9, 10, 11, 12], shape: [3, 2]))
    #expect(state.rows(at: [2, 0, 2]).cell == Tensor([11, 12, 7, 8, 11, 12], shape: [3, 2]))
    #expect(state.zeros().hidden == Tensor(zeros: [3, 2]))
    let mixed = state.selected(where: Tensor([0, 1, 0], shape: [3]), otherwise: state.zeros())
    #expect(mixed.hidden == Tensor([0, 0, 3, 4, 0, 0], shape: [3, 2]))
    #expect(mixed.cell == Tensor([0, 0, 9, 10, 0, 0], shape: [3, 2]))
    let (_, gradients) = valueAndGradients(of: LSTMCell(inputSize: 1, hiddenSize: 2, random: RandomSource(seed: 1))) {
      cell in
      let x = Tensor([0.5, -1, 2], shape: [3, 1])
      let first = cell.step(x, from: state).state
      return cell.step(x, from: first.detached()).output.sum() * 0 + first.detached().hidden.sum()
    }
    #expect(gradients.sumOfSquares == 0)
  }

  @Test func aStateCanBeSavedAndTakenBack() throws {
    let gru = GRU(inputSize: 2, hiddenSize: 3, layers: 2, random: RandomSource(seed: 1))
    let state = gru(Tensor(repeating: 0.5, shape: [2, 4, 2])).finalState
    let names = state.tensors.indices.map { "state.\($0)" }
    let bytes = SafetensorsFile.encoded(zip(names, state.tensors).map { (name: $0, tensor: $1) })
    let file = try SafetensorsFile(bytes: bytes, name: "memory")
    let restored = gru.initialState(batchSize: 2).replacingTensors(try names.map { try file.tensor($0) })
    #expect(restored.tensors == state.tensors)
    #expect(restored.tensors[0] != restored.tensors[1])
  }
}
