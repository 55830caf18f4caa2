import RecurrentTensor

/// How the nodes of one ordered tree hang together: for every node, children before parents, how many children it has.
///
/// The nodes are numbered in that order (left to right, each parent right after its last child), so the root is the last
/// one and the words at the leaves keep the order in which they are read. `((a b) c)` is `[0, 0, 2, 0, 2]`.
public struct TreeShape: Hashable, Sendable {
  /// The number of children of each node; 0 for a leaf.
  public let childCounts: [Int]
  /// The number of leaves.
  public let leafCount: Int

  /// A tree of these numbers of children, which must be those of one tree.
  public init(childCounts: [Int]) {
    var (open, leaves) = (0, 0)
    for (node, count) in childCounts.enumerated() {
      require(count >= 0 && count <= open, LayerMessages.treeNode(node, children: count, open: open))
      open += 1 - count
      if count == 0 { leaves += 1 }
    }
    require(open == 1, LayerMessages.option("TreeShape", "childCounts", expected: "those of one tree", received: open))
    self.childCounts = childCounts
    leafCount = leaves
  }

  /// The tree that is one leaf.
  public static let leaf = TreeShape(childCounts: [0])

  /// The number of nodes, leaves included.
  public var nodeCount: Int { childCounts.count }

  /// The most children that a node has.
  public var mostChildren: Int { childCounts.max() ?? 0 }

  /// The leaves below each node (a leaf is below itself), as a range of their numbers from left to right.
  public var spans: [Range<Int>] {
    var (spans, open, leaves) = ([Range<Int>](), [Range<Int>](), 0)
    spans.reserveCapacity(nodeCount)
    for count in childCounts {
      if count == 0 {
        open.append(leaves..<leaves + 1)
        leaves += 1
      } else {
        let first = open[open.count - count].lowerBound
        open.removeLast(count)
        open.append(first..<leaves)
      }
      spans.append(open[open.count - 1])
    }
    return spans
  }
}
