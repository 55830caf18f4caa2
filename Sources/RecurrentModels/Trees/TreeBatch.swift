import RecurrentNN
import RecurrentTraining

/// Trees that are learned from together.
package struct TreeBatch: RowBatch {
  let examples: [TreeExample]
  /// The trees, cut into levels.
  let forest: Forest
  /// The words of all leaves and heads, and the classes of all nodes, tree by tree.
  let words, classes: [Int]

  package init(_ examples: [TreeExample]) {
    self.examples = examples
    forest = Forest(examples.map(\.shape))
    words = examples.flatMap(\.words)
    classes = examples.flatMap(\.classes)
  }

  /// The trees.
  package var rowCount: Int { examples.count }

  /// A batch of these trees.
  package func rows(in range: Range<Int>) -> TreeBatch { TreeBatch(Array(examples[range])) }
}
