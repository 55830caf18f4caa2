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

  /// What returns is the output: without weights from the hidden units to it, it is constant.
  @Test func theOutputReturns() {
    var cell = JordanCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 3))
    for row in 3..<6 {
      for column in 0..<3 { cell.weights.recurrentWeight[row, column] = 0 }
    }
    let x = Tensor((0..<10).map { Scalar($0) / 5 - 1 }, shape: [1, 5, 2])
    let outputs = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 1)).outputs
    for step in 1..<5 { #expect(outputs[at: step, axis: 1] == outputs[at: 0, axis: 1]) }
  }
}
