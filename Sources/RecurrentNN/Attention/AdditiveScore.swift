public import RecurrentTensor

/// The additive score of Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate",
/// 2015: a network of one hidden layer.
///
///     score(q, k) = v · tanh(W q + U k)
///
/// `weight_query` W is `[units, querySize]`, `weight_key` U `[units, keySize]`, `weight_score` v `[units]`, all without bias.
/// Default: uniform within ±1/√(number of columns); the paper starts v at zero.
public struct AdditiveScore: AttentionScore {
  /// The name, the source and the equation.
  public static let about = CellDescription(
    name: "additive", title: "additive attention", source: "Bahdanau et al. 2015",
    equations: "score(q, k) = v · tanh(W q + U k)")

  private var queryWeight, keyWeight, scoreWeight: Tensor

  /// A score with fresh weights.
  public static func fresh(querySize: Int, keySize: Int, units: Int, random: RandomSource) -> AdditiveScore {
    func weight(_ name: String, _ outputs: Int, _ inputs: Int) -> Tensor {
      Initializer.uniformAsPyTorch.weights(outputs: outputs, inputs: inputs, random: random.stream(name))
    }
    return AdditiveScore(
      queryWeight: weight("weight_query", units, querySize), keyWeight: weight("weight_key", units, keySize),
      scoreWeight: weight("weight_score", 1, units).reshaped(to: [units]))
  }

  /// The features of a query, and of a key.
  public var sizes: (query: Int, key: Int) { (queryWeight.shape[1], keyWeight.shape[1]) }

  /// The units of the hidden layer.
  public var pairMultiplyAdds: Int { scoreWeight.count }

  /// A number for each pair of a query and a key.
  public func scores(_ queries: Tensor, _ keys: Tensor) -> Tensor {
    queries.linear(weight: queryWeight).additiveScores(with: keys.linear(weight: keyWeight), weight: scoreWeight)
  }

  /// Shows `weight_query`, `weight_key`, `weight_score`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&queryWeight, "weight_query")
    visitor.visit(&keyWeight, "weight_key")
    visitor.visit(&scoreWeight, "weight_score")
  }
}
