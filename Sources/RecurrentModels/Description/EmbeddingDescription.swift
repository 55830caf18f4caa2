import RecurrentNN
public import RecurrentTensor

/// A described table of vectors, one for each entry of a vocabulary: the first layer of a model that reads words.
///
/// In a file: `{ "layer": "embedding", "vocabulary": 5000, "size": 64 }`.
public struct EmbeddingDescription: LayerDescription {
  /// `embedding`.
  public static let name = "embedding"
  /// The keys beside `layer`.
  public static let keys = CodingKeys.allCases.map(\.rawValue)

  /// The number of entries, 1 to 10,000,000.
  public var vocabularySize: Int
  /// The length of each vector, 1 to 65,536.
  public var size: Int

  /// A table of so many vectors.
  public init(vocabularySize: Int, size: Int) { (self.vocabularySize, self.size) = (vocabularySize, size) }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case vocabularySize = "vocabulary"
    case size
  }

  /// Vectors at steps.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    try DescriptionCheck.count(vocabularySize, CodingKeys.vocabularySize.rawValue, in: 1...10_000_000)
    try DescriptionCheck.count(size, CodingKeys.size.rawValue, in: 1...SequenceModelDescription.mostFeatures)
    guard case .tokens = input else {
      throw DescriptionError(
        "", expected: "numbers of words for a layer embedding", received: "vectors",
        hint: "let the embedding be the first layer, and leave features out")
    }
    return .steps(features: size)
  }

  /// One vector for each entry.
  public func mostScalars(of input: SequenceForm) -> Double { Double(vocabularySize) * Double(size) }

  /// The table.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    DescribedEmbedding(table: Embedding(vocabularySize: vocabularySize, size: size, random: random))
  }
}

/// A table as a layer: the numbers of words come as the scalars of a tensor.
struct DescribedEmbedding: DescribedLayer {
  var table: Embedding

  func callAsFunction(_ input: Tensor, lengths: [Int]?, context: inout ForwardContext) -> Tensor {
    table(input.scalars.map { Int($0) }, shape: input.shape)
  }

  /// A vector is looked up, not multiplied.
  func multiplyAdds(steps: Int) -> Int { 0 }

  func keptBytes(of input: SequenceForm, rows: Int, steps: Int) -> Int {
    Int(min(Double(rows) * Double(steps) * Double(table.size * MemoryLayout<Scalar>.stride), 0x1p62))
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { table.visitParameters(&visitor) }
}
