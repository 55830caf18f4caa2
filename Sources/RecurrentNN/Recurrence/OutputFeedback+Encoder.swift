public import RecurrentTensor

/// A network with output feedback that runs freely, as an encoder.
extension OutputFeedback: SequenceEncoder {
  /// Reads whole sequences, each step told the output of the step before; see `SequenceEncoder`.
  public func encode(_ inputs: Tensor, lengths: [Int]?, context: inout ForwardContext) -> EncodedSequence {
    let run = self(inputs, lengths: lengths, context: &context)
    return EncodedSequence(
      masking: run.outputs, StepLengths("OutputFeedback", lengths, inputs: inputs), state: run.finalState.tensors)
  }

  /// Those of the layer and of the head's matrices.
  public func multiplyAdds(steps: Int) -> Int { layer.multiplyAdds + head.matrixScalars }
}

extension OutputFeedback where Cell == GRUCell, Head == Linear {
  /// The name, the source and the equations.
  public static var about: CellDescription {
    CellDescription(
      name: "output-feedback", title: "GRU that is told its network's output",
      source: "Jordan 1986; Williams and Zipser 1989 (teacher forcing)",
      equations: """
        h_t = GRU([x_t, y_(t-1)], h_(t-1))    (teacher forcing: the truth for y_(t-1))
        y_t = V h_t + b
        """)
  }

  /// As many outputs as a plan has units.
  init(_ plan: SequenceEncoderKind.Plan) {
    let random = plan.random.stream("layer")
    self.init(
      layer: GRU(
        inputSize: plan.inputSize + plan.hiddenSize, hiddenSize: plan.hiddenSize, layers: plan.layers,
        dropout: plan.dropout, random: random),
      head: Linear(inputSize: plan.hiddenSize, outputSize: plan.hiddenSize, random: plan.random.stream("head")),
      outputSize: plan.hiddenSize)
  }
}
