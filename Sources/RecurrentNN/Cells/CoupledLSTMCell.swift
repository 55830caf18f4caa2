/// Long short-term memory that writes as much as it forgets: the coupled input and forget gate (CIFG) of Greff et al.,
/// "LSTM: A search space odyssey", 2015.
///
///     forgetGate f = σ(W_if x + b_if + W_hf h + b_hf)
///     candidate  g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     outputGate o = σ(W_io x + b_io + W_ho h + b_ho)
///     c' = f ⊙ c + (1 - f) ⊙ g
///     h' = o ⊙ tanh(c')
///
/// The paper couples the other way round, f = 1 - i, which is the same but for the sign of a gate's weights, and has
/// peepholes. The gates lie in the order f, g, o: three quarters of the weights of ``LSTMCell``. Defaults: all weights
/// uniform within ±1/√hidden.
public struct CoupledLSTMCell: PointwiseCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "lstm-coupled", title: "LSTM with coupled input and forget gate (CIFG)", source: "Greff et al. 2015",
    equations: """
      f = σ(W_if x + b_if + W_hf h + b_hf)
      g = tanh(W_ig x + b_ig + W_hg h + b_hg)
      o = σ(W_io x + b_io + W_ho h + b_ho)
      c' = f ⊙ c + (1 - f) ⊙ g
      h' = o ⊙ tanh(c')
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let forget = cell.gate().sigmoid(), candidate = cell.gate().tanh(), output = cell.gate().sigmoid()
    let memory = candidate + forget * (cell.memory() - candidate)
    return .init(hidden: output * memory.tanh(), memories: [memory])
  }

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(0, keepsWhenOpen: true)]

  /// The weights of the three gates.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
