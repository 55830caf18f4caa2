/// A long short-term memory whose gates see the input alone: minLSTM of Feng et al., "Were RNNs all we needed?", 2024.
///
///     forgetGate f = σ(W_if x + b_if)
///     inputGate  i = σ(W_ii x + b_ii)
///     candidate  n = W_in x + b_in
///     h' = (f ⊙ h + i ⊙ n) / (f + i)
///
/// The gates lie in the order f, i, n. The state is `h`, `[batch, hidden]`; it is also the output. Products are those of
/// ``MinGRUCell``; where both gates are zero the state stays. Defaults: all weights uniform within ±1/√hidden.
public struct MinLSTMCell: PointwiseCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "minlstm", title: "minLSTM", source: "Feng et al. 2024",
    equations: """
      f = σ(W_if x + b_if)
      i = σ(W_ii x + b_ii)
      n = W_in x + b_in
      h' = (f ⊙ h + i ⊙ n) / (f + i)
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let forget = cell.inputGate().sigmoid(), input = cell.inputGate().sigmoid(), candidate = cell.inputGate()
    // A share is made first: both gates may be so small that what they weigh would vanish. Where both are zero nothing is
    // taken.
    let share = input / .maximum(forget + input, 1e-30)
    return .init(hidden: cell.hidden + share * (candidate - cell.hidden))
  }

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(0, keepsWhenOpen: true), MemoryGate(1, keepsWhenOpen: false)]

  /// The weights of the gates and the candidate.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
