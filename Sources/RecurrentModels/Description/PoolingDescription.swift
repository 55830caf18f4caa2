public import RecurrentNN
public import RecurrentTensor

/// Described pooling of all steps into one vector: `{ "layer": "pooling", "method": "mean" }`.
public struct PoolingDescription: LayerDescription {
  /// `pooling`.
  public static let name = "pooling"
  /// The keys beside `layer`.
  public static let keys = CodingKeys.allCases.map(\.rawValue)

  /// What is made of the steps.
  public var method: StepPooling

  /// This pooling.
  public init(_ method: StepPooling) { self.method = method }

  private enum CodingKeys: String, CodingKey, CaseIterable { case method }

  /// Reads the name of the method.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError`, or `DescriptionError` for a name that is none.
  public init(from decoder: any Decoder) throws {
    method = try decoder.container(keyedBy: CodingKeys.self).named(StepPooling.allCases, forKey: .method)
  }

  /// One vector.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    .whole(features: try input.stepVectors(for: Self.name))
  }

  /// None.
  public func mostScalars(of input: SequenceForm) -> Double { 0 }

  /// The layer.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    DescribedPooling(method: method)
  }
}

/// Pooling as a layer.
struct DescribedPooling: DescribedLayer {
  let method: StepPooling

  func callAsFunction(_ input: Tensor, lengths: [Int]?, context: inout ForwardContext) -> Tensor {
    method(input, lengths: lengths)
  }

  func visitParameters(_ visitor: inout some ParameterVisitor) {}
}
