/// A simple recurrence of rectified units that starts as the identity: Le, Jaitly and Hinton, "A simple way to initialize
/// recurrent networks of rectified linear units", 2015.
///
///     h' = max(0, W_ih x + b_ih + W_hh h + b_hh)
///
/// The state is `h`, `[batch, hidden]`; it is also the output. Defaults: recurrent weights the identity, input weights
/// normal with a standard deviation of 0.001, biases zero, as the paper. A step size of 1e-8 to 1e-2 and clipped
/// gradients belong to it.
public struct IRNNCell: PointwiseCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "irnn", title: "Rectified units that start as the identity (IRNN)", source: "Le, Jaitly and Hinton 2015",
    equations: "h' = max(0, W_ih x + b_ih + W_hh h + b_hh)")

  /// What a step computes.
  public static let equations = CellEquations { cell in .init(hidden: cell.gate().relu()) }

  /// The identity for the state, next to nothing for the input.
  public static let initialization = CellInitialization(
    inputWeight: .normal(standardDeviation: 0.001), recurrentWeight: .identity(gain: 1), bias: .constant(0))

  /// The weights; there is one gate.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }
}
