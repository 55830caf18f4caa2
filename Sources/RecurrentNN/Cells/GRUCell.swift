import RecurrentKernels
public import RecurrentTensor

/// The gated recurrent unit of Cho et al. 2014.
///
///     resetGate  r = σ(W_ir x + b_ir + W_hr h + b_hr)
///     updateGate z = σ(W_iz x + b_iz + W_hz h + b_hz)
///     candidate  n = tanh(W_in x + b_in + r (W_hn h + b_hn))    reset after the product
///                n = tanh(W_in x + b_in + W_hn (r h) + b_hn)    reset before the product
///     h' = (1 - z) n + z h
///
/// The gates lie in the order r, z, n, as in PyTorch. The state is `h`, `[batch, hidden]`; it is also the output.
/// Defaults: reset after the product, with bias, all weights uniform within ±1/√hidden, as PyTorch.
public struct GRUCell: RecurrentCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "gru", title: "Gated recurrent unit (GRU)",
    source: "Cho et al. 2014, the reset after the product as in cuDNN",
    equations: """
      r = σ(W_ir x + b_ir + W_hr h + b_hr)
      z = σ(W_iz x + b_iz + W_hz h + b_hz)
      n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))
      h' = (1 - z) ⊙ n + z ⊙ h
      """)

  /// Where the reset gate acts.
  public enum Reset: String, Hashable, Sendable, Codable, CaseIterable {
    /// On the product of the candidate's recurrent weights with the state, bias included: PyTorch, cuDNN, and Keras with
    /// `reset_after`.
    case afterProduct
    /// On the state, before the product: the paper, and Keras without `reset_after`.
    case beforeProduct
  }

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(1, keepsWhenOpen: true)]

  /// The weights of the three gates.
  public var weights: CellWeights
  /// Where the reset gate acts.
  public let reset: Reset

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of the state.
  ///   - reset: Where the reset gate acts.
  ///   - hasBias: Whether there are biases.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, reset: Reset = .afterProduct, hasBias: Bool = true,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    self.reset = reset
    weights = CellWeights(
      inputSize: inputSize, hiddenSize: hiddenSize, gates: 3, hasBias: hasBias, initialization: initialization,
      random: random)
  }

  /// A cell with fresh weights and the defaults of its initialiser.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// Those of the gates, with both biases.
  public static func mostScalars(inputSize: Double, hiddenSize: Double) -> Double {
    3 * hiddenSize * (inputSize + hiddenSize + 2)
  }

  /// The features of the input.
  public var inputSize: Int { weights.inputSize }
  /// The units of the state.
  public var outputSize: Int { weights.hiddenSize }

  /// Zeros, `[batch, hidden]`.
  public func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

  /// One step of the equations.
  public func step(_ input: Tensor, from hidden: Tensor) -> (output: Tensor, state: Tensor) {
    step(input, from: hidden, seenAs: hidden)
  }

  /// One step whose products see the state through a mask; what the update gate keeps is not masked.
  public func step(
    _ input: Tensor, from hidden: Tensor, recurrentMask: Tensor
  ) -> (output: Tensor, state: Tensor) {
    step(input, from: hidden, seenAs: hidden * recurrentMask)
  }

  private func step(_ input: Tensor, from hidden: Tensor, seenAs seen: Tensor) -> (output: Tensor, state: Tensor) {
    let fromInput = weights.inputProduct(input)
    let fromHidden = weights.recurrentProduct(seen)
    let resetGate = (weights.gate(0, of: fromInput) + weights.gate(0, of: fromHidden)).sigmoid()
    let updateGate = (weights.gate(1, of: fromInput) + weights.gate(1, of: fromHidden)).sigmoid()
    let recurrent =
      switch reset {
      case .afterProduct: resetGate * weights.gate(2, of: fromHidden)
      case .beforeProduct: weights.gate(2, of: weights.recurrentProduct(resetGate * seen))
      }
    let candidate = (weights.gate(2, of: fromInput) + recurrent).tanh()
    let next = (1 - updateGate) * candidate + updateGate * hidden
    return (next, next)
  }

  /// All steps by the fused sequence driver, which chooses what is computed again.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: Tensor
  ) -> SequenceResult<Tensor> {
    scan(inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .automatic)
  }

  /// All steps by the fused sequence driver: the numbers of the loop over `step`, to rounding, and one tape entry.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: Tensor, recomputation: Recomputation
  ) -> SequenceResult<Tensor> {
    let result = weights.fusedScan(
      sequenceCell, layer: Self.layerName, inputs, lengths: lengths, reversed: reversed, hidden: state,
      recomputation: recomputation)
    return SequenceResult(outputs: result.outputs, finalState: result.hidden)
  }

  /// Shows `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { weights.visitParameters(&visitor) }
}
