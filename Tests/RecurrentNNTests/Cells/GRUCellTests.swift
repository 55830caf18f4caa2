import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct GRUCellTests {
  /// An update gate of one keeps the state; one of zero takes the candidate.
  @Test(arguments: GRUCell.Reset.allCases) func theUpdateGateKeepsTheState(reset: GRUCell.Reset) {
    var cell = GRUCell(inputSize: 2, hiddenSize: 3, reset: reset, random: RandomSource(seed: 4))
    let before = Tensor([0.5, -0.25, 0.75], shape: [1, 3])
    let x = Tensor((0..<100).map { Scalar($0 % 5) - 2 }, shape: [1, 50, 2])
    for unit in 3..<6 { cell.weights.inputBias![unit] = 200 }
    let kept = cell.scan(x, lengths: nil, reversed: false, from: before).finalState
    #expect(Comparison.relativeError(kept, before) < 1e-5)
    for unit in 3..<6 { cell.weights.inputBias![unit] = -200 }
    let taken = cell.scan(x, lengths: nil, reversed: false, from: before).finalState
    #expect(Comparison.relativeError(taken, before) > 0.1)
  }
}
