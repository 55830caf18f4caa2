public import RecurrentTensor

/// The child-sum Tree-LSTM with a word at every node that has one: Tai, Socher and Manning, "Improved semantic representations
/// from tree-structured long short-term memory networks", 2015. Over parses by dependency it is their Dependency Tree-LSTM.
///
///     s = Σ_k h_k
///     i = σ(W_i x + U_i s + b_i)   o = σ(W_o x + U_o s + b_o)   g = tanh(W_g x + U_g s + b_g)
///     f_k = σ(W_f x + U_f h_k + b_f),  one for each child k
///     c' = i ⊙ g + Σ_k f_k ⊙ c_k
///     h' = o ⊙ tanh(c')
///
/// x is the word of the node, or zero; a leaf has no children, so that its s is zero. A node may have any number of children, whose
/// order makes no difference. The rows of `weight_word` `[3 * hidden, input]`, `weight_sum` `[3 * hidden, hidden]` and `bias` are
/// i, o, g; `weight_head` is W_f, `[hidden, input]`, `weight_forget` U_f, `[hidden, hidden]`. Where words stand at leaves alone W_f
/// is never used: ``ChildSumTreeLSTMCell`` is this cell without it. Defaults: weights uniform within ±1/√fan of their inputs,
/// biases zero, that of the forget gate 1 (Jozefowicz et al. 2015).
public struct DependencyTreeLSTMCell: NamedTreeCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "tree-lstm-head", title: "Child-sum Tree-LSTM with words at all nodes, of dependencies",
    source: "Tai, Socher and Manning 2015",
    equations: """
      s = Σ_k h_k, i, o = σ(W x + U s + b), g = tanh(W_g x + U_g s + b_g)
      f_k = σ(W_f x + U_f h_k + b_f)    (x zero at a node without a word)
      c' = i ⊙ g + Σ_k f_k ⊙ c_k
      h' = o ⊙ tanh(c')
      """)

  /// All weights but W_f.
  public var childSum: ChildSumTreeLSTMCell
  /// W_f, which meets the word of a node with children, `[hidden, input]`.
  public var headWeight: Tensor

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of a word.
  ///   - hiddenSize: The units of a node.
  ///   - random: The randomness of the start.
  public init(inputSize: Int, hiddenSize: Int, random: RandomSource = .unseeded()) {
    childSum = ChildSumTreeLSTMCell(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
    headWeight = Initializer.uniformAsPyTorch.weights(
      outputs: hiddenSize, inputs: inputSize, blocks: 1, random: random.stream("weight_head"))
  }

  /// A cell with fresh weights.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of a word.
  public var inputSize: Int { childSum.inputSize }
  /// The units of a node.
  public var outputSize: Int { childSum.outputSize }
  /// Any number.
  public var childPlaces: Int? { nil }
  /// Yes.
  public static var takesHeads: Bool { true }

  /// h and c of leaves.
  public func leafState(of words: Tensor) -> LSTMState { childSum.leafState(of: words) }

  /// h and c of nodes without words.
  public func nodeState(of children: TreeChildren<LSTMState>) -> LSTMState {
    nodeState(of: children, words: Tensor(zeros: [children.counts.count, inputSize]))
  }

  /// h and c of nodes.
  public func nodeState(of children: TreeChildren<LSTMState>, words: Tensor) -> LSTMState {
    let parents = children.counts.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    let forgetGates = words.linear(weight: headWeight).rows(at: parents) + childSum.forget(children.state.hidden)
    let sum = children.state.hidden.sums(ofRowGroups: children.counts)
    let gates = words.linear(weight: childSum.wordWeight, bias: childSum.bias) + sum.linear(weight: childSum.sumWeight)
    return TreeLSTMGates(gates, size: outputSize)
      .state(adding: (forgetGates.sigmoid() * children.state.cell).sums(ofRowGroups: children.counts))
  }

  /// h.
  public func output(of state: LSTMState) -> Tensor { state.hidden }

  /// Shows `weight_word`, `weight_sum`, `bias`, `weight_forget`, `bias_forget`, `weight_head`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    childSum.visitParameters(&visitor)
    visitor.visit(&headWeight, "weight_head")
  }
}
