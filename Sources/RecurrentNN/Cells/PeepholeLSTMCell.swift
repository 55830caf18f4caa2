/// Long short-term memory whose gates see the memory: Gers and Schmidhuber, "Recurrent nets that time and count", 2000.
///
///     inputGate  i = σ(W_ii x + b_ii + W_hi h + b_hi + p_i ⊙ c)
///     forgetGate f = σ(W_if x + b_if + W_hf h + b_hf + p_f ⊙ c)
///     candidate  g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     c' = f ⊙ c + i ⊙ g
///     outputGate o = σ(W_io x + b_io + W_ho h + b_ho + p_o ⊙ c')
///     h' = o ⊙ tanh(c')
///
/// Weights lie as in ``LSTMCell``, in the order i, f, g, o; the peepholes are `peephole_i`, `peephole_f`, `peephole_o`,
/// `[hidden]` each. Defaults: all weights uniform within ±1/√hidden.
public struct PeepholeLSTMCell: PointwiseCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "lstm-peephole", title: "LSTM with peepholes", source: "Gers and Schmidhuber 2000",
    equations: """
      i = σ(W_ii x + b_ii + W_hi h + b_hi + p_i ⊙ c)
      f = σ(W_if x + b_if + W_hf h + b_hf + p_f ⊙ c)
      g = tanh(W_ig x + b_ig + W_hg h + b_hg)
      c' = f ⊙ c + i ⊙ g
      o = σ(W_io x + b_io + W_ho h + b_ho + p_o ⊙ c')
      h' = o ⊙ tanh(c')
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let before = cell.memory()
    let input = (cell.gate() + cell.unitWeight("peephole_i") * before).sigmoid()
    let forget = (cell.gate() + cell.unitWeight("peephole_f") * before).sigmoid()
    let memory = forget * before + input * cell.gate().tanh()
    let output = (cell.gate() + cell.unitWeight("peephole_o") * memory).sigmoid()
    return .init(hidden: output * memory.tanh(), memories: [memory])
  }

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(0, keepsWhenOpen: false), MemoryGate(1, keepsWhenOpen: true)]

  /// The weights of the four gates and the peepholes.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
