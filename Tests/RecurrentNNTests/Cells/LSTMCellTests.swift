import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct LSTMCellTests {
  /// Gates forced open and shut: a cell that forgets nothing and writes nothing keeps its memory.
  @Test func aClosedInputGateKeepsTheMemory() {
    var cell = LSTMCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 4))
    for unit in 0..<3 {
      cell.weights.inputBias![unit] = -200
      cell.weights.inputBias![3 + unit] = 200
    }
    let before = LSTMState(hidden: Tensor(zeros: [1, 3]), cell: Tensor([0.5, -2, 7], shape: [1, 3]))
    let x = Tensor((0..<100).map { Scalar($0 % 5) - 2 }, shape: [1, 50, 2])
    #expect(cell.scan(x, lengths: nil, reversed: false, from: before).finalState.cell == before.cell)
  }
}
