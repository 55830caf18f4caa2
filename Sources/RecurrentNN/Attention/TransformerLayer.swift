public import RecurrentTensor

/// One layer of a Transformer encoder: Vaswani et al., "Attention is all you need", 2017.
///
/// Two sublayers, each with a way around it: attention A, and a network F of one hidden layer on each step by itself.
///
///     F(x) = W_2 max(0, W_1 x + b_1) + b_2
///     norm after:     x' = norm_1(x + A(x)),     y = norm_2(x' + F(x'))
///     norm before:    x' = x + A(norm_1(x)),     y = x' + F(norm_2(x'))
///
/// The paper normalises after the sum; before the sublayer (Xiong et al., "On layer normalization in the Transformer
/// architecture", 2020) deep stacks train without warm-up. Dropout falls on what a sublayer adds, as in the paper; PyTorch also
/// drops within F and attention weights. Parameters carry PyTorch's names: `self_attn.in_proj_weight`, `linear1.weight` W_1
/// `[feedForwardSize, size]`, `linear2.weight` W_2 `[size, feedForwardSize]`, `norm1.weight`, ... Defaults: those of the parts.
public struct TransformerLayer: Module, CustomStringConvertible {
  /// Where a sublayer's norm stands.
  public enum NormPlace: String, Hashable, Sendable, Codable, CaseIterable {
    /// Before the sublayer; what goes around it is never normalised.
    case before
    /// After the sum of the sublayer and what went around it.
    case after
  }

  /// Where a sublayer's norm stands.
  public let normPlace: NormPlace
  private var attention: MultiHeadSelfAttention
  private var first, second: Linear
  private var attentionNorm, forwardNorm: LayerNorm
  private let dropout: Dropout

  /// A layer with fresh weights.
  ///
  /// - Parameters:
  ///   - size: The features of the input and of the output.
  ///   - heads: The heads of the attention; they divide `size`.
  ///   - feedForwardSize: The hidden units of F; nil for four times the size, as in the paper.
  ///   - normPlace: Where the norms stand.
  ///   - isCausal: Whether a step sees itself and the steps before it alone.
  ///   - dropout: The probability with which an element of what a sublayer adds is zeroed in training.
  ///   - epsilon: What keeps the roots of the norms away from zero.
  ///   - random: The randomness of the start.
  public init(
    size: Int, heads: Int, feedForwardSize: Int? = nil, normPlace: NormPlace = .before, isCausal: Bool = false,
    dropout: Scalar = 0, epsilon: Scalar = 1e-5, random: RandomSource = .unseeded()
  ) {
    let hidden = feedForwardSize ?? 4 * size
    self.normPlace = normPlace
    attention = MultiHeadSelfAttention(
      size: size, heads: heads, isCausal: isCausal, random: random.stream("self_attn"))
    first = Linear(inputSize: size, outputSize: hidden, random: random.stream("linear1"))
    second = Linear(inputSize: hidden, outputSize: size, random: random.stream("linear2"))
    (attentionNorm, forwardNorm) = (LayerNorm(size: size, epsilon: epsilon), LayerNorm(size: size, epsilon: epsilon))
    self.dropout = Dropout(rate: dropout)
  }

  /// The features of the input and of the output.
  public var size: Int { attention.size }
  /// The heads of the attention.
  public var heads: Int { attention.heads }
  /// Whether a step sees itself and the steps before it alone.
  public var isCausal: Bool { attention.isCausal }

  /// Runs the layer over whole sequences.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, size]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - context: Training or inference.
  /// - Returns: `[batch, time, size]`, zero at steps that are not valid.
  public func callAsFunction(_ inputs: Tensor, lengths: [Int]? = nil, context: inout ForwardContext) -> Tensor {
    let valid = StepLengths("TransformerLayer", lengths, inputs: inputs, inputSize: size)
    return valid.masked(run(valid.masked(inputs), valid, &context))
  }

  /// The same for inputs that are finite everywhere, without zeros at steps that are not valid.
  func run(_ inputs: Tensor, _ valid: StepLengths, _ context: inout ForwardContext) -> Tensor {
    let attended = joined(inputs, attentionNorm, &context) { inputs, _ in attention.attended(inputs, valid) }
    return joined(attended, forwardNorm, &context) { inputs, context in
      second(first(inputs, context: &context).relu(), context: &context)
    }
  }

  /// A sublayer, its norm and the way around it.
  private func joined(
    _ inputs: Tensor, _ norm: LayerNorm, _ context: inout ForwardContext,
    _ sublayer: (Tensor, inout ForwardContext) -> Tensor
  ) -> Tensor {
    switch normPlace {
    case .before:
      let added = sublayer(norm(inputs, context: &context), &context)
      return inputs + dropout(added, context: &context)
    case .after:
      let added = sublayer(inputs, &context)
      return norm(inputs + dropout(added, context: &context), context: &context)
    }
  }

  /// Shows the parameters below `self_attn`, `linear1`, `linear2`, `norm1`, `norm2`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&attention, "self_attn")
    visitor.visit(&first, "linear1")
    visitor.visit(&second, "linear2")
    visitor.visit(&attentionNorm, "norm1")
    visitor.visit(&forwardNorm, "norm2")
  }

  /// As `TransformerLayer(8, heads 2, feed-forward 32, norm before), 872 parameters`.
  public var description: String {
    described(
      as: "TransformerLayer",
      ["\(size)", "heads \(heads)", "feed-forward \(first.outputSize)", "norm \(normPlace)"]
        + (isCausal ? ["causal"] : []))
  }
}
