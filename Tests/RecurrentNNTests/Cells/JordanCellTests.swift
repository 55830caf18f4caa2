import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct JordanCellTests {
  @Test func theHiddenLayerAloneSeesTheInput() {
    #expect(
      ParameterLayout(of: JordanCell(inputSize: 3, hiddenSize: 4)).entries.map { "\($0.path) \($0.shape)" }
        == ["weight_ih [4, 3]", "weight_hh [8, 4]", "bias_ih [4]", "bias_hh [8]"])
  }

  /// What returns is the output: a run goes on from the output of the one before, whatever its hidden units were.
  @Test func theOutputReturns() {
    let cell = JordanCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 3))
    let x = Tensor((0..<10).map { Scalar($0) / 5 - 1 }, shape: [1, 5, 2])
    let whole = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 1)).outputs
    let middle = PointwiseState(hidden: whole[at: 2, axis: 1])
    let rest = cell.scan(x[3..<5, axis: 1], lengths: nil, reversed: false, from: middle).outputs
    #expect(rest == whole[3..<5, axis: 1])
  }
}
