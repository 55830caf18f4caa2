import Recurrent

/// The texts in which classes of trees are handed out.
enum TreeTable {
  /// `line,label,probability`, a row for each tree.
  static func csv(_ bank: Treebank, _ classes: [TreeClasses]) -> String {
    var text = "line,label,probability\n"
    for (tree, found) in zip(bank.trees, classes) {
      text += "\(tree.line),\(ForecastTable.field(found.rootLabel)),\(found.probability)\n"
    }
    return text
  }

  /// The JSON form, with the labels of all nodes.
  struct Document: Encodable {
    struct Tree: Encodable {
      /// The line on which the tree begins.
      let line: Int
      let label: String
      /// Of the root, by label.
      let probabilities: [String: Double]
      /// The labels of all nodes, children before parents.
      let nodes: [String]
    }

    let schema = 1
    let trees: [Tree]

    init(_ bank: Treebank, _ classes: [TreeClasses], labels: [String]) {
      trees = zip(bank.trees, classes).map { tree, found in
        Tree(
          line: tree.line, label: found.rootLabel,
          probabilities: Dictionary(uniqueKeysWithValues: zip(labels, found.probabilities)), nodes: found.labels)
      }
    }
  }
}
