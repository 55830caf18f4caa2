public import RecurrentTensor

/// One recurrence over trees: the state of a leaf from its word, the state of any other node from those of its children, and from
/// its own word where the cell takes heads.
///
/// Called with the words of a ``Forest`` it computes all nodes of one height together. Trees have no end of time to wait
/// for, so a sentence costs as many steps as its tree has levels; nothing recurs on the stack, however deep a tree is.
///
/// ```swift
/// let forest = Forest([TreeShape(childCounts: [0, 0, 2, 0, 2])])
/// let hidden = cell(words, of: forest)  // [5, outputSize], the root last
/// ```
public protocol TreeCell: Module {
  /// What a node hands to its parent.
  associatedtype State: RecurrentState

  /// The features of a word.
  var inputSize: Int { get }

  /// The features of a node's output.
  var outputSize: Int { get }

  /// The children that every node has a place for; those that it lacks are states of zeros. nil where a node may have any
  /// number.
  var childPlaces: Int? { get }

  /// The states of leaves.
  ///
  /// - Parameter words: `[leaves, inputSize]`.
  /// - Returns: A state of as many rows.
  func leafState(of words: Tensor) -> State

  /// The states of nodes that are no leaves.
  ///
  /// - Parameter children: The states of the children of each node.
  /// - Returns: A state with one row for each node.
  func nodeState(of children: TreeChildren<State>) -> State

  /// Whether nodes with children may have words of their own. Default: false.
  static var takesHeads: Bool { get }

  /// The states of nodes that are no leaves and may have words of their own; asked for only where heads are taken. Default: the
  /// states of nodes without words.
  ///
  /// - Parameters:
  ///   - children: The states of the children of each node.
  ///   - words: `[nodes, inputSize]`, zeros for a node without a word.
  /// - Returns: A state with one row for each node.
  func nodeState(of children: TreeChildren<State>, words: Tensor) -> State

  /// What nodes show to the outside, `[nodes, outputSize]`: a part of their state.
  func output(of state: State) -> Tensor
}

/// The states of the children of some nodes, node by node, each node's from left to right.
public struct TreeChildren<State: RecurrentState>: Sendable {
  /// One row for each child; of a cell with places for children, one for each place, with zeros where a child lacks.
  public let state: State
  /// How many rows belong to each node.
  public let counts: [Int]

  /// Children of these states.
  public init(state: State, counts: [Int]) { (self.state, self.counts) = (state, counts) }
}

extension TreeCell {
  /// No.
  public static var takesHeads: Bool { false }

  /// The states of nodes without words.
  public func nodeState(of children: TreeChildren<State>, words: Tensor) -> State { nodeState(of: children) }

  /// The outputs of all nodes of some trees, level by level.
  ///
  /// - Parameters:
  ///   - words: `[words, inputSize]`: tree by tree those of the leaves, and of heads, in the order of `TreeShape`.
  ///   - forest: The trees.
  /// - Returns: `[nodes, outputSize]`: the nodes tree by tree, in the order of `TreeShape`.
  public func callAsFunction(_ words: Tensor, of forest: Forest) -> Tensor {
    check(words, forest)
    var states = [leafState(of: forest.leafWords.map { words.rows(at: $0) } ?? words)]
    states.reserveCapacity(forest.levels.count + 1)
    for level in forest.levels {
      let children = State.rows(
        of: level.sources.map { states[$0] }, at: level.children(filledTo: childPlaces))
      let counts = childPlaces.map { [Int](repeating: $0, count: level.counts.count) } ?? level.counts
      let nodes = TreeChildren(state: children, counts: counts)
      states.append(
        level.words.isEmpty
          ? nodeState(of: nodes) : nodeState(of: nodes, words: Tensor.rows(of: [words], at: level.words)))
    }
    return Tensor.rows(of: states.map(output), at: forest.places)
  }

  /// The readable walk that defines what a call means: one tree after another, one node after another.
  package func outputsNodeByNode(_ words: Tensor, of forest: Forest) -> Tensor {
    check(words, forest)
    var (outputs, word) = ([Tensor](), 0)
    for tree in forest.trees {
      let heads = Set(tree.heads)
      var open: [State] = []
      for (node, count) in tree.childCounts.enumerated() {
        let state: State
        if count == 0 {
          state = leafState(of: words[word..<word + 1, axis: 0])
          word += 1
        } else {
          let places = (0..<max(count, childPlaces ?? 0)).map { $0 < count ? RowPlace(tensor: $0, row: 0) : nil }
          let children = State.rows(of: Array(open.suffix(count)), at: places)
          let nodes = TreeChildren(state: children, counts: [places.count])
          if heads.contains(node) {
            state = nodeState(of: nodes, words: words[word..<word + 1, axis: 0])
            word += 1
          } else {
            state = nodeState(of: nodes)
          }
          open.removeLast(count)
        }
        open.append(state)
        outputs.append(output(of: state))
      }
    }
    return outputs.isEmpty ? Tensor(zeros: [0, outputSize]) : Tensor.concatenate(outputs, axis: 0)
  }

  private func check(_ words: Tensor, _ forest: Forest) {
    let name = String(describing: Self.self)
    require(
      words.shape == [forest.wordCount, inputSize],
      LayerMessages.shape(
        name, "words", expected: "[\(forest.wordCount), \(inputSize)]", received: words.shape))
    require(
      Self.takesHeads || forest.leafWords == nil,
      LayerMessages.option(
        name, "words", expected: "at leaves alone", received: "\(forest.wordCount - forest.leafCount) at other nodes"))
    guard let childPlaces else { return }
    for (number, tree) in forest.trees.enumerated() where tree.mostChildren > childPlaces {
      stop(
        LayerMessages.option(
          name, "the number of children of a node of tree \(number)", expected: "at most \(childPlaces)",
          received: tree.mostChildren))
    }
  }
}

extension RecurrentState {
  /// Rows of several states of the same form; nil gives zeros.
  fileprivate static func rows(of states: [Self], at places: [RowPlace?]) -> Self {
    let tensors = states.map(\.tensors)
    var number = 0
    return states[0].mapTensors { _ in
      defer { number += 1 }
      return Tensor.rows(of: tensors.map { $0[number] }, at: places)
    }
  }
}
