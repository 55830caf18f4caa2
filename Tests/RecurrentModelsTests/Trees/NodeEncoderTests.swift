import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct NodeEncoderTests {
  private static let trees = [
    TreeShape(childCounts: [0, 0, 2, 0, 2]), .leaf, TreeShape(childCounts: [0, 1, 0, 0, 0, 2, 2, 2]),
  ]

  @Test(arguments: NodeEncoderKind.all.map(\.name)) func aTreeAloneIsTheTreeInItsBatch(name: String) throws {
    let encoder = try #require(NodeEncoderKind(named: name)).make(3, 5, RandomSource(seed: 4))
    var data = TestData(seed: 5)
    let forest = Forest(Self.trees)
    let words = data.tensor([forest.leafCount, 3])
    let together = encoder.nodes(words, of: forest)
    #expect(together.shape == [forest.nodeCount, encoder.outputSize])
    var (node, leaf) = (0, 0)
    for tree in Self.trees {
      let alone = encoder.nodes(words[leaf..<leaf + tree.leafCount, axis: 0], of: Forest([tree]))
      #expect(together[node..<node + tree.nodeCount, axis: 0] == alone)
      (node, leaf) = (node + tree.nodeCount, leaf + tree.leafCount)
    }
    #expect(encoder.nodes(Tensor(zeros: [0, 3]), of: Forest([])).shape == [0, encoder.outputSize])
  }

  /// A word at every node, by all that take it.
  @Test func headsAreSeen() {
    let forest = Forest([TreeShape(childCounts: [0, 0, 1, 2], heads: [2, 3]), .leaf])
    var data = TestData(seed: 7)
    let words = data.tensor([5, 3])
    for kind in NodeEncoderKind.all {
      let encoder = kind.make(3, 5, RandomSource(seed: 4))
      #expect(encoder.takesHeads == ["tree-lstm-head", "span-lstm"].contains(kind.name))
      guard encoder.takesHeads else { continue }
      let nodes = encoder.nodes(words, of: forest)
      for word in 0..<5 {
        var others = words
        others[word, 1] += 1
        let changed = encoder.nodes(others, of: forest)
        let seen = (0..<5).filter { changed.rows(at: [$0]) != nodes.rows(at: [$0]) }
        #expect(seen == [[0, 3], [1, 2, 3], [2, 3], [3], [4]][word], "\(kind.name), word \(word)")
      }
    }
  }

  /// A span is the sequence of its words.
  @Test func spansAreSequences() throws {
    let encoder = SpanNodeEncoder(wordSize: 3, hiddenSize: 4, random: RandomSource(seed: 6))
    var data = TestData(seed: 5)
    let forest = Forest(Self.trees)
    let words = data.tensor([forest.leafCount, 3])
    let nodes = encoder.nodes(words, of: forest)
    // The last tree's words are the last four of eight; its node 6 is over the last three.
    let sequence = words[5..<8, axis: 0].reshaped(to: [1, 3, 3])
    #expect(nodes.rows(at: [12]) == encoder.layer(sequence).lastOutputs)
    #expect(
      GradientCheck.disagreements(of: encoder, at: [words]) { [$0.nodes($1[0], of: forest)] } == [])
  }
}
