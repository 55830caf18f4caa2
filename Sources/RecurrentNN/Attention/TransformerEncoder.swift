public import RecurrentTensor

/// The encoder of a Transformer: Vaswani et al., "Attention is all you need", 2017.
///
///     x_0 = W x + b + p                 p the sinusoids of Tensor.sinusoidalPositions
///     x_l = layer_l(x_(l-1))            see TransformerLayer
///     y = norm(x_L) with norms before the sublayers, else x_L
///
/// Dropout falls on x_0 and on what the sublayers add. The linear map takes the place of the paper's embedding, whose factor
/// √size it can learn. Parameters: `input.weight` W `[size, inputSize]` and `input.bias`, then PyTorch's names, `layers.0.…`
/// and `norm.…`. Shapes: `[batch, time, inputSize]` to `[batch, time, size]`.
///
/// A causal encoder lets a step see itself and the steps before it alone: its outputs for the beginning of a sequence are
/// those for the whole. The work grows with the square of the steps.
public struct TransformerEncoder: SequenceEncoder, CustomStringConvertible {
  /// The name, the source and the equations.
  public static let about = CellDescription(
    name: "transformer", title: "Transformer encoder, norms before sublayers",
    source: "Vaswani et al. 2017, Xiong et al. 2020", equations: equations(seen: ""))
  /// The same of a causal one.
  public static let causalAbout = CellDescription(
    name: "transformer-causal", title: "Causal Transformer encoder, norms before sublayers", source: about.source,
    equations: equations(seen: " ≤ t"))

  private static func equations(seen: String) -> String {
    """
    x_t = W x + b + p_t,    p_t,2i = sin(t / 10000^(2i / size)), p_t,2i+1 = cos(t / 10000^(2i / size))
    [q, k, v] = W_in norm(x) + b_in    (each head)
    a_ts = softmax over s\(seen) of q_t · k_s / √(size / heads)
    x_t' = x_t + W_out [Σ over s of a_ts v_s of every head] + b_out
    x_t'' = x_t' + W_2 max(0, W_1 norm(x_t') + b_1) + b_2
    y_t = norm(x_t'') of the last layer
    """
  }

  private var input: Linear
  private let dropout: Dropout
  private var layers: [TransformerLayer]
  /// Of the outputs, where norms stand before the sublayers.
  private var norm: LayerNorm?

  /// An encoder with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input.
  ///   - size: The features of every layer and of the output.
  ///   - heads: The heads of each attention; they divide `size`.
  ///   - layers: The height of the stack.
  ///   - feedForwardSize: The hidden units of each layer's network; nil for four times the size.
  ///   - normPlace: Where the norms stand.
  ///   - isCausal: Whether a step sees itself and the steps before it alone.
  ///   - dropout: The probability with which an element of x_0, or of what a sublayer adds, is zeroed in training.
  ///   - epsilon: What keeps the roots of the norms away from zero.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, size: Int, heads: Int, layers: Int = 1, feedForwardSize: Int? = nil,
    normPlace: TransformerLayer.NormPlace = .before, isCausal: Bool = false, dropout: Scalar = 0,
    epsilon: Scalar = 1e-5, random: RandomSource = .unseeded()
  ) {
    require(
      layers > 0, LayerMessages.option("TransformerEncoder", "layers", expected: "at least 1", received: layers))
    input = Linear(inputSize: inputSize, outputSize: size, random: random.stream("input"))
    self.dropout = Dropout(rate: dropout)
    self.layers = (0..<layers).map { layer in
      TransformerLayer(
        size: size, heads: heads, feedForwardSize: feedForwardSize, normPlace: normPlace, isCausal: isCausal,
        dropout: dropout, epsilon: epsilon, random: random.stream("layers").stream(layer))
    }
    norm = normPlace == .before ? LayerNorm(size: size, epsilon: epsilon) : nil
  }

  /// Norms before the sublayers, and four heads, or two or one where four do not divide the units.
  init(_ plan: SequenceEncoderKind.Plan, isCausal: Bool) {
    self.init(
      inputSize: plan.inputSize, size: plan.hiddenSize,
      heads: [4, 2].first { plan.hiddenSize.isMultiple(of: $0) } ?? 1,
      layers: plan.layers, isCausal: isCausal, dropout: plan.dropout, random: plan.random)
  }

  /// The features of an output.
  public var outputSize: Int { input.outputSize }

  /// Reads whole sequences; see `SequenceEncoder`.
  public func encode(_ inputs: Tensor, lengths: [Int]?, context: inout ForwardContext) -> EncodedSequence {
    let valid = StepLengths("TransformerEncoder", lengths, inputs: inputs, inputSize: input.inputSize)
    let positions = Tensor.sinusoidalPositions(steps: valid.steps, size: outputSize)
    let embedded = input(valid.masked(inputs), context: &context)
    let placed = embedded.reshaped(to: [valid.rows, positions.count])
      .adding(rowVector: positions.reshaped(to: [positions.count])).reshaped(to: embedded.shape)
    var outputs = dropout(placed, context: &context)
    for layer in layers { outputs = layer.run(outputs, valid, &context) }
    return EncodedSequence(masking: norm?(outputs, context: &context) ?? outputs, valid)
  }

  /// Those of all matrices, and in each layer for each step that is seen a score and a share of the sum.
  public func multiplyAdds(steps: Int) -> Int {
    let pairs = layers[0].isCausal ? (steps + 1) / 2 : steps
    return matrixScalars + layers.count * pairs * 2 * outputSize
  }

  /// Shows the parameters below `input`, `layers` and, where there is one, `norm`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&input, "input")
    visitor.visit(&layers, "layers")
    visitor.visit(&norm, "norm")
  }

  /// As `TransformerEncoder(3 -> 8, layers 2, heads 2, norm before), 1,792 parameters`.
  public var description: String {
    let layer = layers[0]
    return described(
      as: "TransformerEncoder",
      [
        "\(input.inputSize) -> \(outputSize)", "layers \(layers.count)", "heads \(layer.heads)",
        "norm \(layer.normPlace)",
      ]
        + (layer.isCausal ? ["causal"] : []))
  }
}
