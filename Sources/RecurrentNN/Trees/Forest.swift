import RecurrentTensor

/// Trees that are computed together, cut into levels: all nodes of one height, of all trees, are one batch.
///
/// The height of a leaf is 0, that of another node one more than the largest of its children's. A level needs only levels
/// below it, so a batch of sentences takes as many steps as its highest tree has levels, not as it has nodes.
public struct Forest: Sendable {
  /// The trees, in the order of their nodes in the outputs.
  public let trees: [TreeShape]
  /// The leaves of all trees.
  public let leafCount: Int
  /// The words of all trees: those of leaves and heads.
  public let wordCount: Int
  /// The levels above the leaves, lowest first.
  let levels: [Level]
  /// Where each node is computed, tree by tree in the order of `TreeShape`: its level, 0 for the leaves, and its row there.
  let places: [RowPlace]

  /// The word of each leaf; nil where there are no others, so that they are in their order.
  let leafWords: [Int]?

  /// Nodes of one height.
  struct Level: Sendable {
    /// The number of children of each node.
    fileprivate(set) var counts: [Int] = []
    /// The levels that the children lie in, 0 for the leaves.
    fileprivate(set) var sources: [Int] = []
    /// The children of all nodes one after another; `tensor` is a place in `sources`.
    fileprivate(set) var children: [RowPlace] = []
    /// The word of each node that has one; empty where none has.
    fileprivate(set) var words: [RowPlace?] = []

    /// The children, each node filled up to so many; nil for as many as there are.
    func children(filledTo places: Int?) -> [RowPlace?] {
      guard let places else { return children }
      var (filled, next) = ([RowPlace?](), 0)
      filled.reserveCapacity(counts.count * places)
      for count in counts {
        filled += children[next..<next + count].map { $0 }
        filled += repeatElement(nil, count: places - count)
        next += count
      }
      return filled
    }
  }

  /// Cuts trees into levels.
  public init(_ trees: [TreeShape]) {
    self.trees = trees
    var (levels, places, leaves, words) = ([Level](), [RowPlace](), [Int](), 0)
    places.reserveCapacity(trees.reduce(0) { $0 + $1.nodeCount })
    var open: [RowPlace] = []
    for tree in trees {
      var heads = tree.heads[...]
      for (node, count) in tree.childCounts.enumerated() {
        let isHead = heads.first == node
        if isHead { heads.removeFirst() }
        let children = open.suffix(count)
        let height = count == 0 ? 0 : 1 + (children.map(\.tensor).max() ?? 0)
        let place: RowPlace
        if height == 0 {
          place = RowPlace(tensor: 0, row: leaves.count)
          leaves.append(words)
        } else {
          if height > levels.count { levels.append(Level()) }
          place = RowPlace(tensor: height, row: levels[height - 1].counts.count)
          levels[height - 1].add(children, word: isHead ? words : nil)
        }
        if height == 0 || isHead { words += 1 }
        open.removeLast(count)
        open.append(place)
        places.append(place)
      }
      open.removeAll(keepingCapacity: true)
    }
    var numbers = [Int](repeating: 0, count: levels.count)
    for height in levels.indices { levels[height].numberSources(&numbers) }
    (self.levels, self.places, leafCount, wordCount) = (levels, places, leaves.count, words)
    leafWords = words > leaves.count ? leaves : nil
  }

  /// The nodes of all trees, leaves included.
  public var nodeCount: Int { places.count }

  /// The number of levels, the leaves included; 0 without trees.
  public var levelCount: Int { trees.isEmpty ? 0 : levels.count + 1 }

  /// The node of each tree's root among all nodes, tree by tree.
  public var roots: [Int] {
    var end = 0
    return trees.map { tree in
      end += tree.nodeCount
      return end - 1
    }
  }
}

extension Forest.Level {
  /// Adds a node.
  fileprivate mutating func add(_ children: some Sequence<RowPlace>, word: Int?) {
    if word != nil, words.isEmpty { words = [RowPlace?](repeating: nil, count: counts.count) }
    if word != nil || !words.isEmpty { words.append(word.map { RowPlace(tensor: 0, row: $0) }) }
    let before = self.children.count
    self.children += children
    counts.append(self.children.count - before)
  }

  /// Lets the children name places in `sources` instead of levels. `numbers` is one number a level of any content.
  fileprivate mutating func numberSources(_ numbers: inout [Int]) {
    sources = Set(children.map(\.tensor)).sorted()
    for (number, level) in sources.enumerated() { numbers[level] = number }
    children = children.map { RowPlace(tensor: numbers[$0.tensor], row: $0.row) }
  }
}
