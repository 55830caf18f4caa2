import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct LayerNormLSTMCellTests {
  /// What the norm is for: weights and inputs of another size change nothing but what epsilon weighs.
  @Test func theSizeOfProductsHasNoInfluence() {
    var data = TestData(seed: 2)
    let cell = ModuleTensors.randomized(LayerNormLSTMCell(inputSize: 3, hiddenSize: 6), seed: 4)
    let x = data.tensor([2, 5, 3], in: -40...40)
    func outputs(_ cell: LayerNormLSTMCell, _ x: Tensor) -> Tensor {
      cell.scan(x, lengths: [5, 2], reversed: false, from: cell.initialState(batchSize: 2)).outputs
    }
    #expect(Comparison.relativeError(outputs(cell, 50 * x), outputs(cell, x)) < 1e-3)
    var other = cell
    other.weights.inputWeight = 30 * cell.weights.inputWeight
    #expect(Comparison.relativeError(outputs(other, x), outputs(cell, x)) < 1e-3)
    other = cell
    other.memoryNorm.weight = 2 * cell.memoryNorm.weight
    #expect(Comparison.relativeError(outputs(other, x), outputs(cell, x)) > 1e-2)
  }

  @Test func aFreshCellStartsWithGainsOfOne() {
    let cell = LayerNormLSTMCell(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 1))
    let tensors = Dictionary(uniqueKeysWithValues: cell.namedTensors.map { ($0.name, $0.tensor) })
    for (place, count) in [("ih", 20), ("hh", 20), ("c", 5)] {
      #expect(tensors["gain_\(place)"] == Tensor(repeating: 1, shape: [count]))
      #expect(tensors["bias_\(place)"] == Tensor(zeros: [count]))
    }
    #expect(tensors.keys.count == 8)
  }

  @Test(arguments: [false, true]) func gradientsAreThoseOfDifferences(reversed: Bool) {
    let cell = ModuleTensors.randomized(LayerNormLSTMCell(inputSize: 2, hiddenSize: 3).smoothed, seed: 5)
    var data = TestData(seed: 6)
    let x = data.tensor([3, 4, 2])
    let start = cell.initialState(batchSize: 3).mapTensors { data.tensor($0.shape) }
    let disagreements = GradientCheck.disagreements(of: cell, at: [x] + start.tensors) { cell, inputs in
      let state = start.replacingTensors(Array(inputs.dropFirst()))
      let result = cell.scan(inputs[0], lengths: [4, 0, 3], reversed: reversed, from: state)
      return [result.outputs] + result.finalState.tensors
    }
    #expect(disagreements == [])
  }
}
