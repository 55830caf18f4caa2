/// A tree with a label at every node and a word at every leaf, such as a parsed sentence. Other nodes may have a word too, as the
/// heads of a parse by dependency.
///
/// Nodes are numbered children before parents, from left to right, so the root is the last one.
public struct LabeledTree: Hashable, Sendable {
  /// The number of children of each node; 0 for a leaf.
  public private(set) var childCounts: [Int] = []
  /// The label of each node.
  public private(set) var labels: [String] = []
  /// The words of leaves and heads, in the order of their nodes.
  public private(set) var words: [String] = []
  /// The nodes with children that have a word of their own, rising.
  public private(set) var heads: [Int] = []
  /// The line of the file on which the tree begins, from 1.
  public let line: Int

  /// A tree without nodes yet.
  init(line: Int) { self.line = line }

  /// Adds a leaf.
  mutating func addLeaf(label: String, word: String) {
    childCounts.append(0)
    labels.append(label)
    words.append(word)
  }

  /// Adds the parent of the last nodes that have none yet, with its own word if it has one.
  mutating func addParent(label: String, children: Int, word: String?) {
    if let word {
      heads.append(childCounts.count)
      words.append(word)
    }
    childCounts.append(children)
    labels.append(label)
  }

  /// The label of the root.
  public var rootLabel: String { labels.last ?? "" }
}
