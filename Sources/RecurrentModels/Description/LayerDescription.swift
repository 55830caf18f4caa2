public import RecurrentNN
public import RecurrentTensor

/// One layer of a described model: what is written of it in a file, and what it makes of what comes in.
///
/// A kind of layer is one type, its keys in JSON those of its properties, and one row of ``LayerDescriptionKind/all``.
public protocol LayerDescription: Codable, Hashable, Sendable {
  /// The name in files: `recurrent`.
  static var name: String { get }
  /// The keys that a file may have beside `layer`.
  static var keys: [String] { get }

  /// What a summary calls the layer. Default: the name of its kind.
  var title: String { get }

  /// What comes out of the layer.
  ///
  /// - Parameter input: What comes in.
  /// - Returns: What comes out.
  /// - Throws: `DescriptionError` for a value that is not allowed, or if the layer cannot read what comes in.
  func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm

  /// A number of scalars that the layer's weights do not go beyond, of a description whose values are allowed.
  func mostScalars(of input: SequenceForm) -> Double

  /// The multiply-adds that the start of its weights takes beside drawing each number. Default: none.
  func startMultiplyAdds() -> Double

  /// The layer with fresh weights.
  ///
  /// - Parameters:
  ///   - input: What comes in, which `output(of:)` has accepted.
  ///   - random: The randomness of the start.
  /// - Returns: The layer.
  func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer
}

extension LayerDescription {
  /// The name of the kind.
  public var title: String { Self.name }

  /// None.
  public func startMultiplyAdds() -> Double { 0 }
}

/// What goes from one layer of a described model to the next.
public enum SequenceForm: Hashable, Sendable, CustomStringConvertible {
  /// The number of a word, or of any other entry of a vocabulary, at each step.
  case tokens(vocabulary: Int)
  /// A vector at each step.
  case steps(features: Int)
  /// A vector for a whole sequence.
  case whole(features: Int)

  /// The numbers of a vector; nil of tokens.
  public var features: Int? {
    switch self {
    case .tokens: nil
    case .steps(let features), .whole(let features): features
    }
  }

  /// Whether there is something at each step.
  public var hasSteps: Bool { if case .whole = self { false } else { true } }

  /// The shape of the tensor: `[batch, time, 64]`.
  public var description: String {
    switch self {
    case .tokens: "[batch, time]"
    case .steps(let features): "[batch, time, \(features)]"
    case .whole(let features): "[batch, \(features)]"
    }
  }

  /// The same form with vectors of another size.
  func with(features: Int) -> SequenceForm { hasSteps ? .steps(features: features) : .whole(features: features) }

  /// The vectors that a layer needs.
  func vectors(for layer: String) throws(DescriptionError) -> Int {
    if let features { return features }
    throw DescriptionError(
      "", expected: "vectors for a layer \(layer)", received: "numbers of words", hint: "let an embedding come first")
  }

  /// The vectors at steps that a layer needs.
  func stepVectors(for layer: String) throws(DescriptionError) -> Int {
    let features = try vectors(for: layer)
    if hasSteps { return features }
    throw DescriptionError(
      "", expected: "vectors at steps for a layer \(layer)", received: "one vector for a whole sequence",
      hint: "let pooling come later")
  }
}

/// A layer that was made from its description.
public protocol DescribedLayer: Module {
  /// The output for an input.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, features]` or `[batch, features]`.
  ///   - lengths: The valid steps of each row; nil if all are valid.
  ///   - context: Training or inference.
  /// - Returns: What the layer makes of it.
  func callAsFunction(_ input: Tensor, lengths: [Int]?, context: inout ForwardContext) -> Tensor

  /// The multiply-adds of one step of one row. Default: one for each number of a matrix among the parameters.
  ///
  /// - Parameter steps: The steps of the sequence.
  /// - Returns: Their number, on the average of the steps.
  func multiplyAdds(steps: Int) -> Int

  /// The bytes that a training pass keeps for the way back, beside the inputs. Default: the results of its operations.
  ///
  /// - Parameters:
  ///   - input: What comes in.
  ///   - rows: The rows of a batch.
  ///   - steps: The valid steps of each.
  /// - Returns: The bytes.
  func keptBytes(of input: SequenceForm, rows: Int, steps: Int) -> Int
}

extension DescribedLayer {
  /// One for each number of a matrix among the parameters.
  public func multiplyAdds(steps: Int) -> Int { matrixScalars }

  /// The results of its operations.
  public func keptBytes(of input: SequenceForm, rows: Int, steps: Int) -> Int {
    let features = input.features ?? 0
    // Vectors of whole sequences are one a row.
    return TrainingPass.keptBytes(
      rows: rows, steps: input.hasSteps ? steps : 1,
      shape: { input.hasSteps ? [1, $0, features] : [$0, features] }
    ) { _ = self($0, lengths: nil, context: &$1) }
  }
}

/// A kind of layer that a description may name: one row of the table `all`.
public struct LayerDescriptionKind: Sendable {
  /// The type of its descriptions.
  public let type: any LayerDescription.Type

  /// The name in files.
  public var name: String { type.name }

  /// Every kind of layer.
  public static let all: [LayerDescriptionKind] = [
    LayerDescriptionKind(type: EmbeddingDescription.self),
    LayerDescriptionKind(type: RecurrentDescription.self),
    LayerDescriptionKind(type: EncoderDescription.self),
    LayerDescriptionKind(type: LinearDescription.self),
    LayerDescriptionKind(type: ActivationDescription.self),
    LayerDescriptionKind(type: DropoutDescription.self),
    LayerDescriptionKind(type: LayerNormDescription.self),
    LayerDescriptionKind(type: PoolingDescription.self),
  ]

  /// The kind of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init(type: any LayerDescription.Type) { self.type = type }
}
