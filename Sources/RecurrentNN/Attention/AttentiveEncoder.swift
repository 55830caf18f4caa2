public import RecurrentTensor

/// A stack of LSTMs whose every output also reads, by attention, the states up to its own step: the attentional hidden state
/// of Luong et al. 2015, over the sequence that is read.
///
///     h_t = LSTM(x_t, h_(t-1))
///     a_ts = softmax over s ≤ t of score(h_t, h_s)
///     c_t = Σ over s ≤ t of a_ts h_s
///     y_t = tanh(W_c [c_t, h_t])
///
/// In translation the decoder's h_t asks the encoder's h_s; here both are of one sequence, so that the last output, and with
/// it a classifier, reads all of it. `combination.weight` W_c is `[hidden, 2 hidden]`, without bias as in the paper; the LSTM's
/// parameters are below `recurrent`, the score's below `attention`. Shapes: `[batch, time, input]` to `[batch, time, hidden]`.
public struct AttentiveEncoder<Score: AttentionScore>: SequenceEncoder, CustomStringConvertible {
  /// The name, the source and the equations.
  public static var about: CellDescription {
    CellDescription(
      name: "attention-\(Score.about.name)", title: "LSTM with \(Score.about.title)", source: Score.about.source,
      equations: """
        h_t = LSTM(x_t, h_(t-1))
        \(Score.about.equations)
        a_ts = softmax over s ≤ t of score(h_t, h_s)
        c_t = Σ over s ≤ t of a_ts h_s
        y_t = tanh(W_c [c_t, h_t])
        """)
  }

  private var recurrent: LSTM
  private var attention: Attention<Score>
  private var combination: Linear

  /// An encoder with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input.
  ///   - hiddenSize: The units of each LSTM, and the features of the output.
  ///   - layers: The LSTMs upon each other.
  ///   - dropout: The probability with which an output between two LSTMs is zeroed in training.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, layers: Int = 1, dropout: Scalar = 0, random: RandomSource = .unseeded()
  ) {
    recurrent = LSTM(
      inputSize: inputSize, hiddenSize: hiddenSize, layers: layers, dropout: dropout,
      random: random.stream("recurrent"))
    attention = Attention(querySize: hiddenSize, memorySize: hiddenSize, random: random.stream("attention"))
    combination = Linear(
      inputSize: 2 * hiddenSize, outputSize: hiddenSize, hasBias: false, random: random.stream("combination"))
  }

  init(_ plan: SequenceEncoderKind.Plan) {
    self.init(
      inputSize: plan.inputSize, hiddenSize: plan.hiddenSize, layers: plan.layers, dropout: plan.dropout,
      random: plan.random)
  }

  /// The features of an output.
  public var outputSize: Int { combination.outputSize }

  /// Reads whole sequences; see `SequenceEncoder`.
  public func encode(_ inputs: Tensor, lengths: [Int]?, context: inout ForwardContext) -> EncodedSequence {
    let states = recurrent(inputs, lengths: lengths, context: &context).outputs
    let read = attention(states, over: states, lengths: lengths, queryLengths: lengths, isCausal: true).context
    let outputs = combination(Tensor.concatenate([read, states], axis: 2), context: &context).tanh()
    return EncodedSequence(masking: outputs, StepLengths("AttentiveEncoder", lengths, inputs: inputs))
  }

  /// Those of the LSTM, the score and W_c, and for each earlier step a score and a share of the sum.
  public func multiplyAdds(steps: Int) -> Int {
    let pairs = (steps + 1) / 2
    return recurrent.multiplyAdds + attention.matrixScalars + combination.matrixScalars
      + pairs * (attention.score.pairMultiplyAdds + outputSize)
  }

  /// Shows the parameters below `recurrent`, `attention` and `combination`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&recurrent, "recurrent")
    visitor.visit(&attention, "attention")
    visitor.visit(&combination, "combination")
  }

  /// As `AttentiveEncoder(dot, 3 -> 5), 250 parameters`.
  public var description: String {
    described(as: "AttentiveEncoder", [Score.about.name, "\(recurrent.inputSize) -> \(outputSize)"])
  }
}
