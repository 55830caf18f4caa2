import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ChildSumTreeLSTMCellTests {
  @Test func theOrderOfChildrenMakesNoDifference() {
    let cell = ChildSumTreeLSTMCell(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 5))
    let forest = Forest([TreeShape(childCounts: [0, 0, 0, 3])])
    let words = SampleTrees.words(forest, size: 3)
    let turned = cell(words.rows(at: [2, 0, 1]), of: forest)
    #expect(Comparison.relativeError(turned.rows(at: [3]), cell(words, of: forest).rows(at: [3])) < 1e-6)
  }

  @Test func aShutForgetGateLosesTheChildren() {
    var cell = ChildSumTreeLSTMCell(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 5))
    cell.forget.bias = Tensor(repeating: -800, shape: [4])
    cell.sumWeight = Tensor(zeros: cell.sumWeight.shape)
    let forest = Forest([TreeShape(childCounts: [0, 0, 2]), TreeShape(childCounts: [0, 1])])
    let outputs = cell(SampleTrees.words(forest, size: 3), of: forest)
    #expect(outputs.rows(at: [2]) == outputs.rows(at: [4]))
  }
}
