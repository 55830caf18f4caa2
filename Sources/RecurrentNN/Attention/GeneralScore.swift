public import RecurrentTensor

/// The general score of Luong, Pham and Manning, "Effective approaches to attention-based neural machine translation", 2015.
///
///     score(q, k) = q · W k
///
/// `weight` W is `[querySize, keySize]`, without bias. Default: uniform within ±1/√keySize.
public struct GeneralScore: AttentionScore {
  /// The name, the source and the equation.
  public static let about = CellDescription(
    name: "general", title: "general attention", source: "Luong et al. 2015", equations: "score(q, k) = q · W k")

  private var weight: Tensor

  /// A score with fresh weights; the units are not used.
  public static func fresh(querySize: Int, keySize: Int, units: Int, random: RandomSource) -> GeneralScore {
    GeneralScore(
      weight: Initializer.uniformAsPyTorch.weights(
        outputs: querySize, inputs: keySize, random: random.stream("weight")))
  }

  /// The features of a query, and of a key.
  public var sizes: (query: Int, key: Int) { (weight.shape[0], weight.shape[1]) }

  /// A number for each pair of a query and a key.
  public func scores(_ queries: Tensor, _ keys: Tensor) -> Tensor {
    queries.batchedProduct(keys.linear(weight: weight), otherTransposed: true)
  }

  /// Shows `weight`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&weight, "weight") }
}
