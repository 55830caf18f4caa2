public import RecurrentTensor

/// Attention: for each query a weighted mean of what is remembered, with weights that add up to 1.
///
///     weight[i, j] = softmax over j of score(query_i, memory_j)
///     context_i = Σ over j of weight[i, j] memory_j
///
/// The score tells the kinds apart: ``AdditiveScore`` (Bahdanau et al. 2015), ``DotScore`` and ``GeneralScore`` (Luong et al.
/// 2015). Keys and values are the same: the states of an encoder, say, which a decoder's state asks.
///
/// ```swift
/// let attention = Attention<AdditiveScore>(querySize: 6, memorySize: 8, random: RandomSource(seed: 1))
/// let read = attention(queries, over: memory, lengths: [7, 0, 5])  // queries: [3, 2, 6], memory: [3, 7, 8]
/// let context = read.context  // [3, 2, 8]
/// let weights = read.weights  // [3, 2, 7]
/// ```
public struct Attention<Score: AttentionScore>: Module, CustomStringConvertible {
  /// How well a key answers a query.
  public var score: Score

  /// Attention with fresh weights.
  ///
  /// - Parameters:
  ///   - querySize: The features of a query.
  ///   - memorySize: The features of what is remembered.
  ///   - units: The units of the score's hidden layer, where it has one; nil for as many as a query has features.
  ///   - random: The randomness of the start.
  public init(querySize: Int, memorySize: Int, units: Int? = nil, random: RandomSource = .unseeded()) {
    let units = units ?? querySize
    require(
      querySize > 0 && memorySize > 0 && units > 0,
      LayerMessages.option(
        "Attention", "querySize, memorySize and units", expected: "at least 1",
        received: "\(querySize), \(memorySize) and \(units)"))
    score = Score.fresh(querySize: querySize, keySize: memorySize, units: units, random: random)
  }

  /// Reads the memory.
  ///
  /// - Parameters:
  ///   - queries: `[batch, queries, querySize]`.
  ///   - memory: `[batch, time, memorySize]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row of the memory; nil if all are valid.
  ///   - queryLengths: The valid queries of each row; nil if all are valid.
  ///   - isCausal: Whether query i sees the steps 0 to i of the memory alone.
  /// - Returns: What was read, and with which weights. A query that is not valid, or has nothing to see, reads zeros.
  public func callAsFunction(
    _ queries: Tensor, over memory: Tensor, lengths: [Int]? = nil, queryLengths: [Int]? = nil, isCausal: Bool = false
  ) -> AttentionResult {
    let (name, sizes) = ("Attention", score.sizes)
    let valid = StepLengths(name, lengths, inputs: memory, inputSize: sizes.key)
    let asking = StepLengths(name, queryLengths, inputs: queries, inputSize: sizes.query)
    require(
      asking.rows == valid.rows,
      LayerMessages.count(name, "rows of queries, as the memory has", expected: valid.rows, received: asking.rows))
    let memory = valid.masked(memory)
    let scores = score.scores(asking.masked(queries), memory)
    let weights = asking.masked(scores.softmax(lengths: valid.lengths, isCausal: isCausal))
    return AttentionResult(context: weights.batchedProduct(memory), weights: weights)
  }

  /// Shows the parameters of the score.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { score.visitParameters(&visitor) }

  /// As `Attention(additive, 6 over 8), 90 parameters`.
  public var description: String {
    described(as: "Attention", [Score.about.name, "\(score.sizes.query) over \(score.sizes.key)"])
  }
}

/// What queries read of a memory.
public struct AttentionResult: Sendable {
  /// The weighted means, `[batch, queries, memorySize]`.
  public let context: Tensor
  /// The weights, `[batch, queries, time]`: at least 0, with the sum 1 for each query, zero at steps that it does not see.
  public let weights: Tensor
}
