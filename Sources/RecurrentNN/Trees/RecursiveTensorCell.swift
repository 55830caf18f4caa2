public import RecurrentTensor

/// The recursive neural tensor network (RNTN): Socher et al., "Recursive deep models for semantic compositionality over a
/// sentiment treebank", 2013.
///
///     leaf h' = tanh(W_x x + b_x)
///     node h'_k = tanh(pᵀ V_k p + (W p + b)_k)    with p = (h_l, h_r)
///
/// A node has two children l and r; where one lacks it counts as zero. Each unit k has a matrix V_k of its own, by which the
/// children multiply each other. `weight_tensor` is `[hidden * 2 * hidden, 2 * hidden]`, V_k below V_k-1; the others lie as
/// in ``RecursiveCell``. The tensor has 4 hidden³ numbers: the paper has 25 to 35 units. Defaults: W_x uniform within
/// ±1/√input, W half the identity for each child and noise uniform within ±1/(4√hidden), V within ±1/(2 hidden), biases zero.
public struct RecursiveTensorCell: NamedTreeCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "rntn", title: "Recursive neural tensor network (RNTN)", source: "Socher et al. 2013",
    equations: """
      leaf: h' = tanh(W_x x + b_x)
      node: h' = tanh(pᵀ V p + W p + b), p = (h_l, h_r)
      """)

  /// W_x and b_x.
  public var word: Linear
  /// W and b.
  public var children: Linear
  /// V, `[hidden * 2 * hidden, 2 * hidden]`.
  public var tensor: Tensor

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of a word.
  ///   - hiddenSize: The units of a node.
  ///   - random: The randomness of the start.
  public init(inputSize: Int, hiddenSize: Int, random: RandomSource = .unseeded()) {
    word = Linear(forWordsOf: inputSize, outputSize: hiddenSize, random: random)
    children = Linear(forChildren: 2, size: hiddenSize, random: random)
    tensor = Initializer.uniform(limit: 0.5 / Double(hiddenSize)).weights(
      outputs: hiddenSize * 2 * hiddenSize, inputs: 2 * hiddenSize, random: random.stream("weight_tensor"))
  }

  /// The tensor of all pairs of children's units alone.
  public static func leastScalars(inputSize: Double, hiddenSize: Double) -> Double {
    4 * hiddenSize * hiddenSize * hiddenSize
  }

  /// A cell with fresh weights.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of a word.
  public var inputSize: Int { word.inputSize }
  /// The units of a node.
  public var outputSize: Int { word.outputSize }
  /// Two.
  public var childPlaces: Int? { 2 }

  /// tanh(W_x x + b_x).
  public func leafState(of words: Tensor) -> Tensor { word(words).tanh() }

  /// tanh(pᵀ V p + W p + b).
  public func nodeState(of children: TreeChildren<Tensor>) -> Tensor {
    let (nodes, size) = (children.counts.count, outputSize)
    let pairs = children.sideBySide(children.state)
    let mapped = pairs.linear(weight: tensor).reshaped(to: [nodes * size, 2 * size])
    let repeated = pairs.rows(at: (0..<nodes * size).map { $0 / size })
    let products = (mapped * repeated).sum(axis: 1).reshaped(to: [nodes, size])
    return (products + self.children(pairs)).tanh()
  }

  /// The state.
  public func output(of state: Tensor) -> Tensor { state }

  /// Shows `weight_word`, `bias_word`, `weight_children`, `bias_children`, `weight_tensor`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    word.visitTreeParameters(&visitor, "word")
    children.visitTreeParameters(&visitor, "children")
    visitor.visit(&tensor, "weight_tensor")
  }
}
