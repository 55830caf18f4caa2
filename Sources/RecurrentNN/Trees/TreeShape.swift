import RecurrentTensor

/// How the nodes of one ordered tree hang together: for every node, children before parents, how many children it has.
///
/// The nodes are numbered in that order (left to right, each parent right after its last child), so the root is the last
/// one and the words at the leaves keep the order in which they are read. `((a b) c)` is `[0, 0, 2, 0, 2]`.
///
/// Every leaf has a word. A node with children may have one too, as in a parse by dependency, where it is the head of what
/// depends on it; words are numbered as their nodes are.
public struct TreeShape: Hashable, Sendable {
  /// The number of children of each node; 0 for a leaf.
  public let childCounts: [Int]
  /// The nodes with children that have a word of their own, rising.
  public let heads: [Int]
  /// The number of leaves.
  public let leafCount: Int

  /// A tree of these numbers of children, which must be those of one tree, with words at these nodes beside the leaves.
  public init(childCounts: [Int], heads: [Int] = []) {
    var (open, leaves) = (0, 0)
    for (node, count) in childCounts.enumerated() {
      require(count >= 0 && count <= open, LayerMessages.treeNode(node, children: count, open: open))
      open += 1 - count
      if count == 0 { leaves += 1 }
    }
    require(open == 1, LayerMessages.option("TreeShape", "childCounts", expected: "those of one tree", received: open))
    for (head, next) in zip(heads, heads.dropFirst() + [childCounts.count]) {
      require(
        childCounts.indices.contains(head) && childCounts[head] > 0 && head < next,
        LayerMessages.option(
          "TreeShape", "heads", expected: "nodes with children, rising, below \(childCounts.count)", received: head))
    }
    (self.childCounts, self.heads) = (childCounts, heads)
    leafCount = leaves
  }

  /// The tree that is one leaf.
  public static let leaf = TreeShape(childCounts: [0])

  /// The number of words: those of leaves and heads.
  public var wordCount: Int { leafCount + heads.count }

  /// The number of nodes, leaves included.
  public var nodeCount: Int { childCounts.count }

  /// The most children that a node has.
  public var mostChildren: Int { childCounts.max() ?? 0 }

  /// The words of each node and of all below it, as a range of their numbers.
  public var spans: [Range<Int>] {
    var (spans, open, words, heads) = ([Range<Int>](), [Range<Int>](), 0, self.heads[...])
    spans.reserveCapacity(nodeCount)
    for (node, count) in childCounts.enumerated() {
      let first = count == 0 ? words : open[open.count - count].lowerBound
      if count == 0 || heads.first == node {
        heads = heads.drop { $0 <= node }
        words += 1
      }
      open.removeLast(count)
      open.append(first..<words)
      spans.append(open[open.count - 1])
    }
    return spans
  }
}
