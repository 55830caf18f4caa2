/// The network of Jordan, "Serial order: a parallel distributed processing approach", 1986: what returns is the output, not
/// the hidden units.
///
///     unit   s = tanh(W_is x + b_is + W_hs h + b_hs)
///     output h' = tanh(W_ho s + b_ho)
///
/// In the paper the fed-back units also keep a part of themselves; here they do not. The state is the output `h`,
/// `[batch, hidden]`. The rows of `weight_hh` are those of s, then those of h'; `weight_ih` has those of s alone.
public struct JordanCell: PointwiseCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "jordan", title: "Jordan network", source: "Jordan 1986",
    equations: """
      s = tanh(W_is x + b_is + W_hs h + b_hs)
      h' = tanh(W_ho s + b_ho)
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let unit = cell.gate().tanh()
    return .init(hidden: cell.recurrentGate(over: unit).tanh())
  }

  /// The weights of both layers.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
