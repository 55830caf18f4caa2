public import RecurrentTensor

/// The child-sum Tree-LSTM: Tai, Socher and Manning, "Improved semantic representations from tree-structured long
/// short-term memory networks", 2015.
///
///     leaf i = σ(W_i x + b_i)   o = σ(W_o x + b_o)   g = tanh(W_g x + b_g)
///          c' = i ⊙ g
///     node s = Σ_k h_k
///          i = σ(U_i s + b_i)   o = σ(U_o s + b_o)   g = tanh(U_g s + b_g)
///          f_k = σ(U_f h_k + b_f),  one for each child k
///          c' = i ⊙ g + Σ_k f_k ⊙ c_k
///     h' = o ⊙ tanh(c')
///
/// A node may have any number of children, whose order makes no difference. Words stand at leaves (``DependencyTreeLSTMCell``
/// takes them at all nodes). The rows of `weight_word` `[3 * hidden, input]`, `weight_sum` `[3 * hidden, hidden]` and `bias` are
/// i, o, g; `weight_forget` is `[hidden, hidden]`. Defaults: weights uniform within ±1/√fan of their inputs, biases zero, that of
/// the forget gate 1 (Jozefowicz et al. 2015).
public struct ChildSumTreeLSTMCell: NamedTreeCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "tree-lstm-sum", title: "Child-sum Tree-LSTM", source: "Tai, Socher and Manning 2015",
    equations: """
      leaf: i, o = σ(W x + b), g = tanh(W_g x + b_g), c' = i ⊙ g
      node: s = Σ_k h_k, i, o = σ(U s + b), g = tanh(U_g s + b_g)
      node: f_k = σ(U_f h_k + b_f), c' = i ⊙ g + Σ_k f_k ⊙ c_k
      h' = o ⊙ tanh(c')
      """)

  /// What meets the words, `[3 * hidden, input]`.
  public var wordWeight: Tensor
  /// What meets the sum of the children, `[3 * hidden, hidden]`.
  public var sumWeight: Tensor
  /// `[3 * hidden]`.
  public var bias: Tensor
  /// U_f and b_f.
  public var forget: Linear

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of a word.
  ///   - hiddenSize: The units of a node.
  ///   - random: The randomness of the start.
  public init(inputSize: Int, hiddenSize: Int, random: RandomSource = .unseeded()) {
    wordWeight = Initializer.uniformAsPyTorch.weights(
      outputs: hiddenSize, inputs: inputSize, blocks: 3, random: random.stream("weight_word"))
    sumWeight = Initializer.uniformAsPyTorch.weights(
      outputs: hiddenSize, inputs: hiddenSize, blocks: 3, random: random.stream("weight_sum"))
    bias = Tensor(zeros: [3 * hiddenSize])
    forget = Linear(
      inputSize: hiddenSize, outputSize: hiddenSize, biasInitializer: .constant(1), random: random.stream("forget"))
  }

  /// A cell with fresh weights.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of a word.
  public var inputSize: Int { wordWeight.shape[1] }
  /// The units of a node.
  public var outputSize: Int { sumWeight.shape[1] }
  /// Any number.
  public var childPlaces: Int? { nil }

  /// h and c of leaves.
  public func leafState(of words: Tensor) -> LSTMState {
    TreeLSTMGates(words.linear(weight: wordWeight, bias: bias), size: outputSize).state(adding: nil)
  }

  /// h and c of nodes.
  public func nodeState(of children: TreeChildren<LSTMState>) -> LSTMState {
    let sum = children.state.hidden.sums(ofRowGroups: children.counts)
    let kept = forget(children.state.hidden).sigmoid() * children.state.cell
    return TreeLSTMGates(sum.linear(weight: sumWeight, bias: bias), size: outputSize)
      .state(adding: kept.sums(ofRowGroups: children.counts))
  }

  /// h.
  public func output(of state: LSTMState) -> Tensor { state.hidden }

  /// Shows `weight_word`, `weight_sum`, `bias`, `weight_forget`, `bias_forget`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&wordWeight, "weight_word")
    visitor.visit(&sumWeight, "weight_sum")
    visitor.visit(&bias, "bias")
    forget.visitTreeParameters(&visitor, "forget")
  }
}
