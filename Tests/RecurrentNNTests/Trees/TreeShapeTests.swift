import RecurrentNN
import Testing

@Suite struct TreeShapeTests {
  @Test func countsAndSpans() {
    // ((a b) (c) d)
    let tree = TreeShape(childCounts: [0, 0, 2, 0, 1, 0, 3])
    #expect(tree.nodeCount == 7 && tree.leafCount == 4 && tree.mostChildren == 3)
    #expect(tree.spans == [0..<1, 1..<2, 0..<2, 2..<3, 2..<3, 3..<4, 0..<4])
    #expect(TreeShape.leaf.spans == [0..<1] && TreeShape.leaf.mostChildren == 0)
  }

  @Test func headsAreWordsToo() {
    // (a b (c d)), a and c the heads of what stands behind them
    let tree = TreeShape(childCounts: [0, 0, 1, 2], heads: [2, 3])
    #expect(tree.leafCount == 2 && tree.wordCount == 4 && TreeShape.leaf.wordCount == 1)
    #expect(tree.spans == [0..<1, 1..<2, 1..<3, 0..<4])
    #expect(TreeShape(childCounts: [0, 0, 1, 2], heads: [2]).spans == [0..<1, 1..<2, 1..<3, 0..<3])
    let forest = Forest([.leaf, tree, .leaf])
    #expect(forest.wordCount == 6 && forest.leafCount == 4 && Forest([.leaf]).wordCount == 1)
  }

  @Test func whatIsNoTreeStopsTheProgram() async {
    func expect(_ text: String, _ result: ExitTest.Result?) {
      let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(output.contains(text), "\(output)")
    }
    expect(
      "TreeShape: node 1 must have at most 1 children, the trees before it; received 2.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TreeShape(childCounts: [0, 2])
      })
    expect(
      "TreeShape: childCounts must be those of one tree; received 2.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TreeShape(childCounts: [0, 0])
      })
    expect(
      "TreeShape: childCounts must be those of one tree; received 0.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TreeShape(childCounts: [])
      })
    expect(
      "TreeShape: heads must be nodes with children, rising, below 3; received 0.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TreeShape(childCounts: [0, 0, 2], heads: [0])
      })
    expect(
      "TreeShape: heads must be nodes with children, rising, below 4; received 2.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TreeShape(childCounts: [0, 1, 1, 1], heads: [2, 1])
      })
  }
}
