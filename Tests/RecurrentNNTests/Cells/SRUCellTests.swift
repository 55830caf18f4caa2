import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SRUCellTests {
  /// With equal sizes it starts with the input itself on the way past the memory, as the paper has it.
  @Test func equalSizesPassTheInputItself() {
    var cell = SRUCell(inputSize: 3, hiddenSize: 3, random: RandomSource(seed: 2))
    for unit in 6..<9 { cell.weights.inputBias![unit] = -200 }
    var data = TestData(seed: 4)
    let x = data.tensor([2, 5, 3])
    let outputs = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 2)).outputs
    #expect(Comparison.relativeError(outputs, x) < 1e-6)
    let other = SRUCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2))
    #expect(other.weights.inputWeight.scalars.allSatisfy { $0 != 0 && $0 != 1 })
    _ = SRUCell(inputSize: 3, hiddenSize: 3, hasBias: false)
  }
}
