/// A gated unit whose gates see the input alone: minGRU of Feng et al., "Were RNNs all we needed?", 2024.
///
///     updateGate z = σ(W_iz x + b_iz)
///     candidate  n = W_in x + b_in
///     h' = (1 - z) ⊙ h + z ⊙ n
///
/// The gates lie in the order z, n. The state is `h`, `[batch, hidden]`; it is also the output. Nothing of a step but the
/// state of each unit depends on the step before: there are products of the input alone, of many steps at a time.
/// Defaults: all weights uniform within ±1/√hidden.
public struct MinGRUCell: PointwiseCell, NamedCell, ChronoCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "mingru", title: "minGRU", source: "Feng et al. 2024",
    equations: """
      z = σ(W_iz x + b_iz)
      n = W_in x + b_in
      h' = (1 - z) ⊙ h + z ⊙ n
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let update = cell.inputGate().sigmoid(), candidate = cell.inputGate()
    return .init(hidden: cell.hidden + update * (candidate - cell.hidden))
  }

  /// The gates that decide how long the cell remembers.
  public static let memoryGates = [MemoryGate(0, keepsWhenOpen: false)]

  /// The weights of the gate and the candidate.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
