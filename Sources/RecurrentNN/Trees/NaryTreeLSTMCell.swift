public import RecurrentTensor

/// The N-ary Tree-LSTM: Tai, Socher and Manning, "Improved semantic representations from tree-structured long short-term
/// memory networks", 2015. With two children it is their constituency Tree-LSTM.
///
///     leaf i = σ(W_i x + b_i)   o = σ(W_o x + b_o)   g = tanh(W_g x + b_g)
///          c' = i ⊙ g
///     node i = σ(Σ_l U_il h_l + b_i)   o = σ(Σ_l U_ol h_l + b_o)   g = tanh(Σ_l U_gl h_l + b_g)
///          f_k = σ(Σ_l U_fkl h_l + b_f),  one for each child k
///          c' = i ⊙ g + Σ_k f_k ⊙ c_k
///     h' = o ⊙ tanh(c')
///
/// Each place of a child has weights of its own; a child that lacks has h = c = 0. Words stand at leaves. The rows of
/// `weight_word` `[3 * hidden, input]` are i, o, g; those of `weight_children` `[(3 + places) * hidden, places * hidden]`
/// and of `bias` i, o, g and then the forget gates; its columns are the children from left to right. Defaults: two places,
/// weights uniform within ±1/√fan of their inputs, biases zero, those of the forget gates 1 (Jozefowicz et al. 2015).
public struct NaryTreeLSTMCell: NamedTreeCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "tree-lstm", title: "N-ary Tree-LSTM, of constituents", source: "Tai, Socher and Manning 2015",
    equations: """
      leaf: i, o = σ(W x + b), g = tanh(W_g x + b_g), c' = i ⊙ g
      node: i, o = σ(Σ_l U_l h_l + b), g = tanh(Σ_l U_gl h_l + b_g)
      node: f_k = σ(Σ_l U_fkl h_l + b_f), c' = i ⊙ g + Σ_k f_k ⊙ c_k
      h' = o ⊙ tanh(c')
      """)

  /// What meets the words, `[3 * hidden, input]`.
  public var wordWeight: Tensor
  /// What meets the children, `[(3 + places) * hidden, places * hidden]`.
  public var childWeight: Tensor
  /// `[(3 + places) * hidden]`.
  public var bias: Tensor

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of a word.
  ///   - hiddenSize: The units of a node.
  ///   - places: The most children of a node.
  ///   - random: The randomness of the start.
  public init(inputSize: Int, hiddenSize: Int, places: Int = 2, random: RandomSource = .unseeded()) {
    require(places > 0, LayerMessages.option("NaryTreeLSTMCell", "places", expected: "at least 1", received: places))
    wordWeight = Initializer.uniformAsPyTorch.weights(
      outputs: hiddenSize, inputs: inputSize, blocks: 3, random: random.stream("weight_word"))
    childWeight = Initializer.uniformAsPyTorch.weights(
      outputs: hiddenSize, inputs: places * hiddenSize, blocks: 3 + places, random: random.stream("weight_children"))
    bias = Tensor(zeros: [(3 + places) * hiddenSize])
    for unit in 3 * hiddenSize..<(3 + places) * hiddenSize { bias[unit] = 1 }
  }

  /// A cell with fresh weights and two places for children.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of a word.
  public var inputSize: Int { wordWeight.shape[1] }
  /// The units of a node.
  public var outputSize: Int { wordWeight.shape[0] / 3 }
  /// The most children of a node.
  public var childPlaces: Int? { childWeight.shape[1] / outputSize }

  /// h and c of leaves.
  public func leafState(of words: Tensor) -> LSTMState {
    let gates = words.linear(weight: wordWeight, bias: bias[0..<3 * outputSize, axis: 0])
    return TreeLSTMGates(gates, size: outputSize).state(adding: nil)
  }

  /// h and c of nodes.
  public func nodeState(of children: TreeChildren<LSTMState>) -> LSTMState {
    let (size, gates) = (
      outputSize, children.sideBySide(children.state.hidden).linear(weight: childWeight, bias: bias)
    )
    let forgetGates = gates[3 * size..<gates.shape[1], axis: 1].sigmoid()
    let kept = forgetGates * children.sideBySide(children.state.cell)
    let memories = stride(from: 0, to: kept.shape[1], by: size).map { kept[$0..<$0 + size, axis: 1] }
    return TreeLSTMGates(gates, size: size).state(adding: memories.dropFirst().reduce(memories[0], +))
  }

  /// h.
  public func output(of state: LSTMState) -> Tensor { state.hidden }

  /// Shows `weight_word`, `weight_children`, `bias`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&wordWeight, "weight_word")
    visitor.visit(&childWeight, "weight_children")
    visitor.visit(&bias, "bias")
  }
}

/// What all Tree-LSTMs make of their gates i, o, g.
struct TreeLSTMGates {
  private let written, outputGate: Tensor

  /// Gates before their activation in the first columns of a tensor, in the order i, o, g.
  init(_ gates: Tensor, size: Int) {
    let both = gates[0..<2 * size, axis: 1].sigmoid()
    written = both[0..<size, axis: 1] * gates[2 * size..<3 * size, axis: 1].tanh()
    outputGate = both[size..<2 * size, axis: 1]
  }

  /// c' = i ⊙ g + what is kept of the children, h' = o ⊙ tanh(c').
  func state(adding kept: Tensor?) -> LSTMState {
    let cell = kept.map { written + $0 } ?? written
    return LSTMState(hidden: outputGate * cell.tanh(), cell: cell)
  }
}
