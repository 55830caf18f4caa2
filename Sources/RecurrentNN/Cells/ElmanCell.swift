import RecurrentKernels
public import RecurrentTensor

/// The simple recurrence of Elman, "Finding structure in time", 1990.
///
///     h' = f(W_ih x + b_ih + W_hh h + b_hh)
///
/// The state is `h`, `[batch, hidden]`; it is also the output. Defaults: f = tanh, with bias, all weights uniform within
/// ±1/√hidden as PyTorch.
public struct ElmanCell: RecurrentCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "elman", title: "Simple recurrent network (Elman)", source: "Elman 1990",
    equations: "h' = tanh(W_ih x + b_ih + W_hh h + b_hh)")

  /// The weights; there is one gate.
  public var weights: CellWeights
  /// The function f.
  public let activation: Activation

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of the state.
  ///   - activation: The function f.
  ///   - hasBias: Whether there are biases.
  ///   - initialization: How the weights start.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, activation: Activation = .tanh, hasBias: Bool = true,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    self.activation = activation
    weights = CellWeights(
      inputSize: inputSize, hiddenSize: hiddenSize, gates: 1, hasBias: hasBias, initialization: initialization,
      random: random)
  }

  /// A cell with fresh weights and the defaults of its initialiser.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// Those of the gate, with both biases.
  public static func mostScalars(inputSize: Double, hiddenSize: Double) -> Double {
    hiddenSize * (inputSize + hiddenSize + 2)
  }

  /// The features of the input.
  public var inputSize: Int { weights.inputSize }
  /// The units of the state.
  public var outputSize: Int { weights.hiddenSize }
  /// `ElmanRNN`.
  public static var layerName: String { "ElmanRNN" }

  /// Zeros, `[batch, hidden]`.
  public func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

  /// One step of the equation.
  public func step(_ input: Tensor, from hidden: Tensor) -> (output: Tensor, state: Tensor) {
    let next = activation(weights.inputProduct(input) + weights.recurrentProduct(hidden))
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
