/// The quasi-recurrent network of Bradbury et al., "Quasi-recurrent neural networks", 2017: a convolution over two steps and
/// fo-pooling.
///
///     candidate  z = tanh(W_z x⁻ + V_z x + b_z)
///     forgetGate f = σ(W_f x⁻ + V_f x + b_f)
///     outputGate o = σ(W_o x⁻ + V_o x + b_o)
///     c' = f ⊙ c + (1 - f) ⊙ z
///     h' = o ⊙ c'
///
/// x⁻ is the input of the step before: it belongs to the state, beside h and the memory c, and starts as zero. The gates lie
/// in the order z, f, o; `weight_ih` is `[3 * hidden, 2 * input]`, its first columns W, its last V. Products are those of
/// inputs alone, as in ``MinGRUCell``. Defaults: all weights uniform within ±1/√hidden.
public struct QRNNCell: PointwiseCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "qrnn", title: "Quasi-recurrent network (QRNN)", source: "Bradbury et al. 2017",
    equations: """
      z = tanh(W_z x⁻ + V_z x + b_z)
      f = σ(W_f x⁻ + V_f x + b_f)
      o = σ(W_o x⁻ + V_o x + b_o)
      c' = f ⊙ c + (1 - f) ⊙ z
      h' = o ⊙ c'
      """)

  /// What a step computes.
  public static let equations = CellEquations(inputSteps: 2) { cell in
    let before = cell.memory()
    let candidate = cell.inputGate().tanh(), forget = cell.inputGate().sigmoid(), output = cell.inputGate().sigmoid()
    let memory = candidate + forget * (before - candidate)
    return .init(hidden: output * memory, memories: [memory])
  }

  /// The memory: no step reads the hidden state of the one before.
  public static let carrier = 1

  /// The weights of the candidate and the gates.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
