public import RecurrentTensor

extension RecurrentLayer: RecurrentEncoder {
  /// Runs over whole sequences; see `RecurrentEncoder`.
  public func encode(
    _ inputs: Tensor, lengths: [Int]?, initialHidden: Tensor?, context: inout ForwardContext
  ) -> EncodedSequence {
    var state = initialState(batchSize: inputs.shape[0])
    if let initialHidden { state.states[0] = cells[0].starting(at: initialHidden, from: state.states[0]) }
    return EncodedSequence(self(inputs, lengths: lengths, from: state, context: &context))
  }

  /// Goes on where another run of this layer has ended; see `RecurrentEncoder`.
  public func encode(_ inputs: Tensor, from state: [Tensor], context: inout ForwardContext) -> EncodedSequence {
    let given = initialState(batchSize: inputs.shape[0]).replacingTensors(state)
    return EncodedSequence(self(inputs, from: given, context: &context))
  }

  /// Starts with the state of another layer; see `RecurrentEncoder`.
  public func encode(_ inputs: Tensor, handedOver state: [Tensor], context: inout ForwardContext) -> EncodedSequence {
    let own = initialState(batchSize: inputs.shape[0])
    var (given, place) = (state, 0)
    for (cell, start) in zip(cells, own.states) {
      let tensors = start.tensors
      for past in cell.pastInputPlaces where place + past < given.count { given[place + past] = tensors[past] }
      place += tensors.count
    }
    return EncodedSequence(self(inputs, from: own.replacingTensors(given), context: &context))
  }
}

/// A cell that can be chosen by name: one row of the table `all`.
public struct RecurrentKind: Sendable, CustomStringConvertible {
  /// The sizes of a layer to be made.
  public struct Plan: Sendable {
    /// The features of the input.
    public var inputSize: Int
    /// The units of each layer.
    public var hiddenSize: Int
    /// Layers upon each other.
    public var layers = 1
    /// The order of the steps.
    public var direction = Direction.forward
    /// Whether the state before the first step is trained.
    public var hasTrainedStart = false
    /// Share of units dropped between layers while training.
    public var dropout: Scalar = 0
    /// What a layer gets or gives beside the outputs of the layer below it.
    public var connections = LayerConnections.none
    /// What keeps the layer from learning its training data by heart.
    public var regularization = RecurrentRegularization.none
    /// The longest time, in steps, that units start remembering for, in a ``RememberingCell``; nil for the cell's own start.
    /// Other cells stop with a message.
    public var memory: Int?
    /// The layers whose units start so; without `memory` it means nothing.
    public var rememberingLayers = RememberingLayers.last
    /// How many times as far back each layer goes on from as the one below it, at least 1: layer n, counted from 0, from the
    /// state dilation^n steps before, as a ``DilatedCell`` (Chang et al. 2017); 1 for the step before in all of them.
    public var dilation = 1
    /// The randomness of the weights.
    public var random: RandomSource

    /// A plan of one layer without dropout.
    public init(inputSize: Int, hiddenSize: Int, layers: Int = 1, dropout: Scalar = 0, random: RandomSource) {
      (self.inputSize, self.hiddenSize, self.layers) = (inputSize, hiddenSize, layers)
      (self.dropout, self.random) = (dropout, random)
    }
  }

  /// The name in options and files, the source and the equations.
  public let about: CellDescription
  /// The type of the cell.
  public let cell: any NamedCell.Type
  /// Makes a layer of this cell.
  public let make: @Sendable (Plan) -> any RecurrentEncoder

  /// The name in options and files: `lstm`.
  public var name: String { about.name }
  /// Whether no product joins one step to the next, so that the products of many steps are done together.
  public var isParallelInTime: Bool {
    (cell as? any PointwiseCell.Type).map { !$0.equations.sequenceCell.joinsUnits } ?? false
  }
  /// The regularisers that find in the cell what they act on.
  public var regularizers: [RegularizerKind] { regularizers(dilation: 1) }

  /// The first regulariser asked for that would do nothing in the cell, or is not allowed in a dilated one.
  package func idle(in regularization: RecurrentRegularization, dilation: Int = 1) -> IdleRegularizer? {
    let acting = regularizers(dilation: dilation).map(\.name)
    return RegularizerKind.all
      .first { regularization[keyPath: $0.strength] > 0 && !acting.contains($0.name) }
      .map { kind in
        IdleRegularizer(
          name: kind.name, cell: name, isDilated: dilation > 1,
          actsUndilated: regularizers.contains { $0.name == kind.name }, acting: acting)
      }
  }

  private func regularizers(dilation: Int) -> [RegularizerKind] {
    func acting(on cell: some NamedCell) -> [RegularizerKind] {
      guard dilation > 1 else { return RegularizerKind.all.filter { $0.acts(on: cell) } }
      let dilated = DilatedCell(cell, dilation: dilation)
      return RegularizerKind.all.filter { $0.acts(on: dilated) }
    }
    return acting(on: cell.fresh(inputSize: 3, hiddenSize: 5, random: RandomSource(seed: 0)))
  }

  /// The name.
  public var description: String { name }

  /// Every cell that can be chosen by name.
  public static let all: [RecurrentKind] = [
    RecurrentKind(ElmanCell.self),
    RecurrentKind(LSTMCell.self),
    RecurrentKind(GRUCell.self),
    RecurrentKind(JordanCell.self),
    RecurrentKind(IRNNCell.self),
    RecurrentKind(IndRNNCell.self),
    RecurrentKind(PeepholeLSTMCell.self),
    RecurrentKind(CoupledLSTMCell.self),
    RecurrentKind(LayerNormLSTMCell.self),
    RecurrentKind(LayerNormGRUCell.self),
    RecurrentKind(ProjectedLSTMCell.self),
    RecurrentKind(ClockworkCell.self),
    RecurrentKind(EchoStateCell.self),
    RecurrentKind(MGUCell.self),
    RecurrentKind(MinGRUCell.self),
    RecurrentKind(MinLSTMCell.self),
    RecurrentKind(SRUCell.self),
    RecurrentKind(SLSTMCell.self),
    RecurrentKind(QRNNCell.self),
    RecurrentKind(LRUCell.self),
    RecurrentKind(SelectiveSSMCell.self),
    RecurrentKind(MLSTMCell.self),
  ]

  /// The cell of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init<Cell: NamedCell>(_: Cell.Type) {
    (about, cell) = (Cell.about, Cell.self)
    make = { plan in
      func cell(layer: Int, inputSize: Int, suffix: String) -> Cell {
        let random = plan.random.stream(suffix)
        let cell = Cell.fresh(inputSize: inputSize, hiddenSize: plan.hiddenSize, random: random)
        guard let memory = plan.memory, plan.rememberingLayers == .all || layer == plan.layers - 1 else { return cell }
        return cell.remembering(upTo: max(2, memory / plan.distance(ofLayer: layer)), random: random)
      }
      guard plan.dilation != 1, plan.layers > 1 else {
        return RecurrentLayer<Cell>(plan) { cell(layer: $0.layer, inputSize: $0.inputSize, suffix: $0.suffix) }
      }
      return RecurrentLayer<DilatedCell<Cell>>(plan) { place in
        DilatedCell(
          cell(layer: place.layer, inputSize: place.inputSize, suffix: place.suffix),
          dilation: plan.distance(ofLayer: place.layer))
      }
    }
  }
}

extension RecurrentLayer {
  /// The layer of a plan, of the cells that `makeCell` provides.
  fileprivate init(_ plan: RecurrentKind.Plan, makeCell: (Place) -> Cell) {
    self.init(
      inputSize: plan.inputSize, layers: plan.layers, direction: plan.direction, dropout: plan.dropout,
      initialState: plan.hasTrainedStart ? .trainable : .fixed, connections: plan.connections,
      regularization: plan.regularization, makeCell: makeCell)
  }
}

extension RecurrentKind.Plan {
  /// The steps that a layer goes back by.
  fileprivate func distance(ofLayer layer: Int) -> Int {
    (0..<layer).reduce(1) { distance, _ in
      let (product, isTooLarge) = distance.multipliedReportingOverflow(by: dilation)
      require(
        dilation > 0 && !isTooLarge,
        LayerMessages.option(
          "RecurrentKind.Plan", "dilation", expected: "at least 1 and a distance of layer \(layer) within 64 bits",
          received: dilation))
      return product
    }
  }
}
