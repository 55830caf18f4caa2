public import RecurrentTensor

/// The gated recurrent unit with layer normalisation: Ba, Kiros and Hinton, "Layer normalization", 2016.
///
///     a = g_ih ⊙ N(W_ih x) + b_ih,  u = g_hh ⊙ N(W_hh h) + b_hh
///     resetGate  r = σ(a_r + u_r)
///     updateGate z = σ(a_z + u_z)
///     candidate  n = tanh(a_n + r ⊙ u_n)
///     h' = (1 - z) ⊙ n + z ⊙ h
///
/// N takes the mean of a row away and divides by the root of its variance + 1e-5: the rows of both gates together, and
/// those of the candidate by themselves. The gates lie in the order r, z, n, and z keeps the state as in ``GRUCell`` (in the
/// paper it lets the candidate in). Parameters: `weight_ih` `[3 hidden, input]`, `weight_hh` `[3 hidden, hidden]`;
/// `gain_ih`, `bias_ih`, `gain_hh`, `bias_hh`, `[3 hidden]` each. The state is `h`, `[batch, hidden]`; it is also the
/// output. Defaults: weights uniform within ±1/√hidden, gains 1, shifts 0.
public struct LayerNormGRUCell: InputFirstCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "gru-layer-norm", title: "GRU with layer normalisation", source: "Ba et al. 2016",
    equations: """
      N(v) = (v - mean(v)) / √(variance(v) + 0.00001), of the rows r, z together and of the rows n
      a = g_ih ⊙ N(W_ih x) + b_ih
      u = g_hh ⊙ N(W_hh h) + b_hh
      r = σ(a_r + u_r)
      z = σ(a_z + u_z)
      n = tanh(a_n + r ⊙ u_n)
      h' = (1 - z) ⊙ n + z ⊙ h
      """)

  /// The weights of the three gates, without biases.
  public var weights: CellWeights
  /// Of the input's product and of the state's product.
  public var inputNorm, recurrentNorm: LayerNorm

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
      inputSize: inputSize, hiddenSize: hiddenSize, gates: 3, hasBias: false, initialization: initialization,
      random: random)
    let parts = [2 * hiddenSize, hiddenSize]
    (inputNorm, recurrentNorm) = (LayerNorm(parts: parts), LayerNorm(parts: parts))
  }

  /// A cell with fresh weights and the defaults of its initialiser.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of the input.
  public var inputSize: Int { weights.inputSize }
  /// The units of the state.
  public var outputSize: Int { weights.hiddenSize }

  /// Zeros, `[batch, hidden]`.
  public func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

  /// The normalised product of the input, `[..., 3 hidden]`.
  public func inputPart(_ input: Tensor) -> Tensor { inputNorm(weights.inputProduct(input)) }

  /// One step of the equations.
  public func step(inputPart: Tensor, from hidden: Tensor) -> (output: Tensor, state: Tensor) {
    step(inputPart: inputPart, from: hidden, seenAs: hidden)
  }

  /// A step whose recurrent products see the hidden state through a mask.
  public func step(
    _ input: Tensor, from hidden: Tensor, recurrentMask: Tensor
  ) -> (output: Tensor, state: Tensor) {
    step(inputPart: inputPart(input), from: hidden, seenAs: hidden * recurrentMask)
  }

  private func step(inputPart: Tensor, from hidden: Tensor, seenAs seen: Tensor) -> (output: Tensor, state: Tensor) {
    let ofState = recurrentNorm(weights.recurrentProduct(seen))
    let gates = 0..<2 * outputSize
    let resetAndUpdate = (inputPart[gates, axis: 1] + ofState[gates, axis: 1]).sigmoid()
    let (reset, update) = (weights.gate(0, of: resetAndUpdate), weights.gate(1, of: resetAndUpdate))
    let candidate = (weights.gate(2, of: inputPart) + reset * weights.gate(2, of: ofState)).tanh()
    let next = candidate + update * (hidden - candidate)
    return (next, next)
  }

  /// Shows the weights, then gains and shifts.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    weights.visitParameters(&visitor)
    inputNorm.visitParameters(&visitor, "ih")
    recurrentNorm.visitParameters(&visitor, "hh")
  }
}
