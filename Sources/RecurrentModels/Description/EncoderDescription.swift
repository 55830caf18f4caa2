import RecurrentNN
public import RecurrentTensor

/// A described layer of one of the structures that are made of cells, or that recurrent networks are compared with.
///
/// In a file only `structure` and `size` are needed:
///
/// ```json
/// { "layer": "encoder", "structure": "transformer", "size": 64, "layers": 2, "dropout": 0.1, "outputs": "last" }
/// ```
public struct EncoderDescription: LayerDescription {
  /// `encoder`.
  public static let name = "encoder"
  /// The keys beside `layer`.
  public static let keys = CodingKeys.allCases.map(\.rawValue)

  /// The name in `SequenceEncoderKind.compositions` or `SequenceEncoderKind.comparisons`.
  public var structure: String
  /// The features of every layer and of the output, 1 to 65,536.
  public var size: Int
  /// The height of the stack, 1 to 24.
  public var layers: Int
  /// The share that is dropped while training, below 1: see `SequenceEncoderKind.Plan.dropout`.
  public var dropout: Double
  /// The steps that an output shall be able to see, 1 to 1,000,000, where the height bounds them; nil for the height alone.
  public var reach: Int?
  /// The sizes of the frames that a structure over frames reads, `[length]` or `[height, width]`: features and size are channels
  /// of as many places. Nil for the longest line that fits both.
  public var frame: [Int]?
  /// What goes on to the next layer.
  public var outputs: StepOutputs

  /// A layer of a named structure.
  public init(
    structure: String, size: Int, layers: Int = 1, dropout: Double = 0, reach: Int? = nil, frame: [Int]? = nil,
    outputs: StepOutputs = .all
  ) {
    (self.structure, self.size, self.layers) = (structure, size, layers)
    (self.dropout, self.reach, self.frame, self.outputs) = (dropout, reach, frame, outputs)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case structure, size, layers, dropout, reach, frame, outputs
  }

  /// Reads what is there; what is absent is as in the initialiser.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError`, or `DescriptionError` for a name that is none.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    structure = try values.decode(String.self, forKey: .structure)
    size = try values.decode(Int.self, forKey: .size)
    layers = try values.decodeIfPresent(Int.self, forKey: .layers) ?? 1
    dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? 0
    reach = try values.decodeIfPresent(Int.self, forKey: .reach)
    frame = try values.decodeIfPresent([Int].self, forKey: .frame)
    outputs = try values.namedIfPresent(StepOutputs.allCases, forKey: .outputs) ?? .all
  }

  /// Writes the structure, the size, and what differs from the defaults.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(structure, forKey: .structure)
    try values.encode(size, forKey: .size)
    if layers != 1 { try values.encode(layers, forKey: .layers) }
    if dropout != 0 { try values.encode(dropout, forKey: .dropout) }
    try values.encodeIfPresent(reach, forKey: .reach)
    try values.encodeIfPresent(frame, forKey: .frame)
    if outputs != .all { try values.encode(outputs, forKey: .outputs) }
  }

  /// The name of the structure.
  public var title: String { structure }

  private static let kinds = SequenceEncoderKind.compositions + SequenceEncoderKind.comparisons
  private static let mostLayers = 24
  private static let mostReach = 1_000_000

  private var kind: SequenceEncoderKind { SequenceEncoderKind(named: structure)! }

  /// The outputs of all steps or the last ones.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    try DescriptionCheck.name(structure, CodingKeys.structure.rawValue, among: Self.kinds.map(\.name))
    try DescriptionCheck.count(size, CodingKeys.size.rawValue, in: 1...SequenceModelDescription.mostFeatures)
    try DescriptionCheck.count(layers, CodingKeys.layers.rawValue, in: 1...Self.mostLayers)
    try DescriptionCheck.share(dropout, CodingKeys.dropout.rawValue)
    try DescriptionCheck.count(reach ?? 1, CodingKeys.reach.rawValue, in: 1...Self.mostReach)
    let states = (0..<layers).reduce(into: [1.0]) { $0.append($0[$1] * Double(kind.stateGrowth)) }.dropLast()
    try DescriptionCheck.state(
      2 * Double(size) * states.reduce(0, +), CodingKeys.size.rawValue, hint: "take a smaller size or fewer layers")
    let features = try input.stepVectors(for: Self.name)
    guard features > 0 else {
      throw DescriptionError("", expected: "features for a layer \(Self.name)", received: "0")
    }
    if let frame { try check(frame, features: features) }
    return outputs.form(features: size)
  }

  /// Whether features and size are channels of the frame's places.
  private func check(_ frame: [Int], features: Int) throws(DescriptionError) {
    func error(expected: String) -> DescriptionError {
      DescriptionError(CodingKeys.frame.rawValue, expected: expected, received: "\(frame.prefix(4))")
    }
    guard kind.readsFrames else { throw error(expected: "no frame for \(structure), which reads none") }
    let bounds = 1...SequenceModelDescription.mostFeatures
    guard (1...2).contains(frame.count), frame.allSatisfy(bounds.contains) else {
      throw error(expected: "a length, or a height and a width, each in \(bounds)")
    }
    let places = frame.reduce(1, *)
    guard features % places == 0, size % places == 0 else {
      throw error(expected: "places of which \(features) features and a size of \(size) are channels")
    }
  }

  /// Those of the widest structure in as many layers as the reach may take; with a frame those of its kernels.
  public func mostScalars(of input: SequenceForm) -> Double {
    let (read, size) = (Double(input.features ?? 0), Double(size))
    if let frame {
      let places = Double(frame.reduce(1, *))
      let channels = size / places, taps = places > 1 ? frame.reduce(1.0) { product, _ in product * 3 } : 1
      let first = 4 * channels * (taps * (read / places + channels) + 1)
      return first + Double(layers - 1) * 4 * channels * (taps * 2 * channels + 1)
    }
    let doublings = Int.bitWidth - (reach ?? 0).leadingZeroBitCount
    return 4 * size * read + Double(max(layers, doublings)) * (14 * size * size + 24 * size)
  }

  /// The layer.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    var plan = SequenceEncoderKind.Plan(
      inputSize: input.features ?? 0, hiddenSize: size, layers: layers, dropout: Scalar(share: dropout), steps: reach,
      random: random)
    plan.frame = frame
    return DescribedEncoder(encoder: kind.make(plan), outputs: outputs)
  }
}

/// A structure as a layer of a described model.
struct DescribedEncoder: DescribedLayer {
  var encoder: any SequenceEncoder
  let outputs: StepOutputs

  func callAsFunction(_ input: Tensor, lengths: [Int]?, context: inout ForwardContext) -> Tensor {
    outputs.chosen(from: encoder.encode(input, lengths: lengths, context: &context))
  }

  func multiplyAdds(steps: Int) -> Int { encoder.multiplyAdds(steps: steps) }

  /// A recurrent layer knows; else measured over sequences beyond the first blocks of queries; the square of the steps counts.
  func keptBytes(of input: SequenceForm, rows: Int, steps: Int) -> Int {
    if let layer = encoder as? any RecurrentEncoder { return layer.keptBytes(rows: rows, steps: steps) }
    let counts = steps <= 256 ? [steps] : [128, 192, 256]
    return TrainingPass.keptBytes(rows: rows, steps: steps, measured: counts, shape: { [1, $0, input.features ?? 0] }) {
      _ = encoder.encode($0, lengths: nil, context: &$1)
    }
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { encoder.visitParameters(&visitor) }
}
