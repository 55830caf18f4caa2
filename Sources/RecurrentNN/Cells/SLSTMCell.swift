public import RecurrentTensor

/// Long short-term memory with exponential gates and a stabiliser: sLSTM of Beck et al., "xLSTM: Extended long short-term
/// memory", 2024, with one head.
///
///     inputGate  i = W_ii x + b_ii + W_hi h + b_hi
///     forgetGate f = W_if x + b_if + W_hf h + b_hf
///     candidate  g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     outputGate o = σ(W_io x + b_io + W_ho h + b_ho)
///     stabiliser m' = max(f + m, i)
///     c' = exp(f + m - m') ⊙ c + exp(i - m') ⊙ g
///     n' = exp(f + m - m') ⊙ n + exp(i - m')
///     h' = o ⊙ c' / n'
///
/// The gates lie in the order i, f, g, o; the memories are c, n, m, `[batch, hidden]` each. m only keeps the exponentials
/// within what a number holds: it starts so low that the first step sets it, and h' does not depend on it. Defaults: all
/// weights uniform within ±1/√hidden.
public struct SLSTMCell: PointwiseCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "slstm", title: "LSTM with exponential gates (sLSTM)", source: "Beck et al. 2024",
    equations: """
      i = W_ii x + b_ii + W_hi h + b_hi
      f = W_if x + b_if + W_hf h + b_hf
      g = tanh(W_ig x + b_ig + W_hg h + b_hg)
      o = σ(W_io x + b_io + W_ho h + b_ho)
      m' = max(f + m, i)
      c' = exp(f + m - m') ⊙ c + exp(i - m') ⊙ g
      n' = exp(f + m - m') ⊙ n + exp(i - m')
      h' = o ⊙ c' / n'
      """)

  /// What a step computes.
  public static let equations = CellEquations { cell in
    let (before, weight, stabilizer) = (cell.memory(), cell.memory(), cell.memory())
    let input = cell.gate(), forget = cell.gate() + stabilizer
    let candidate = cell.gate().tanh(), output = cell.gate().sigmoid()
    let next = CellExpression.maximum(forget, input)
    let (kept, written) = ((forget - next).exp(), (input - next).exp())
    let memory = kept * before + written * candidate
    let newWeight = kept * weight + written
    // Nothing has been written where the weight is zero.
    return .init(
      hidden: output * (memory / .maximum(newWeight, 1e-30)), memories: [memory, newWeight, next])
  }

  /// The weights of the four gates.
  public var weights: CellWeights

  /// A cell of these weights.
  public init(weights: CellWeights) { self.weights = weights }

  /// Zeros, and a stabiliser that is lower than any gate.
  public func initialState(batchSize: Int) -> PointwiseState {
    let zeros = Tensor(zeros: [batchSize, outputSize])
    return PointwiseState(
      hidden: zeros, memories: [zeros, zeros, Tensor(repeating: -1e30, shape: [batchSize, outputSize])])
  }

  /// Memories of zero that count as one entry with open gates: a stabiliser that is lower than any gate would let nothing of them
  /// through.
  public func trainableState() -> PointwiseState {
    let zeros = Tensor(zeros: [1, outputSize])
    return PointwiseState(hidden: zeros, memories: [zeros, Tensor(repeating: 1, shape: zeros.shape), zeros])
  }

  /// The weight, which must stay above zero, and the stabiliser.
  public var fixedStartPlaces: Set<Int> { [2, 3] }

  /// The mean of what two states stand for: memory and weight count in units of exp(m), so both are brought to one m first.
  public func mean(
    of previous: PointwiseState, and next: PointwiseState, keepingHidden hidden: Scalar, memories: Scalar
  ) -> PointwiseState {
    var mean = next
    if hidden > 0 { mean.hidden = hidden * previous.hidden + (1 - hidden) * next.hidden }
    guard memories > 0 else { return mean }
    let (before, after) = (previous.memories[2], next.memories[2])
    let stabilizer = Tensor.select(where: (before - after).mask(above: 0), before, otherwise: after)
    let (old, new) = (memories * (before - stabilizer).exp(), (1 - memories) * (after - stabilizer).exp())
    for index in 0..<2 { mean.memories[index] = old * previous.memories[index] + new * next.memories[index] }
    mean.memories[2] = stabilizer
    return mean
  }
}
