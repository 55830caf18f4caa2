import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct RecursiveCellTests {
  @Test func leftAndRightAreToldApart() {
    let cell = RecursiveCell(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 5))
    let words = SampleTrees.words(Forest([TreeShape(childCounts: [0, 0, 2])]), size: 3)
    let pair = Forest([TreeShape(childCounts: [0, 0, 2])])
    let root = cell(words, of: pair).rows(at: [2])
    #expect(root != cell(words.rows(at: [1, 0]), of: pair).rows(at: [2]))
  }

  @Test func aNodeOfOneChildReadsItFromTheLeft() {
    var cell = RecursiveCell(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 5))
    let (forest, words) = (Forest([TreeShape(childCounts: [0, 1])]), Tensor([0.3, -0.4, 0.9], shape: [1, 3]))
    let before = cell(words, of: forest)
    for unit in 0..<4 {
      for column in 4..<8 { cell.children.weight[unit, column] = 9 }
    }
    #expect(cell(words, of: forest) == before)
    cell.children.weight[2, 1] += 1
    #expect(cell(words, of: forest) != before)
  }
}
