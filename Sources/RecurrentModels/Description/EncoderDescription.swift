import RecurrentNN
public import RecurrentTensor

/// A described layer of one of the structures that recurrent networks are compared with.
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

  /// The name in `SequenceEncoderKind.comparisons`.
  public var structure: String
  /// The features of every layer and of the output, 1 to 65,536.
  public var size: Int
  /// The height of the stack, 1 to 24.
  public var layers: Int
  /// The share that is dropped while training, below 1: see `SequenceEncoderKind.Plan.dropout`.
  public var dropout: Double
  /// The steps that an output shall be able to see, 1 to 1,000,000, where the height bounds them; nil for the height alone.
  public var reach: Int?
  /// What goes on to the next layer.
  public var outputs: StepOutputs

  /// A layer of a named structure.
  public init(
    structure: String, size: Int, layers: Int = 1, dropout: Double = 0, reach: Int? = nil, outputs: StepOutputs = .all
  ) {
    (self.structure, self.size, self.layers) = (structure, size, layers)
    (self.dropout, self.reach, self.outputs) = (dropout, reach, outputs)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case structure, size, layers, dropout, reach, outputs }

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
    if outputs != .all { try values.encode(outputs, forKey: .outputs) }
  }

  /// The name of the structure.
  public var title: String { structure }

  private static let mostLayers = 24
  private static let mostReach = 1_000_000

  /// The outputs of all steps or the last ones.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    try DescriptionCheck.name(
      structure, CodingKeys.structure.rawValue, among: SequenceEncoderKind.comparisons.map(\.name))
    try DescriptionCheck.count(size, CodingKeys.size.rawValue, in: 1...SequenceModelDescription.mostFeatures)
    try DescriptionCheck.count(layers, CodingKeys.layers.rawValue, in: 1...Self.mostLayers)
    try DescriptionCheck.share(dropout, CodingKeys.dropout.rawValue)
    try DescriptionCheck.count(reach ?? 1, CodingKeys.reach.rawValue, in: 1...Self.mostReach)
    _ = try input.stepVectors(for: Self.name)
    return outputs.form(features: size)
  }

  /// Those of the widest structure in as many layers as the reach may take.
  public func mostScalars(of input: SequenceForm) -> Double {
    let (read, size) = (Double(input.features ?? 0), Double(size))
    let doublings = Int.bitWidth - (reach ?? 0).leadingZeroBitCount
    return 4 * size * read + Double(max(layers, doublings)) * (14 * size * size + 24 * size)
  }

  /// The layer.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    let plan = SequenceEncoderKind.Plan(
      inputSize: input.features ?? 0, hiddenSize: size, layers: layers, dropout: Scalar(share: dropout), steps: reach,
      random: random)
    return DescribedEncoder(encoder: SequenceEncoderKind(named: structure)!.make(plan), outputs: outputs)
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

  /// Measured over sequences beyond the first blocks of queries; the square of the steps counts.
  func keptBytes(of input: SequenceForm, rows: Int, steps: Int) -> Int {
    let counts = steps <= 256 ? [steps] : [128, 192, 256]
    return TrainingPass.keptBytes(rows: rows, steps: steps, measured: counts, shape: { [1, $0, input.features ?? 0] }) {
      _ = encoder.encode($0, lengths: nil, context: &$1)
    }
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { encoder.visitParameters(&visitor) }
}
