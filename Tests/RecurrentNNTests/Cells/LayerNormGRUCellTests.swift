import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct LayerNormGRUCellTests {
  /// The candidate's rows have a norm of their own: other weights of the gates do not move it, and the other way round.
  @Test func theCandidateIsNormalisedByItself() {
    var data = TestData(seed: 2)
    let cell = ModuleTensors.randomized(LayerNormGRUCell(inputSize: 3, hiddenSize: 4), seed: 4)
    let x = data.tensor([2, 3])
    var other = cell
    for row in 0..<8 { other.weights.inputWeight[row, 1] += 0.7 }
    let (part, moved) = (cell.inputPart(x), other.inputPart(x))
    #expect(part[8..<12, axis: 1] == moved[8..<12, axis: 1])
    #expect(part[0..<4, axis: 1] != moved[0..<4, axis: 1])
    other = cell
    other.weights.inputWeight[9, 0] += 0.5
    #expect(part[0..<8, axis: 1] == other.inputPart(x)[0..<8, axis: 1])
    #expect(part[8..<9, axis: 1] != other.inputPart(x)[8..<9, axis: 1])
  }

  @Test(arguments: [false, true]) func gradientsAreThoseOfDifferences(reversed: Bool) {
    let cell = ModuleTensors.randomized(LayerNormGRUCell(inputSize: 2, hiddenSize: 3).smoothed, seed: 5)
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
