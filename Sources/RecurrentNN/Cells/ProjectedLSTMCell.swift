public import RecurrentTensor

/// Long short-term memory whose output is projected: Sak et al., "Long short-term memory recurrent neural network
/// architectures for large scale acoustic modeling", 2014.
///
///     inputGate  i = σ(W_ii x + b_ii + W_hi h + b_hi)
///     forgetGate f = σ(W_if x + b_if + W_hf h + b_hf)
///     candidate  g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     outputGate o = σ(W_io x + b_io + W_ho h + b_ho)
///     c' = f ⊙ c + i ⊙ g
///     h' = W_hr (o ⊙ tanh(c'))
///
/// Layout, names and numbers are those of PyTorch's `LSTM(proj_size=)`: `weight_ih` `[4 hidden, input]`, `weight_hh`
/// `[4 hidden, projection]`, `bias_ih`, `bias_hh`, `weight_hr` `[projection, hidden]`. The state is h
/// `[batch, projection]`, which is also the output, and c `[batch, hidden]`. The paper's peepholes and its second
/// projection, which is not fed back, are left out as there. The recurrent weights shrink with the projection, so that a
/// large memory costs little. Defaults: with bias, all weights uniform within ±1/√hidden.
///
/// Chosen by name, a layer of N units has outputs of size N and memories of size 2 N: the projection is half of them.
public struct ProjectedLSTMCell: InputFirstCell, NamedCell {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "lstm-projection", title: "LSTM with projection, twice as many memories as outputs",
    source: "Sak et al. 2014",
    equations: """
      i = σ(W_ii x + b_ii + W_hi h + b_hi)
      f = σ(W_if x + b_if + W_hf h + b_hf)
      g = tanh(W_ig x + b_ig + W_hg h + b_hg)
      o = σ(W_io x + b_io + W_ho h + b_ho)
      c' = f ⊙ c + i ⊙ g
      h' = W_hr (o ⊙ tanh(c'))
      """)

  /// `weight_ih`, `[4 hidden, input]`.
  public var inputWeight: Tensor
  /// `weight_hh`, `[4 hidden, projection]`.
  public var recurrentWeight: Tensor
  /// `bias_ih` and `bias_hh`, `[4 hidden]` each; nil without bias.
  public var inputBias, recurrentBias: Tensor?
  /// `weight_hr`, `[projection, hidden]`.
  public var projectionWeight: Tensor

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The memories.
  ///   - projectionSize: The features of the output, which is what gates see of the step before.
  ///   - hasBias: Whether there are biases.
  ///   - initialization: How the weights start; the projection starts as the recurrent weights.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, projectionSize: Int, hasBias: Bool = true,
    initialization: CellInitialization = .uniformAsPyTorch, random: RandomSource = .unseeded()
  ) {
    let sizes = [("inputSize", inputSize, 0), ("hiddenSize", hiddenSize, 1), ("projectionSize", projectionSize, 1)]
    for (name, size, least) in sizes {
      require(
        size >= least,
        LayerMessages.option("ProjectedLSTMCell", name, expected: "at least \(least)", received: size))
    }
    inputWeight = initialization.inputWeight.weights(
      outputs: hiddenSize, inputs: inputSize, blocks: 4, fan: hiddenSize, random: random.stream("weight_ih"))
    recurrentWeight = initialization.recurrentWeight.weights(
      outputs: hiddenSize, inputs: projectionSize, blocks: 4, fan: hiddenSize, random: random.stream("weight_hh"))
    projectionWeight = initialization.recurrentWeight.weights(
      outputs: projectionSize, inputs: hiddenSize, fan: hiddenSize, random: random.stream("weight_hr"))
    guard hasBias else { return }
    func bias(_ name: String) -> Tensor {
      initialization.bias.bias(count: 4 * hiddenSize, fan: hiddenSize, random: random.stream(name))
    }
    (inputBias, recurrentBias) = (bias("bias_ih"), bias("bias_hh"))
  }

  /// A cell with outputs of the size `hiddenSize`, twice as many memories, and fresh weights.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: 2 * hiddenSize, projectionSize: hiddenSize, random: random)
  }

  /// The features of the input.
  public var inputSize: Int { inputWeight.shape[1] }
  /// The features of the projection.
  public var outputSize: Int { projectionWeight.shape[0] }
  /// The memories.
  public var hiddenSize: Int { projectionWeight.shape[1] }

  /// Zeros: h `[batch, projection]`, c `[batch, hidden]`.
  public func initialState(batchSize: Int) -> LSTMState {
    LSTMState(hidden: Tensor(zeros: [batchSize, outputSize]), cell: Tensor(zeros: [batchSize, hiddenSize]))
  }

  /// The product of the input, `[..., 4 hidden]`.
  public func inputPart(_ input: Tensor) -> Tensor { input.linear(weight: inputWeight, bias: inputBias) }

  /// One step of the equations.
  public func step(inputPart: Tensor, from state: LSTMState) -> (output: Tensor, state: LSTMState) {
    let gates = inputPart + state.hidden.linear(weight: recurrentWeight, bias: recurrentBias)
    func gate(_ index: Int) -> Tensor { gates[index * hiddenSize..<(index + 1) * hiddenSize, axis: 1] }
    let (inputGate, forgetGate, outputGate) = (gate(0).sigmoid(), gate(1).sigmoid(), gate(3).sigmoid())
    let cell = forgetGate * state.cell + inputGate * gate(2).tanh()
    let hidden = (outputGate * cell.tanh()).linear(weight: projectionWeight)
    return (hidden, LSTMState(hidden: hidden, cell: cell))
  }

  /// Shows `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, `weight_hr`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&inputWeight, "weight_ih")
    visitor.visit(&recurrentWeight, "weight_hh")
    visitor.visit(&inputBias, "bias_ih")
    visitor.visit(&recurrentBias, "bias_hh")
    visitor.visit(&projectionWeight, "weight_hr")
  }
}
