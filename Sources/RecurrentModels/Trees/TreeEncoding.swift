package import RecurrentData
package import RecurrentNN

/// How the words and labels of trees become numbers, fitted to the trees that a model learns from.
package struct TreeEncoding: Codable, Sendable, Equatable {
  /// The labels: whole numbers by size, else in the order of the alphabet.
  package let labels: [String]
  /// The words, most frequent first; word number 0 is every other word, so the first of these is number 1.
  package let words: [String]
  /// Whether upper case counts as lower case.
  let foldsCase: Bool

  /// The words of these trees that occur often enough.
  package init(fittedTo trees: [LabeledTree], leastCount: Int, foldsCase: Bool) {
    let labels = Set(trees.flatMap(\.labels))
    let numbers = labels.compactMap { label in Int(label).map { (label, $0) } }
    self.labels =
      numbers.count == labels.count ? numbers.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0) : labels.sorted()
    var counts: [String: Int] = [:]
    for tree in trees {
      for word in tree.words { counts[foldsCase ? word.lowercased() : word, default: 0] += 1 }
    }
    words = counts.filter { $0.value >= leastCount }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    self.foldsCase = foldsCase
  }

  /// The words of all phrases of one tree, at most.
  private static let mostPhraseWords = 20_000_000
  /// The labels of a model, at most.
  static let mostLabels = 1000

  /// The word vectors that a model needs.
  package var vocabularySize: Int { words.count + 1 }

  /// The class in the middle where labels are an odd number of successive whole numbers: those below are negative, those
  /// above positive.
  package var neutral: Int? {
    let numbers = labels.compactMap { Int($0) }
    guard numbers.count == labels.count, numbers.count >= 3, numbers.count % 2 == 1,
      zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < .max && $0 + 1 == $1 })
    else { return nil }
    return labels.count / 2
  }

  /// Trees as numbers.
  ///
  /// - Parameters:
  ///   - bank: The trees.
  ///   - limits: What the model takes.
  ///   - readsLabels: Whether the labels count; else every class is 0.
  /// - Returns: One example for each tree.
  /// - Throws: `DataError` for a label that the model does not know, a node with too many children, a word beside nodes, or a tree
  ///   so lopsided that its phrases have more words together than memory should hold.
  package func examples(
    of bank: Treebank, within limits: TreeLimits = TreeLimits(), readsLabels: Bool = true
  ) throws(DataError) -> [TreeExample] {
    let labelNumbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    let wordNumbers = Dictionary(uniqueKeysWithValues: zip(words, 1...max(1, words.count)))
    var examples: [TreeExample] = []
    examples.reserveCapacity(bank.trees.count)
    for tree in bank.trees {
      if let mostChildren = limits.mostChildren, let count = tree.childCounts.max(), count > mostChildren {
        throw DataError(
          file: bank.file, line: tree.line, expected: "at most \(mostChildren) children at a node",
          received: "\(count)", hint: "choose a cell for any number of children, such as tree-lstm-sum")
      }
      guard limits.takesHeads || tree.heads.isEmpty else {
        throw DataError(
          file: bank.file, line: tree.line, expected: "words at leaves alone",
          received: tree.heads.count == 1
            ? "a node with a word and nodes" : "\(tree.heads.count) nodes with a word and nodes",
          hint: "choose a cell that takes words at all nodes, such as tree-lstm-head")
      }
      let shape = TreeShape(childCounts: tree.childCounts, heads: tree.heads)
      let phraseWords = shape.spans.reduce(0) { $0 + $1.count }
      guard phraseWords <= Self.mostPhraseWords else {
        throw DataError(
          file: bank.file, line: tree.line,
          expected: "a tree whose phrases have at most \(Self.mostPhraseWords) words together",
          received: "\(phraseWords)",
          hint: "cut the tree into sentences")
      }
      var classes: [Int] = []
      classes.reserveCapacity(tree.labels.count)
      if !readsLabels { classes = [Int](repeating: 0, count: tree.labels.count) }
      for label in readsLabels ? tree.labels : [] {
        guard let number = labelNumbers[label] else {
          throw DataError(
            file: bank.file, line: tree.line, expected: "a label of the training trees: " + shownLabels,
            received: DataError.quoted(label))
        }
        classes.append(number)
      }
      examples.append(
        TreeExample(
          shape: shape,
          words: tree.words.map { wordNumbers[foldsCase ? $0.lowercased() : $0] ?? 0 }, classes: classes))
    }
    return examples
  }

  private var shownLabels: String {
    labels.prefix(12).joined(separator: ", ") + (labels.count > 12 ? ", ..." : "")
  }
}

/// The trees that a model takes.
package struct TreeLimits: Sendable {
  /// The most children of a node; nil for any number.
  let mostChildren: Int?
  /// Whether nodes with children may have words of their own.
  let takesHeads: Bool

  /// What a model takes; default: all trees.
  package init(mostChildren: Int? = nil, takesHeads: Bool = true) {
    (self.mostChildren, self.takesHeads) = (mostChildren, takesHeads)
  }
}

/// A tree as numbers.
package struct TreeExample: Sendable {
  package let shape: TreeShape
  /// The words of leaves and heads.
  package let words: [Int]
  /// The class of each node.
  package let classes: [Int]

  /// A tree of this shape.
  package init(shape: TreeShape, words: [Int], classes: [Int]) {
    (self.shape, self.words, self.classes) = (shape, words, classes)
  }

  /// The class of the root.
  package var rootClass: Int { classes[classes.count - 1] }
}
