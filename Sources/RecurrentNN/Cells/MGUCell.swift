/// The minimal gated unit of Zhou et al., "Minimal gated unit for recurrent neural networks", 2016: one gate for all.
///
///     forgetGate f = σ(W_if x + b_if + W_hf h + b_hf)
///     candidate  n = tanh(W_in x + b_in + W_hn (f ⊙ h) + b_hn)
///     h' = (1 - f) ⊙ h + f ⊙ n
///
/// The gates lie in the order f, n. The state is `h`, `[batch, hidden]`; it is also the output. Defaults: all weights
/// uniform within ±1/√hidden.
public struct MGUCell: PointwiseCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "mgu", title: "Minimal gated unit (MGU)", source: "Zhou et al. 2016",
    equations: """
      f = σ(W_if x + b_if + W_hf h + b_hf)
      n = tanh(W_in x + b_in + W_hn (f ⊙ h) + b_hn)
      h' = (1 - f) ⊙ h + f ⊙ n
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let forget = cell.gate().sigmoid()
    let candidate = cell.gate(over: forget * cell.hidden).tanh()
    return .init(hidden: cell.hidden + forget * (candidate - cell.hidden))
  }

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(0, keepsWhenOpen: false)]

  /// The weights of the gate and the candidate.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
