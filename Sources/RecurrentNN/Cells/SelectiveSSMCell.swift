import Foundation
public import RecurrentTensor

/// A diagonal state-space model that chooses what it keeps: the selective step and the gate of Gu and Dao, "Mamba: linear-time
/// sequence modeling with selective state spaces", 2023, in the form of Smith et al., "Simplified state space layers for
/// sequence modeling" (S5), 2023, where all units share one state of as many numbers.
///
///     step Δ = log(1 + exp(W_Δ x + b_Δ))
///     keep a = exp(-exp(α) ⊙ Δ)
///     s' = a ⊙ s + (1 - a) ⊙ (B x + b_B)
///     h' = (C s' + D x + b_D) ⊙ z σ(z), z = W_z x + b_z
///
/// It is neither of the two papers' models: the state is real, B and C do not depend on the input, and there is no
/// convolution before it. Input is held from step to step (zero-order hold), 1 / exp(α) being a part of B's rows: the state
/// is a mean of what came, whatever the steps, and neither it nor its gradient grows. The memory is s, `[batch, hidden]`; the
/// rows of `weight_ih` are those of Δ, B, z and D, `weight_hh` is C, `rate_log` is α. The products take many steps at once.
///
/// Defaults: steps from 0.001 to 0.1 and rates from 1 to 16, evenly in their logarithms or numbers, as in the paper; no other
/// bias; all weights else uniform within ±1/√hidden.
public struct SelectiveSSMCell: PointwiseCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "ssm-selective", title: "Selective diagonal state space", source: "after Gu and Dao 2023; Smith et al. 2023",
    equations: """
      Δ = log(1 + exp(W_Δ x + b_Δ))
      a = exp(-exp(α) ⊙ Δ)
      s' = a ⊙ s + (1 - a) ⊙ (B x + b_B)
      z = W_z x + b_z
      h' = (C s' + D x + b_D) ⊙ z ⊙ σ(z)
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let before = cell.memory()
    let keep = (-(cell.unitWeight("rate_log") * cell.inputGate().softplus())).exp()
    let input = cell.inputGate(), gate = cell.inputGate()
    let state = input + keep * (before - input)
    return .init(hidden: cell.gate(over: state) * (gate * gate.sigmoid()), memories: [state])
  }

  /// The state: no step reads the output of the one before.
  public static let carrier = 1

  /// The weights of the step, B, the gate, D and C, and the rates.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }

  /// The rates in place of their logarithms.
  public var equationWeights: CellWeights {
    var seen = weights
    seen.unitWeights[0].tensor = weights.unitWeights[0].tensor.exp()
    return seen
  }

  /// Starts what `initialization` does not.
  public static func start(_ weights: inout CellWeights, random: RandomSource) {
    let hidden = weights.hiddenSize
    weights.recurrentBias = weights.recurrentBias.map { Tensor(zeros: $0.shape) }
    weights.inputBias = weights.inputBias.map { Tensor(zeros: $0.shape) }
    for unit in 0..<hidden {
      let share = Double(random.stream("step").uniform(at: unit))
      let step = exp(log(0.001) + share * (log(0.1) - log(0.001)))
      // What softplus makes the step of.
      weights.inputBias?[unit] = Scalar(step + log(-expm1(-step)))
      weights.unitWeights[0].tensor[unit] = Scalar(log(1 + Double(unit % 16)))
    }
  }
}
