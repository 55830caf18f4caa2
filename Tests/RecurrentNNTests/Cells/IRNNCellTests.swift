import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct IRNNCellTests {
  /// It starts as a sum over what comes in: a state stays as it is while nothing does.
  @Test func itStartsAsTheIdentity() {
    let cell = IRNNCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 3))
    #expect(cell.weights.recurrentWeight == Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3]))
    #expect(cell.weights.inputBias == Tensor(zeros: [3]) && cell.weights.recurrentBias == Tensor(zeros: [3]))
    #expect(cell.weights.inputWeight.scalars.allSatisfy { abs($0) < 0.006 && $0 != 0 })
    let state = PointwiseState(hidden: Tensor([0.5, 0, 3], shape: [1, 3]))
    let result = cell.scan(Tensor(zeros: [1, 40, 2]), lengths: nil, reversed: false, from: state)
    #expect(result.finalState.hidden == state.hidden)
  }

  /// A unit that is off hands no gradient back.
  @Test func aUnitThatIsOffLearnsNothing() {
    var cell = ModuleTensors.randomized(IRNNCell(inputSize: 2, hiddenSize: 3), seed: 3, in: 0.1...0.6)
    cell.weights.inputBias![1] = -50
    var data = TestData(seed: 4)
    let x = data.tensor([2, 5, 2], in: 0.1...0.6)
    let disagreements = GradientCheck.disagreements(of: cell, at: [x]) { cell, inputs in
      [cell.scan(inputs[0], lengths: [5, 2], reversed: false, from: cell.initialState(batchSize: 2)).outputs]
    }
    #expect(disagreements == [])
    let outputs = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 2)).outputs
    #expect(
      outputs[1..<2, axis: 2] == Tensor(zeros: [2, 5, 1]) && outputs[0..<1, axis: 2].scalars.allSatisfy { $0 > 0 })
  }
}
