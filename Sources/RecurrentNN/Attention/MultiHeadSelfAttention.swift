public import RecurrentTensor

/// Multi-head self-attention of Vaswani et al., "Attention is all you need", 2017: every step asks all steps, in several
/// subspaces at once.
///
///     [q, k, v] = W_in x + b_in,    each cut into heads of d = size / heads features
///     weight[i, j] = softmax over j of q_i · k_j / √d            (each head)
///     y = W_out [Σ over j of weight[i, j] v_j of every head] + b_out
///
/// `in_proj_weight` is `[3 size, size]` (queries, keys and values below each other, in each the heads) and `in_proj_bias`
/// `[3 size]`; `out_proj.weight` is `[size, size]` and `out_proj.bias` `[size]`: PyTorch's names and order. Defaults: the
/// former Glorot-uniform, `out_proj.weight` uniform within ±1/√size, biases zero. Queries are scaled instead of scores. There
/// is no dropout of weights, as in the paper.
public struct MultiHeadSelfAttention: Module, CustomStringConvertible {
  /// The subspaces.
  public let heads: Int
  /// Whether a step sees itself and the steps before it alone.
  public let isCausal: Bool

  private var inputWeight, inputBias: Tensor
  private var output: Linear

  /// Attention with fresh weights.
  ///
  /// - Parameters:
  ///   - size: The features of the input and of the output.
  ///   - heads: The subspaces; they divide `size`.
  ///   - isCausal: Whether a step sees itself and the steps before it alone.
  ///   - random: The randomness of the start.
  public init(size: Int, heads: Int, isCausal: Bool = false, random: RandomSource = .unseeded()) {
    require(
      size > 0 && heads > 0 && size.isMultiple(of: heads),
      LayerMessages.option(
        "MultiHeadSelfAttention", "size", expected: "a multiple of the heads, \(heads)", received: size))
    (self.heads, self.isCausal) = (heads, isCausal)
    inputWeight = Initializer.glorotUniform.weights(
      outputs: size, inputs: size, blocks: 3, random: random.stream("in_proj_weight"))
    inputBias = Tensor(zeros: [3 * size])
    output = Linear(
      inputSize: size, outputSize: size, biasInitializer: .constant(0), random: random.stream("out_proj"))
  }

  /// The features of the input and of the output.
  public var size: Int { inputWeight.shape[1] }

  /// Lets every step ask all others.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, size]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  /// - Returns: `[batch, time, size]`, zero at steps that are not valid.
  public func callAsFunction(_ inputs: Tensor, lengths: [Int]? = nil) -> Tensor {
    let valid = StepLengths("MultiHeadSelfAttention", lengths, inputs: inputs, inputSize: size)
    return valid.masked(attended(valid.masked(inputs), valid))
  }

  /// The weights with which steps (the second last axis) see steps (the last): `[batch, heads, time, time]`, zero for steps
  /// that are not valid.
  public func weights(_ inputs: Tensor, lengths: [Int]? = nil) -> Tensor {
    let valid = StepLengths("MultiHeadSelfAttention", lengths, inputs: inputs, inputSize: size)
    let (queries, keys, _) = projected(valid.masked(inputs), valid)
    let scores = queries.batchedProduct(keys, otherTransposed: true)
    let weights = scores.softmax(lengths: valid.lengths, isCausal: isCausal)
    guard let mask = valid.mask else { return weights }
    let rows = (0..<valid.rows * heads).map { $0 / heads }
    return Tensor.select(
      where: mask.rows(at: rows).reshaped(to: [valid.rows, heads, valid.steps]), weights,
      otherwise: Tensor(zeros: weights.shape))
  }

  /// The same as a call for inputs that are finite everywhere; what comes at steps that are not valid is finite too, and no
  /// valid one depends on it.
  func attended(_ inputs: Tensor, _ valid: StepLengths) -> Tensor {
    let (queries, keys, values) = projected(inputs, valid)
    let read = queries.attendedValues(values, keys: keys, lengths: valid.lengths, isCausal: isCausal)
    return read.transposed(1, 2).reshaped(to: inputs.shape).linear(weight: output.weight, bias: output.bias)
  }

  /// Queries, scaled, keys and values of every head, `[batch, heads, time, size / heads]` each.
  private func projected(
    _ inputs: Tensor, _ valid: StepLengths
  ) -> (queries: Tensor, keys: Tensor, values: Tensor) {
    let width = size / heads
    let parts = inputs.linear(weight: inputWeight, bias: inputBias)
      .reshaped(to: [valid.rows, valid.steps, 3 * heads, width]).transposed(1, 2)
    return (
      parts[0..<heads, axis: 1] * (1 / Scalar(width).squareRoot()), parts[heads..<2 * heads, axis: 1],
      parts[2 * heads..<3 * heads, axis: 1]
    )
  }

  /// Shows `in_proj_weight`, `in_proj_bias`, `out_proj.weight`, `out_proj.bias`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&inputWeight, "in_proj_weight")
    visitor.visit(&inputBias, "in_proj_bias")
    visitor.visit(&output, "out_proj")
  }

  /// As `MultiHeadSelfAttention(8, heads 2), 288 parameters`.
  public var description: String {
    described(as: "MultiHeadSelfAttention", ["\(size)", "heads \(heads)"] + (isCausal ? ["causal"] : []))
  }
}
