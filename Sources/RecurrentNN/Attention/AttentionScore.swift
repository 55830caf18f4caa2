public import RecurrentTensor

/// How well a key answers a query: what tells the kinds of attention apart.
public protocol AttentionScore: Module {
  /// The name, the source and the equation, with q for a query and k for a key.
  static var about: CellDescription { get }

  /// A score with fresh weights.
  ///
  /// - Parameters:
  ///   - querySize: The features of a query.
  ///   - keySize: The features of a key.
  ///   - units: The units of a hidden layer, where the score has one.
  ///   - random: The randomness of the start.
  /// - Returns: The score.
  static func fresh(querySize: Int, keySize: Int, units: Int, random: RandomSource) -> Self

  /// The features of a query, and of a key.
  var sizes: (query: Int, key: Int) { get }

  /// The multiply-adds of one pair, beside what is made of each query and each key. Default: the features of a key.
  var pairMultiplyAdds: Int { get }

  /// A number for each pair of a query and a key of the same row.
  ///
  /// - Parameters:
  ///   - queries: `[batch, queries, querySize]`.
  ///   - keys: `[batch, keys, keySize]`.
  /// - Returns: `[batch, queries, keys]`.
  func scores(_ queries: Tensor, _ keys: Tensor) -> Tensor
}

extension AttentionScore {
  /// The features of a key.
  public var pairMultiplyAdds: Int { sizes.key }
}
