public import RecurrentTensor

/// Long short-term memory with layer normalisation: Ba, Kiros and Hinton, "Layer normalization", 2016.
///
///     a = g_ih ⊙ N(W_ih x) + b_ih + g_hh ⊙ N(W_hh h) + b_hh
///     i, f, o = σ(a_i), σ(a_f), σ(a_o), candidate g = tanh(a_g)
///     c' = f ⊙ c + i ⊙ g
///     h' = o ⊙ tanh(g_c ⊙ N(c') + b_c)
///
/// N takes the mean of a row away and divides by the root of its variance + 1e-5; the rows of `W_ih x` and `W_hh h` are
/// those of all four gates, in the order i, f, g, o, and the products have no biases of their own. The memory c' is carried
/// on as it is. Parameters: `weight_ih` `[4 hidden, input]`, `weight_hh` `[4 hidden, hidden]`; `gain_ih`, `bias_ih`,
/// `gain_hh`, `bias_hh`, `[4 hidden]` each; `gain_c`, `bias_c`, `[hidden]` each. The state is that of ``LSTMCell``.
/// Defaults: weights uniform within ±1/√hidden, gains 1, shifts 0.
public struct LayerNormLSTMCell: InputFirstCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "lstm-layer-norm", title: "LSTM with layer normalisation", source: "Ba et al. 2016",
    equations: """
      N(v) = (v - mean(v)) / √(variance(v) + 0.00001)
      a = g_ih ⊙ N(W_ih x) + b_ih + g_hh ⊙ N(W_hh h) + b_hh, the rows of i, f, g, o
      i = σ(a_i)
      f = σ(a_f)
      g = tanh(a_g)
      o = σ(a_o)
      c' = f ⊙ c + i ⊙ g
      h' = o ⊙ tanh(g_c ⊙ N(c') + b_c)
      """)

  /// The weights of the four gates, without biases.
  public var weights: CellWeights
  /// Of the input's product, of the state's product and of the memory.
  public var inputNorm, recurrentNorm, memoryNorm: LayerNorm

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of the state.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, initialization: CellInitialization = .uniformAsPyTorch,
    random: RandomSource = .unseeded()
  ) {
    weights = CellWeights(
      inputSize: inputSize, hiddenSize: hiddenSize, gates: 4, hasBias: false, initialization: initialization,
      random: random)
    (inputNorm, recurrentNorm) = (LayerNorm(size: 4 * hiddenSize), LayerNorm(size: 4 * hiddenSize))
    memoryNorm = LayerNorm(size: hiddenSize)
  }

  /// A cell with fresh weights and the defaults of its initialiser.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of the input.
  public var inputSize: Int { weights.inputSize }
  /// The units of the state.
  public var outputSize: Int { weights.hiddenSize }

  /// Zeros.
  public func initialState(batchSize: Int) -> LSTMState {
    let zeros = Tensor(zeros: [batchSize, outputSize])
    return LSTMState(hidden: zeros, cell: zeros)
  }

  /// The normalised product of the input, `[..., 4 hidden]`.
  public func inputPart(_ input: Tensor) -> Tensor { inputNorm(weights.inputProduct(input)) }

  /// One step of the equations.
  public func step(inputPart: Tensor, from state: LSTMState) -> (output: Tensor, state: LSTMState) {
    let gates = inputPart + recurrentNorm(weights.recurrentProduct(state.hidden))
    let inputGate = weights.gate(0, of: gates).sigmoid()
    let forgetGate = weights.gate(1, of: gates).sigmoid()
    let candidate = weights.gate(2, of: gates).tanh()
    let outputGate = weights.gate(3, of: gates).sigmoid()
    let cell = forgetGate * state.cell + inputGate * candidate
    let hidden = outputGate * memoryNorm(cell).tanh()
    return (hidden, LSTMState(hidden: hidden, cell: cell))
  }

  /// Shows the weights, then gains and shifts.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    weights.visitParameters(&visitor)
    inputNorm.visitParameters(&visitor, "ih")
    recurrentNorm.visitParameters(&visitor, "hh")
    memoryNorm.visitParameters(&visitor, "c")
  }
}

extension LayerNorm {
  /// Shows `gain_` and `bias_` of this place in a cell.
  mutating func visitParameters(_ visitor: inout some ParameterVisitor, _ place: String) {
    visitor.visit(&weight, "gain_\(place)")
    visitor.visit(&bias, "bias_\(place)")
  }
}
