import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct NaryTreeLSTMCellTests {
  @Test func moreThanTwoChildren() {
    let cell = ModuleTensors.randomized(
      NaryTreeLSTMCell(inputSize: 2, hiddenSize: 3, places: 5, random: RandomSource(seed: 5)), seed: 6)
    #expect(cell.childPlaces == 5 && cell.outputSize == 3 && cell.inputSize == 2)
    let forest = Forest(SampleTrees.wide)
    let words = SampleTrees.words(forest, size: 2)
    #expect(cell(words, of: forest) == cell.outputsNodeByNode(words, of: forest))
    #expect(GradientCheck.disagreements(of: cell, at: [words]) { [$0($1[0], of: forest)] } == [])
  }

  /// Each child has a forget gate of its own: one is kept, the other forgotten.
  @Test func childrenAreForgottenOneByOne() {
    var cell = NaryTreeLSTMCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 5))
    for unit in 0..<3 {
      // Nothing is written, all is shown; the left child is kept.
      for (gate, bias) in [(0, -200), (1, 200), (3, 200), (4, -200)] as [(Int, Scalar)] {
        cell.bias[gate * 3 + unit] = bias
      }
    }
    cell.childWeight = Tensor(zeros: cell.childWeight.shape)
    let pair = Forest([TreeShape(childCounts: [0, 0, 2])])
    let words = SampleTrees.words(pair, size: 2)
    let children = TreeChildren<LSTMState>.pairs(of: cell.leafState(of: words))
    let state = cell.nodeState(of: children)
    #expect(state.cell == children.state.cell.rows(at: [0]))
    #expect(cell(words, of: pair).rows(at: [2]) == state.hidden)
  }
}

extension TreeChildren {
  /// Rows as the children of nodes of two.
  fileprivate static func pairs(of state: State) -> TreeChildren {
    TreeChildren(state: state, counts: [Int](repeating: 2, count: state.tensors[0].shape[0] / 2))
  }
}
