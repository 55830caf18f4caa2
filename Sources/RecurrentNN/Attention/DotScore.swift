public import RecurrentTensor

/// The dot score of Luong, Pham and Manning, "Effective approaches to attention-based neural machine translation", 2015.
///
///     score(q, k) = q · k
///
/// Queries and keys have as many features; there are no weights.
public struct DotScore: AttentionScore {
  /// The name, the source and the equation.
  public static let about = CellDescription(
    name: "dot", title: "dot attention", source: "Luong et al. 2015", equations: "score(q, k) = q · k")

  private let size: Int

  /// A score; the units and the randomness are not used.
  public static func fresh(querySize: Int, keySize: Int, units: Int, random: RandomSource) -> DotScore {
    require(
      querySize == keySize,
      LayerMessages.count("DotScore", "features of a key, as a query has,", expected: querySize, received: keySize))
    return DotScore(size: querySize)
  }

  /// The features of a query, and of a key.
  public var sizes: (query: Int, key: Int) { (size, size) }

  /// A number for each pair of a query and a key.
  public func scores(_ queries: Tensor, _ keys: Tensor) -> Tensor {
    queries.batchedProduct(keys, otherTransposed: true)
  }

  /// There are no parameters.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {}
}
