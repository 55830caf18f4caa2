import RecurrentNN
import Testing

@Suite struct ForestTests {
  @Test func levelsAreThoseOfTheHighestTree() {
    let forest = Forest(SampleTrees.binary)
    #expect(forest.nodeCount == 36 && forest.leafCount == 20)
    #expect(forest.levelCount == 6)
    #expect(forest.roots == [4, 5, 12, 15, 26, 35])
    #expect(Forest([.leaf, .leaf]).levelCount == 1)
    #expect(Forest([]).levelCount == 0 && Forest([]).nodeCount == 0 && Forest([]).roots == [])
  }

  /// A comb has as many levels as leaves, and cutting it takes time in proportion.
  @Test func combsAreCutWithoutRecursion() {
    for tree in [SampleTrees.comb(20_000), SampleTrees.rightComb(20_000)] {
      #expect(Forest([tree, .leaf]).levelCount == 20_000)
      #expect(tree.spans.last == 0..<20_000)
    }
  }
}
