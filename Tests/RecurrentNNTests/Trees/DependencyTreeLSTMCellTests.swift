import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct DependencyTreeLSTMCellTests {
  private static let forest = Forest(SampleTrees.headed)

  private static func cell(inputSize: Int = 3, hiddenSize: Int) -> DependencyTreeLSTMCell {
    ModuleTensors.randomized(DependencyTreeLSTMCell(inputSize: inputSize, hiddenSize: hiddenSize), seed: 11)
  }

  @Test func numbersAreThoseOfTheEquations() throws {
    let file = ReferenceNumbers.trees
    func numbers(_ name: String) throws -> [Int] { try file.tensor("headed.\(name)").scalars.map { Int($0) } }
    let cell = ReferenceNumbers.replacing(
      DependencyTreeLSTMCell(inputSize: 3, hiddenSize: 5), DependencyTreeLSTMCell.about.name, in: file)
    let (counts, isHead) = (try numbers("counts"), try numbers("heads"))
    var first = 0
    let trees = try numbers("sizes").map { size in
      defer { first += size }
      return TreeShape(
        childCounts: Array(counts[first..<first + size]), heads: (0..<size).filter { isHead[first + $0] == 1 })
    }
    #expect(trees.contains { $0.heads.count == $0.nodeCount - $0.leafCount && $0.nodeCount > 3 })
    let outputs = cell(try file.tensor("headed.words"), of: Forest(trees))
    ReferenceNumbers.expectEqual(outputs, "tree-lstm-head.headed.outputs", in: file)
  }

  @Test(arguments: [5, 33]) func levelsAreNodesOneByOne(hidden: Int) {
    let (cell, words) = (Self.cell(hiddenSize: hidden), SampleTrees.words(Self.forest, size: 3))
    let together = cell(words, of: Self.forest)
    #expect(together == cell.outputsNodeByNode(words, of: Self.forest))
    var (node, word) = (0, 0)
    for tree in Self.forest.trees {
      let alone = cell(words[word..<word + tree.wordCount, axis: 0], of: Forest([tree]))
      #expect(together[node..<node + tree.nodeCount, axis: 0] == alone)
      (node, word) = (node + tree.nodeCount, word + tree.wordCount)
    }
  }

  @Test func gradientsAreThoseOfDifferences() {
    let (cell, words) = (Self.cell(inputSize: 2, hiddenSize: 3), SampleTrees.words(Self.forest, size: 2))
    #expect(GradientCheck.disagreements(of: cell, at: [words]) { [$0($1[0], of: Self.forest)] } == [])
    #expect(
      GradientCheck.disagreements(of: cell, at: [words]) { [$0.outputsNodeByNode($1[0], of: Self.forest)] } == [])
  }

  /// With words at leaves alone it is the child-sum cell.
  @Test func withoutHeadsItIsTheChildSum() {
    let cell = Self.cell(hiddenSize: 5)
    let forest = Forest(SampleTrees.wide)
    let words = SampleTrees.words(forest, size: 3)
    #expect(Comparison.relativeError(cell(words, of: forest), cell.childSum(words, of: forest)) < 2e-6)
  }

  @Test func theOrderOfChildrenMakesNoDifference() {
    let cell = Self.cell(hiddenSize: 4)
    let forest = Forest([TreeShape(childCounts: [0, 0, 0, 3], heads: [3])])
    let words = SampleTrees.words(forest, size: 3)
    let turned = cell(words.rows(at: [2, 0, 1, 3]), of: forest)
    #expect(Comparison.relativeError(turned.rows(at: [3]), cell(words, of: forest).rows(at: [3])) < 1e-6)
  }

  @Test func otherCellsTakeWordsAtLeavesAlone() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let forest = Forest([TreeShape(childCounts: [0, 1], heads: [1])])
      _ = ChildSumTreeLSTMCell(inputSize: 3, hiddenSize: 2)(Tensor(zeros: [2, 3]), of: forest)
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      output.contains("ChildSumTreeLSTMCell: words must be at leaves alone; received 1 at other nodes."), "\(output)")
  }
}
