public import RecurrentTensor

/// A table with one trained vector for each entry of a vocabulary.
///
/// Default: standard normal as PyTorch.
public struct Embedding: Module, CustomStringConvertible {
  /// The vectors, `[vocabulary, size]`.
  public var weight: Tensor

  /// A table with fresh vectors.
  ///
  /// - Parameters:
  ///   - vocabularySize: The number of entries.
  ///   - size: The length of each vector.
  ///   - initializer: How the vectors start.
  ///   - random: The randomness of the start.
  public init(
    vocabularySize: Int, size: Int, initializer: Initializer = .normal(standardDeviation: 1),
    random: RandomSource = .unseeded()
  ) {
    require(
      vocabularySize > 0 && size > 0,
      LayerMessages.option(
        "Embedding", "vocabularySize and size", expected: "at least 1", received: "\(vocabularySize) and \(size)"))
    weight = initializer.weights(outputs: vocabularySize, inputs: size, random: random.stream("weight"))
  }

  /// The number of entries.
  public var vocabularySize: Int { weight.shape[0] }
  /// The length of each vector.
  public var size: Int { weight.shape[1] }

  /// The vectors of these entries.
  ///
  /// - Parameters:
  ///   - indices: The entries, each in `0..<vocabularySize`, in row-major order of `shape`.
  ///   - shape: The shape of the indices, as `[batch, time]`.
  /// - Returns: `[shape..., size]`.
  public func callAsFunction(_ indices: [Int], shape: Shape) -> Tensor {
    require(
      indices.count == shape.count,
      LayerMessages.count("Embedding", "indices", expected: shape.count, received: indices.count))
    for index in indices where index < 0 || index >= vocabularySize {
      stop(LayerMessages.option("Embedding", "an index", expected: "in 0..<\(vocabularySize)", received: index))
    }
    return weight.rows(at: indices).reshaped(to: shape.appending(size))
  }

  /// The vectors of the entries of sequences of equal length: `[batch, time, size]`.
  public func callAsFunction(_ sequences: [[Int]]) -> Tensor {
    let steps = sequences.first?.count ?? 0
    for sequence in sequences where sequence.count != steps {
      stop(LayerMessages.count("Embedding", "indices in each row", expected: steps, received: sequence.count))
    }
    return self(sequences.flatMap { $0 }, shape: [sequences.count, steps])
  }

  /// Shows `weight`.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&weight, "weight") }

  /// As `Embedding(100 x 8), 800 parameters`.
  public var description: String { described(as: "Embedding", ["\(vocabularySize) x \(size)"]) }
}
