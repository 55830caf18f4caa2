public import RecurrentData
import RecurrentNN
import RecurrentTensor

/// What a classifier says of one tree.
public struct TreeClasses: Sendable, Equatable {
  /// The label of each node, children before parents, so that of the root is the last one.
  public let labels: [String]
  /// The probabilities of the labels of the root, in the order of the classifier's `labels`.
  public let probabilities: [Double]

  /// The label of the root.
  public var rootLabel: String { labels.last ?? "" }
  /// The probability of the root's label.
  public var probability: Double { probabilities.max() ?? 0 }
}

extension TreeClassifier {
  /// The classes of all nodes of some trees, whatever labels they carry.
  ///
  /// - Parameter bank: The trees.
  /// - Returns: What is said of each tree.
  /// - Throws: `DataError` for a tree that the model cannot read: a node with too many children, a word beside nodes.
  public func classes(of bank: Treebank) throws(DataError) -> [TreeClasses] {
    let examples = try encoding.examples(of: bank, within: network.limits, readsLabels: false)
    var found: [TreeClasses] = []
    network.eachBatch(of: examples) { batch, logits in
      let roots = logits.rows(at: batch.forest.roots).softmax()
      var classes = logits.argmax()[...]
      for (row, example) in batch.examples.enumerated() {
        found.append(
          TreeClasses(
            labels: classes.prefix(example.classes.count).map { encoding.labels[$0] },
            probabilities: roots[at: row, axis: 0].scalars.map { Double($0) }))
        classes = classes.dropFirst(example.classes.count)
      }
    }
    return found
  }
}
