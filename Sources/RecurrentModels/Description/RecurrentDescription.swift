public import RecurrentNN
public import RecurrentTensor

/// A described recurrent layer of any named cell.
///
/// In a file only `cell` and `hidden` are needed:
///
/// ```json
/// {
///   "layer": "recurrent", "cell": "lstm", "hidden": 64, "layers": 2, "direction": "bidirectional", "dropout": 0.2,
///   "connections": "residual", "regularization": { "recurrent-dropout": 0.25 }, "outputs": "last"
/// }
/// ```
public struct RecurrentDescription: LayerDescription {
  /// `recurrent`.
  public static let name = "recurrent"
  /// The keys beside `layer`.
  public static let keys = CodingKeys.allCases.map(\.rawValue)

  /// The name of the cell in `RecurrentKind.all`.
  public var cell: String
  /// The units of each layer, 1 to 65,536.
  public var hiddenSize: Int
  /// The height of the stack, 1 to 64.
  public var layers: Int
  /// The order of the steps.
  public var direction: Direction
  /// Share of units dropped between layers while training, below 1.
  public var dropout: Double
  /// What a layer of the stack gets or gives beside the outputs of the layer below it.
  public var connections: LayerConnections
  /// What keeps the layer from learning its training data by heart.
  public var regularization: RecurrentRegularization
  /// Whether the state before the first step is trained.
  public var hasTrainedStart: Bool
  /// The longest time, in steps, that units start remembering for, 2 to 1,000,000; nil for the cell's own start.
  public var memory: Int?
  /// The layers whose units start so; without `memory` the last one, which then means nothing.
  public var rememberingLayers: RememberingLayers
  /// How many times as far back each layer goes on from as the one below it, 1 to 1,024: see `RecurrentKind.Plan.dilation`.
  public var dilation: Int
  /// What goes on to the next layer.
  public var outputs: StepOutputs

  /// A layer of a named cell.
  public init(
    cell: String, hiddenSize: Int, layers: Int = 1, direction: Direction = .forward, dropout: Double = 0,
    connections: LayerConnections = .none, regularization: RecurrentRegularization = .none,
    hasTrainedStart: Bool = false, memory: Int? = nil,
    rememberingLayers: RememberingLayers = .last, dilation: Int = 1, outputs: StepOutputs = .all
  ) {
    (self.cell, self.hiddenSize, self.layers, self.direction) = (cell, hiddenSize, layers, direction)
    (self.dropout, self.connections, self.regularization) = (dropout, connections, regularization)
    (self.hasTrainedStart, self.memory) = (hasTrainedStart, memory)
    (self.rememberingLayers, self.dilation, self.outputs) = (rememberingLayers, dilation, outputs)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case cell
    case hiddenSize = "hidden"
    case layers, direction, dropout, connections, regularization
    case hasTrainedStart = "trained-start"
    case memory
    case rememberingLayers = "remembering"
    case dilation, outputs
  }

  /// Reads what is there; what is absent is as in the initialiser.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError`, or `DescriptionError` for a name that is none.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    cell = try values.decode(String.self, forKey: .cell)
    hiddenSize = try values.decode(Int.self, forKey: .hiddenSize)
    layers = try values.decodeIfPresent(Int.self, forKey: .layers) ?? 1
    direction = try values.namedIfPresent(Direction.all, forKey: .direction) ?? .forward
    dropout = try values.decodeIfPresent(Double.self, forKey: .dropout) ?? 0
    connections = try values.namedIfPresent(LayerConnections.allCases, forKey: .connections) ?? .none
    if values.contains(.regularization) {
      let strengths = try values.nestedContainer(keyedBy: TextKey.self, forKey: .regularization)
      let names = RegularizerKind.all.map(\.name) + [RecurrentRegularization.inferenceName]
      for key in strengths.allKeys {
        try DescriptionCheck.name(key.stringValue, CodingKeys.regularization.rawValue, among: names)
      }
    }
    regularization = try values.decodeIfPresent(RecurrentRegularization.self, forKey: .regularization) ?? .none
    hasTrainedStart = try values.decodeIfPresent(Bool.self, forKey: .hasTrainedStart) ?? false
    memory = try values.decodeIfPresent(Int.self, forKey: .memory)
    rememberingLayers = try values.namedIfPresent(RememberingLayers.allCases, forKey: .rememberingLayers) ?? .last
    dilation = try values.decodeIfPresent(Int.self, forKey: .dilation) ?? 1
    outputs = try values.namedIfPresent(StepOutputs.allCases, forKey: .outputs) ?? .all
  }

  /// Writes the cell, the units, and what differs from the defaults.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cell, forKey: .cell)
    try values.encode(hiddenSize, forKey: .hiddenSize)
    if layers != 1 { try values.encode(layers, forKey: .layers) }
    if direction != .forward { try values.encode(direction, forKey: .direction) }
    if dropout != 0 { try values.encode(dropout, forKey: .dropout) }
    if connections != .none { try values.encode(connections, forKey: .connections) }
    if regularization != .none { try values.encode(regularization, forKey: .regularization) }
    if hasTrainedStart { try values.encode(hasTrainedStart, forKey: .hasTrainedStart) }
    try values.encodeIfPresent(memory, forKey: .memory)
    if rememberingLayers != .last { try values.encode(rememberingLayers, forKey: .rememberingLayers) }
    if dilation != 1 { try values.encode(dilation, forKey: .dilation) }
    if outputs != .all { try values.encode(outputs, forKey: .outputs) }
  }

  /// The name of the cell.
  public var title: String { cell }

  private var kind: RecurrentKind { RecurrentKind(named: cell)! }

  /// The states that one row carries in a cell of each layer: as many as the steps it goes back by.
  private var states: [Double] {
    (1..<max(1, layers)).reduce(into: [1]) { states, _ in states.append(states.last! * Double(dilation)) }
  }

  /// The outputs of all steps or the last ones.
  public func output(of input: SequenceForm) throws(DescriptionError) -> SequenceForm {
    try DescriptionCheck.name(cell, CodingKeys.cell.rawValue, among: RecurrentKind.all.map(\.name))
    try DescriptionCheck.count(
      hiddenSize, CodingKeys.hiddenSize.rawValue, in: 1...SequenceModelDescription.mostFeatures)
    try DescriptionCheck.count(layers, CodingKeys.layers.rawValue, in: 1...64)
    try DescriptionCheck.share(dropout, CodingKeys.dropout.rawValue)
    try DescriptionCheck.count(dilation, CodingKeys.dilation.rawValue, in: 1...1024)
    guard dilation == 1 || layers > 1 else {
      throw DescriptionError(
        CodingKeys.dilation.rawValue, expected: "layers of 2 or more beside it", received: "\(layers)",
        hint: "the lowest layer goes on from the step before")
    }
    let state =
      Double(direction.walks.count) * states.reduce(0, +)
      * kind.cell.mostStateScalars(hiddenSize: Double(hiddenSize))
    try DescriptionCheck.state(
      state, CodingKeys.hiddenSize.rawValue,
      hint: dilation > 1 ? "take fewer units, fewer layers or a smaller dilation" : "take fewer units")
    for kind in RegularizerKind.all where !kind.allows(regularization[keyPath: kind.strength]) {
      throw DescriptionError(
        "\(CodingKeys.regularization.rawValue).\(kind.name)", expected: "a number \(kind.range)",
        received: "\(regularization[keyPath: kind.strength])")
    }
    if let idle = kind.idle(in: regularization, dilation: dilation) {
      throw DescriptionError(
        CodingKeys.regularization.rawValue, expected: idle.expected, received: idle.name, hint: idle.hint,
        names: idle.acting)
    }
    if let memory {
      try DescriptionCheck.count(memory, CodingKeys.memory.rawValue, in: 2...1_000_000)
      guard kind.cell is any RememberingCell.Type else {
        throw DescriptionError(
          CodingKeys.memory.rawValue, expected: "no memory for \(cell), whose units have no such start",
          received: "\(memory)")
      }
    }
    guard memory != nil || rememberingLayers == .last else {
      throw DescriptionError(
        CodingKeys.rememberingLayers.rawValue, expected: "\(CodingKeys.memory.rawValue) beside it", received: "none")
    }
    if [.residual, .highway].contains(connections), ![nil, .concatenate].contains(direction.merge) {
      throw DescriptionError(
        CodingKeys.direction.rawValue, expected: "forward, backward or bidirectional with \(connections) connections",
        received: direction.rawValue)
    }
    _ = try input.stepVectors(for: Self.name)
    let features = direction.mergedSize(hiddenSize)
    return outputs.form(features: features)
  }

  /// Those of all cells, of their trained states and of highway connections.
  public func mostScalars(of input: SequenceForm) -> Double {
    let (hidden, output) = (Double(hiddenSize), Double(direction.mergedSize(hiddenSize)))
    var (width, sum) = (Double(input.features ?? 0), 0.0)
    for (layer, count) in states.enumerated() {
      let state = hasTrainedStart ? count * kind.cell.mostStateScalars(hiddenSize: hidden) : 0
      sum += Double(direction.walks.count) * (kind.cell.mostScalars(inputSize: width, hiddenSize: hidden) + state)
      if layer > 0, connections == .highway { sum += width * (width + 1) }
      width = connections == .dense ? width + output : output
    }
    return sum
  }

  /// Those of all cells.
  public func startMultiplyAdds() -> Double {
    Double(layers * direction.walks.count) * kind.cell.startMultiplyAdds(hiddenSize: Double(hiddenSize))
  }

  /// The layer.
  public func make(for input: SequenceForm, random: RandomSource) -> any DescribedLayer {
    var plan = RecurrentKind.Plan(
      inputSize: input.features ?? 0, hiddenSize: hiddenSize, layers: layers, dropout: Scalar(share: dropout),
      random: random)
    (plan.direction, plan.hasTrainedStart) = (direction, hasTrainedStart)
    (plan.connections, plan.regularization) = (connections, regularization)
    (plan.memory, plan.rememberingLayers, plan.dilation) = (memory, rememberingLayers, dilation)
    return DescribedRecurrence(encoder: kind.make(plan), outputs: outputs)
  }
}

/// A recurrent layer of a described model.
struct DescribedRecurrence: DescribedLayer {
  var encoder: any RecurrentEncoder
  let outputs: StepOutputs

  func callAsFunction(_ input: Tensor, lengths: [Int]?, context: inout ForwardContext) -> Tensor {
    outputs.chosen(from: encoder.encode(input, lengths: lengths, initialHidden: nil, context: &context))
  }

  func multiplyAdds(steps: Int) -> Int { encoder.multiplyAdds }

  func keptBytes(of input: SequenceForm, rows: Int, steps: Int) -> Int { encoder.keptBytes(rows: rows, steps: steps) }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { encoder.visitParameters(&visitor) }
}
