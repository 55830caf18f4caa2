import RecurrentData
public import RecurrentNN
public import RecurrentTensor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A model of sequences in words: its layers in order, from which the model is made.
///
/// ```swift
/// let description = SequenceModelDescription(
///   layers: [
///     EmbeddingDescription(vocabularySize: 5000, size: 64),
///     RecurrentDescription(cell: "lstm", hiddenSize: 128, layers: 2, direction: .bidirectional, outputs: .last),
///     DropoutDescription(rate: 0.5),
///     LinearDescription(size: 5),
///   ])
/// let model = try description.makeModel(random: RandomSource(seed: 1))
/// let scores = model([[7, 31, 4], [12, 5, 0]], lengths: [3, 2])  // [2, 5]
/// ```
///
/// In a file the same is
///
/// ```json
/// {
///   "format": 1,
///   "layers": [
///     { "layer": "embedding", "vocabulary": 5000, "size": 64 },
///     { "layer": "recurrent", "cell": "lstm", "hidden": 128, "layers": 2, "direction": "bidirectional", "outputs": "last" },
///     { "layer": "dropout", "rate": 0.5 },
///     { "layer": "linear", "size": 5 }
///   ]
/// }
/// ```
///
/// with `"features": 8` beside `format` where the model reads vectors of 8 numbers, and no embedding.
public struct SequenceModelDescription: Hashable, Sendable {
  /// The form of the files that are written and read.
  public static let format = 1
  /// The most layers of a description.
  public static let mostLayers = 1000
  /// The most numbers of a vector.
  public static let mostFeatures = 65_536
  /// The most scalars of all weights together: 1 GiB in float32.
  public static let mostScalars = 1 << 28
  /// The most multiply-adds that the start of the weights may take.
  static let mostStartMultiplyAdds = 0x1p40
  /// The most bytes of a file.
  public static let mostBytes = 1 << 20

  /// The numbers of a vector that the model reads at each step, 0 to 65,536; nil where an embedding comes first.
  public var features: Int?
  /// The layers in order.
  public var layers: [any LayerDescription]

  /// A model of these layers.
  ///
  /// - Parameters:
  ///   - features: The numbers of a vector that the model reads at each step; nil where an embedding comes first.
  ///   - layers: The layers in order.
  public init(features: Int? = nil, layers: [any LayerDescription]) {
    (self.features, self.layers) = (features, layers)
  }

  /// Reads a description from JSON.
  ///
  /// - Parameters:
  ///   - json: The bytes, at most `mostBytes`.
  ///   - name: The name of the file in errors.
  /// - Throws: `DescriptionError` for what is no JSON, a name or key that is none, a value of another kind or out of range, layers
  ///   that do not fit, and a model larger than `mostScalars`. Nothing large is made before all of it is checked.
  public init(json: [UInt8], name: String? = nil) throws(DescriptionError) {
    do {
      guard json.count <= Self.mostBytes else {
        throw DescriptionError("", expected: "at most \(Self.mostBytes) bytes", received: "\(json.count)")
      }
      self = try JSONDecoder().decode(Self.self, from: Data(json))
    } catch {
      var found = error as? DescriptionError ?? DescriptionError(error)
      found.file = name
      throw found
    }
  }

  /// Reads a description from a JSON file.
  ///
  /// - Parameter path: The file, or `-` for standard input.
  /// - Throws: `DataError` for a file that cannot be read, `DescriptionError` as `init(json:name:)`.
  public init(contentsOf path: String) throws {
    var limits = ReadingLimits()
    limits.textBytes = Self.mostBytes
    let text = try TextBuffer.read(path, limits: limits)
    try self.init(json: Array(text.bytes), name: text.file)
  }

  /// The description as JSON, keys sorted.
  public var json: [UInt8] {
    // Texts, numbers and objects of them: there is nothing that cannot be written.
    (try? ModelFolder.json(self)) ?? []
  }

  /// What the model reads.
  public var input: SequenceForm {
    if let features { return .steps(features: features) }
    return .tokens(vocabulary: (layers.first as? EmbeddingDescription)?.vocabularySize ?? 0)
  }

  /// What comes out of each layer.
  ///
  /// - Returns: The forms, one for each layer.
  /// - Throws: `DescriptionError` that names the layer, as `init(json:name:)` does.
  public func forms() throws(DescriptionError) -> [SequenceForm] {
    try DescriptionCheck.count(features ?? 0, "features", in: 0...Self.mostFeatures)
    try DescriptionCheck.count(layers.count, "layers", in: 1...Self.mostLayers)
    var (forms, present) = ([SequenceForm](), input)
    var (scalars, work) = (0.0, 0.0)
    for (index, layer) in layers.enumerated() {
      let before = present
      do {
        present = try layer.output(of: before)
      } catch {
        throw error.below("layers[\(index)]")
      }
      forms.append(present)
      scalars += layer.mostScalars(of: before)
      work += layer.startMultiplyAdds()
    }
    guard scalars <= Double(Self.mostScalars) else {
      throw DescriptionError(
        "", expected: "a model of at most \(Self.mostScalars) numbers",
        received: "one of up to \(Int(min(scalars, 1e18)))")
    }
    guard work <= Self.mostStartMultiplyAdds else {
      throw DescriptionError(
        "", expected: "reservoirs whose spectral radius is found within minutes", received: "larger ones",
        hint: "take fewer units")
    }
    return forms
  }

  /// The model with fresh weights.
  ///
  /// - Parameter random: The randomness of the start.
  /// - Returns: The model.
  /// - Throws: `DescriptionError` for values out of range, layers that do not fit, and a model larger than `mostScalars`.
  public func makeModel(random: RandomSource = .unseeded()) throws(DescriptionError) -> DescribedModel {
    let inputs = [input] + (try forms())
    return DescribedModel(
      self,
      layers: layers.indices.map { layers[$0].make(for: inputs[$0], random: random.stream("layers").stream($0)) })
  }

  /// Equal if all layers are.
  public static func == (a: Self, b: Self) -> Bool {
    a.features == b.features && a.layers.map { AnyHashable($0) } == b.layers.map { AnyHashable($0) }
  }

  /// All layers.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(features)
    for layer in layers { hasher.combine(AnyHashable(layer)) }
  }
}

extension SequenceModelDescription: Codable {
  private static let keys = ["format", "features", "layers"]

  /// Reads and checks a description.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DescriptionError`, or `DecodingError` for values of another kind.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: TextKey.self)
    for key in values.allKeys { try DescriptionCheck.name(key.stringValue, "", among: Self.keys) }
    let format = try values.decode(Int.self, forKey: TextKey("format"))
    guard format == Self.format else {
      throw DescriptionError("format", expected: "\(Self.format)", received: "\(format)")
    }
    features = try values.decodeIfPresent(Int.self, forKey: TextKey("features"))
    var list = try values.nestedUnkeyedContainer(forKey: TextKey("layers"))
    layers = []
    while !list.isAtEnd {
      guard layers.count < Self.mostLayers else {
        throw DescriptionError("layers", expected: "at most \(Self.mostLayers) layers", received: "more")
      }
      layers.append(try list.decode(NamedLayer.self).layer)
    }
    _ = try forms()
  }

  /// Writes the description.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: TextKey.self)
    try values.encode(Self.format, forKey: TextKey("format"))
    try values.encodeIfPresent(features, forKey: TextKey("features"))
    try values.encode(layers.map(NamedLayer.init), forKey: TextKey("layers"))
  }
}

/// A layer with its name beside its own keys.
private struct NamedLayer: Codable {
  let layer: any LayerDescription

  init(_ layer: any LayerDescription) { self.layer = layer }

  init(from decoder: any Decoder) throws {
    let path = String(DescriptionError.path(of: decoder.codingPath))
    do {
      let values = try decoder.container(keyedBy: TextKey.self)
      let name = try values.decode(String.self, forKey: TextKey("layer"))
      try DescriptionCheck.name(name, "layer", among: LayerDescriptionKind.all.map(\.name))
      let type = LayerDescriptionKind(named: name)!.type
      let keys = ["layer"] + type.keys
      for key in values.allKeys { try DescriptionCheck.name(key.stringValue, "", among: keys) }
      layer = try type.init(from: decoder)
    } catch let error as DescriptionError {
      throw error.below(path)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: TextKey.self)
    try values.encode(type(of: layer).name, forKey: TextKey("layer"))
    try layer.encode(to: encoder)
  }
}

extension DescriptionError {
  /// A place in a file: `layers[1].hidden`.
  static func path(of keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return path + "[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }

  /// What a decoder could not read.
  init(_ error: any Error) {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context)?:
      self.init(Self.path(of: context.codingPath), expected: "a value for \(key.stringValue)", received: "none")
    case .valueNotFound(let type, let context)?:
      self.init(Self.path(of: context.codingPath), expected: Self.words(for: type), received: "null")
    case .typeMismatch(let type, let context)?:
      self.init(
        Self.path(of: context.codingPath), expected: Self.words(for: type), received: Self.found(context))
    case .dataCorrupted(let context)? where !context.codingPath.isEmpty:
      let (expected, received) = Self.parts(of: context.debugDescription)
      self.init(Self.path(of: context.codingPath), expected: expected, received: received)
    default: self.init("", expected: "JSON", received: "text that is none", hint: "a brace or a comma may be missing")
    }
  }

  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type, is Scalar.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }

  /// `Expected to decode Int but found a string instead.`
  private static func found(_ context: DecodingError.Context) -> String {
    let text = context.debugDescription
    guard let start = text.range(of: " but found "), let end = text.range(of: " instead") else { return "another kind" }
    guard start.upperBound < end.lowerBound else { return "another kind" }
    return String(text[start.upperBound..<end.lowerBound])
  }

  /// `expected a number at least 0, received -1` in its parts.
  private static func parts(of text: String) -> (expected: String, received: String) {
    let mark = text.range(of: ", received ")
    guard let mark, text.hasPrefix("expected ") else { return ("another value", text) }
    return (String(text[text.index(text.startIndex, offsetBy: 9)..<mark.lowerBound]), String(text[mark.upperBound...]))
  }
}
