import RecurrentKernels
public import RecurrentTensor

/// What an LSTM carries from step to step.
public struct LSTMState: RecurrentState {
  /// The hidden state h, `[batch, hidden]`.
  public var hidden: Tensor
  /// The cell state c, `[batch, hidden]`.
  public var cell: Tensor

  /// A state of these parts.
  public init(hidden: Tensor, cell: Tensor) {
    self.hidden = hidden
    self.cell = cell
  }

  /// Shows `hidden`, then `cell`.
  public mutating func visitTensors(_ body: (inout Tensor) -> Void) {
    body(&hidden)
    body(&cell)
  }
}

/// Long short-term memory: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
///
///     inputGate  i = σ(W_ii x + b_ii + W_hi h + b_hi)
///     forgetGate f = σ(W_if x + b_if + W_hf h + b_hf)
///     candidate  g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     outputGate o = σ(W_io x + b_io + W_ho h + b_ho)
///     c' = f c + i g
///     h' = o tanh(c')
///
/// The gates lie in the order i, f, g, o, as in PyTorch. The output is `h'`. Defaults: with bias, all weights uniform
/// within ±1/√hidden as PyTorch.
public struct LSTMCell: RecurrentCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "lstm", title: "Long short-term memory (LSTM)", source: "Hochreiter and Schmidhuber 1997; Gers et al. 2000",
    equations: """
      i = σ(W_ii x + b_ii + W_hi h + b_hi)
      f = σ(W_if x + b_if + W_hf h + b_hf)
      g = tanh(W_ig x + b_ig + W_hg h + b_hg)
      o = σ(W_io x + b_io + W_ho h + b_ho)
      c' = f ⊙ c + i ⊙ g
      h' = o ⊙ tanh(c')
      """)

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(0, keepsWhenOpen: false), MemoryGate(1, keepsWhenOpen: true)]

  /// The weights of the four gates.
  public var weights: CellWeights

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of the state.
  ///   - hasBias: Whether there are biases.
  ///   - forgetBias: What the forget gate's two biases start with together (Jozefowicz et al. 2015 advise 1); nil leaves
  ///     them to `initialization`.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, hasBias: Bool = true, forgetBias: Scalar? = nil,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    weights = CellWeights(
      inputSize: inputSize, hiddenSize: hiddenSize, gates: 4, hasBias: hasBias, initialization: initialization,
      random: random)
    guard let forgetBias else { return }
    require(hasBias, LayerMessages.option("LSTMCell", "forgetBias", expected: "nil without bias", received: forgetBias))
    for unit in hiddenSize..<2 * hiddenSize {
      weights.inputBias![unit] = forgetBias
      weights.recurrentBias![unit] = 0
    }
  }

  /// A cell with fresh weights and the defaults of its initialiser.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// Those of the gates, with both biases.
  public static func mostScalars(inputSize: Double, hiddenSize: Double) -> Double {
    4 * hiddenSize * (inputSize + hiddenSize + 2)
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

  /// One step of the equations.
  public func step(_ input: Tensor, from state: LSTMState) -> (output: Tensor, state: LSTMState) {
    let gates = weights.inputProduct(input) + weights.recurrentProduct(state.hidden)
    let inputGate = weights.gate(0, of: gates).sigmoid()
    let forgetGate = weights.gate(1, of: gates).sigmoid()
    let candidate = weights.gate(2, of: gates).tanh()
    let outputGate = weights.gate(3, of: gates).sigmoid()
    let cell = forgetGate * state.cell + inputGate * candidate
    let hidden = outputGate * cell.tanh()
    return (hidden, LSTMState(hidden: hidden, cell: cell))
  }

  /// All steps by the fused sequence driver, which chooses what is computed again.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: LSTMState
  ) -> SequenceResult<LSTMState> {
    scan(inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .automatic)
  }

  /// All steps by the fused sequence driver: the numbers of the loop over `step`, to rounding, and one tape entry.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: LSTMState, recomputation: Recomputation
  ) -> SequenceResult<LSTMState> {
    let result = weights.fusedScan(
      sequenceCell, layer: Self.layerName, inputs, lengths: lengths, reversed: reversed, hidden: state.hidden,
      memories: [state.cell], recomputation: recomputation)
    return SequenceResult(
      outputs: result.outputs, finalState: LSTMState(hidden: result.hidden, cell: result.memories[0]))
  }

  /// Shows `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { weights.visitParameters(&visitor) }
}
