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
}
