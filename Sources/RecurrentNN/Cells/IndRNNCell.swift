import Foundation
public import RecurrentTensor

/// Units that remember each for itself: Li et al., "Independently recurrent neural network (IndRNN)", 2018.
///
///     h' = max(0, W_ih x + b_ih + u ⊙ h)
///
/// The state is `h`, `[batch, hidden]`; it is also the output. `u` is the parameter `recurrent`, `[hidden]`; units meet
/// in the layer above. Defaults: u uniform in 0...1, so that some units remember long and others not; over T steps a
/// magnitude of at most 2^(1/T) keeps values from exploding, which a `WeightLimit.magnitude` on `recurrent` holds to.
public struct IndRNNCell: PointwiseCell, NamedCell, RememberingCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "indrnn", title: "Independently recurrent network (IndRNN)", source: "Li et al. 2018",
    equations: "h' = max(0, W_ih x + b_ih + u ⊙ h)")

  /// What a step computes.
  public static let equations = CellEquations { cell in
    .init(hidden: (cell.inputGate() + cell.unitWeight("recurrent") * cell.hidden).relu())
  }

  /// The weights of the input and the recurrent weight of each unit.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }

  /// The weight of each unit's own past.
  public var recurrentWeightNames: [String] { ["recurrent"] }

  /// Starts u uniform in 2^(-1/steps) to 1: after all steps at least half is left of what a unit held.
  public mutating func startRemembering(upTo steps: Int, random: RandomSource) {
    Self.requireMemory(of: steps)
    let least = Scalar(exp2(-1 / Double(steps)))
    weights.unitWeights[0].tensor = random.stream("memory").uniform([weights.hiddenSize], in: least...1)
  }

  /// Starts what `initialization` does not.
  public static func start(_ weights: inout CellWeights, random: RandomSource) {
    weights.unitWeights[0].tensor = random.stream("recurrent").uniform([weights.hiddenSize], in: 0...1)
  }
}
