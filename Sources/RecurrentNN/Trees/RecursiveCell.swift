public import RecurrentTensor

/// The recursive neural network: Socher et al., "Parsing natural scenes and natural language with recursive neural
/// networks", 2011.
///
///     leaf h' = tanh(W_x x + b_x)
///     node h' = tanh(W_l h_l + W_r h_r + b)
///
/// A node has two children l and r; where one lacks it counts as zero. In the paper a word's vector is its state; here it is
/// mapped, so that words may have other sizes, and squashed like all other states. `weight_word` is `[hidden, input]`,
/// `weight_children` `[hidden, 2 * hidden]` with the columns of l first. Defaults: W_x uniform within ±1/√input,
/// W_l and W_r half the identity and noise uniform within ±1/(4√hidden), biases zero.
public struct RecursiveCell: NamedTreeCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "recursive", title: "Recursive neural network", source: "Socher et al. 2011",
    equations: """
      leaf: h' = tanh(W_x x + b_x)
      node: h' = tanh(W_l h_l + W_r h_r + b)
      """)

  /// W_x and b_x.
  public var word: Linear
  /// W_l beside W_r, and b.
  public var children: Linear

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of a word.
  ///   - hiddenSize: The units of a node.
  ///   - random: The randomness of the start.
  public init(inputSize: Int, hiddenSize: Int, random: RandomSource = .unseeded()) {
    word = Linear(forWordsOf: inputSize, outputSize: hiddenSize, random: random)
    children = Linear(forChildren: 2, size: hiddenSize, random: random)
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

  /// tanh(W_l h_l + W_r h_r + b).
  public func nodeState(of children: TreeChildren<Tensor>) -> Tensor {
    self.children(children.sideBySide(children.state)).tanh()
  }

  /// The state.
  public func output(of state: Tensor) -> Tensor { state }

  /// Shows `weight_word`, `bias_word`, `weight_children`, `bias_children`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    word.visitTreeParameters(&visitor, "word")
    children.visitTreeParameters(&visitor, "children")
  }
}
