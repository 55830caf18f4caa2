public import RecurrentNN
public import RecurrentTensor

/// A described affine map of each vector.
///
/// In a file: `{ "layer": "linear", "size": 10 }`, without bias with `"bias": false`.
public struct LinearDescription: LayerDescription {
  /// `linear`.
  public static let name = "linear"
  /// The keys beside `layer`.
  public static let keys = CodingKeys.allCases.map(\.rawValue)

  /// The features of the output, 1 to 65,536.
  public var size: Int
  /// Whether there is a bias.
  public var hasBias: Bool

  /// A map to so many features.
  public init(size: Int, hasBias: Bool = true) { (self.size, self.hasBias) = (size, hasBias) }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case size
    case hasBias = "bias"
  }

  /// Reads the size, and the bias if it is there.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    size = try values.decode(Int.self, forKey: .size)
    hasBias = try values.decodeIfPresent(Bool.self, forKey: .hasBias) ?? true
  }

  /// Vectors of the new size.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    try DescriptionCheck.count(size, CodingKeys.size.rawValue, in: 1...SequenceModelDescription.mostFeatures)
    _ = try input.vectors(for: Self.name)
    return input.with(features: size)
  }

  /// The matrix and the bias.
  public func mostScalars(of input: SequenceForm) -> Double { Double(size) * (Double(input.features ?? 0) + 1) }

  /// The map.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    EachVector(layer: Linear(inputSize: input.features ?? 0, outputSize: size, hasBias: hasBias, random: random))
  }
}

/// A described function of each number: `{ "layer": "activation", "function": "relu" }`.
public struct ActivationDescription: LayerDescription {
  /// `activation`.
  public static let name = "activation"
  /// The keys beside `layer`.
  public static let keys = CodingKeys.allCases.map(\.rawValue)

  /// The function.
  public var function: Activation

  /// This function.
  public init(_ function: Activation) { self.function = function }

  private enum CodingKeys: String, CodingKey, CaseIterable { case function }

  /// Reads the name of the function.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError`, or `DescriptionError` for a name that is none.
  public init(from decoder: any Decoder) throws {
    function = try decoder.container(keyedBy: CodingKeys.self).named(Activation.allCases, forKey: .function)
  }

  /// What comes in, in size.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    _ = try input.vectors(for: Self.name)
    return input
  }

  /// None.
  public func mostScalars(of input: SequenceForm) -> Double { 0 }

  /// The function.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer { EachVector(layer: function) }
}

/// Described dropout of single numbers: `{ "layer": "dropout", "rate": 0.5 }`.
public struct DropoutDescription: LayerDescription {
  /// `dropout`.
  public static let name = "dropout"
  /// The keys beside `layer`.
  public static let keys = CodingKeys.allCases.map(\.rawValue)

  /// The probability with which a number is zeroed in training, below 1.
  public var rate: Double

  /// Dropout of this rate.
  public init(rate: Double) { self.rate = rate }

  private enum CodingKeys: String, CodingKey, CaseIterable { case rate }

  /// What comes in, in size.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    try DescriptionCheck.share(rate, CodingKeys.rate.rawValue)
    _ = try input.vectors(for: Self.name)
    return input
  }

  /// None.
  public func mostScalars(of input: SequenceForm) -> Double { 0 }

  /// The layer.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    EachVector(layer: Dropout(rate: Scalar(share: rate)))
  }
}

/// A described normalisation of each vector: `{ "layer": "layer-norm" }`.
public struct LayerNormDescription: LayerDescription {
  /// `layer-norm`.
  public static let name = "layer-norm"
  /// No keys beside `layer`.
  public static let keys: [String] = []

  /// A normalisation.
  public init() {}

  /// What comes in, in size.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    let features = try input.vectors(for: Self.name)
    try DescriptionCheck.count(features, "", in: 1...SequenceModelDescription.mostFeatures)
    return input
  }

  /// A factor and a shift for each feature.
  public func mostScalars(of input: SequenceForm) -> Double { 2 * Double(input.features ?? 0) }

  /// The layer.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    EachVector(layer: LayerNorm(size: input.features ?? 0))
  }
}

/// A layer that sees one vector at a time.
struct EachVector<Inner: Layer>: DescribedLayer {
  var layer: Inner

  func callAsFunction(_ input: Tensor, lengths: [Int]?, context: inout ForwardContext) -> Tensor {
    layer(input, context: &context)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { layer.visitParameters(&visitor) }
}
