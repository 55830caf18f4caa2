public import RecurrentTensor

/// A cell run over time: stacked, in one or both directions, over rows of unequal length.
///
/// ```swift
/// let lstm = LSTM(inputSize: 10, hiddenSize: 20, layers: 2, direction: .bidirectional, dropout: 0.2)
/// let run = lstm(x, lengths: [7, 0, 5])  // x: [3, 7, 10]
/// let outputs = run.outputs  // [3, 7, 40]
/// let lastOutputs = run.lastOutputs  // [3, 40]
/// let memory = run.finalState[layer: 1].cell  // [3, 20]
/// ```
///
/// Parameters carry PyTorch's names: the cell's, then `_l{layer}`, then `_reverse` for the second direction of a
/// bidirectional layer: `weight_ih_l0`, `bias_hh_l1_reverse`. The gates of highway connections are called
/// `highway_weight_l{layer}` and `highway_bias_l{layer}`.
public struct RecurrentLayer<Cell: RecurrentCell>: Module, CustomStringConvertible {
  /// Where the state before the first step comes from, if a call does not give it.
  public enum InitialState: String, Hashable, Sendable, Codable, CaseIterable {
    /// The cell's own, for built-in cells zero.
    case fixed
    /// A parameter for each tensor of the state but those at ``RecurrentCell/fixedStartPlaces``, the same for all rows, starting as
    /// ``RecurrentCell/trainableState()``. Its name is `initial_state_{number of the tensor}_l{layer}{_reverse}`.
    case trainable
  }

  /// A place in the stack that wants a cell.
  public struct Place: Hashable, Sendable {
    /// The layer, counted from the bottom.
    public let layer: Int
    /// Whether the cell will walk backward.
    public let isBackward: Bool
    /// The features that the cell's input will have.
    public let inputSize: Int
    /// What distinguishes the place's parameters: `_l1_reverse`.
    public let suffix: String
  }

  /// The cells, layer by layer from the bottom; in each layer forward before backward.
  public private(set) var cells: [Cell]
  /// The order of the steps.
  public let direction: Direction
  /// The probability with which an output between two layers is zeroed in training.
  public let dropout: Scalar
  /// What a layer of the stack gets or gives beside the outputs of the layer below it.
  public let connections: LayerConnections

  /// What keeps the layer from learning its training data by heart, beside the dropout between layers; nothing by default.
  public var regularization: RecurrentRegularization {
    didSet { regularization.check(Cell.layerName) }
  }

  /// What the way back of a gradient computation computes again instead of keeping it: a choice between memory and time,
  /// not a parameter.
  public var recomputation = Recomputation.automatic

  private var trainableStates: [Cell.State]
  /// Of all layers but the lowest.
  private(set) var highwayGates: [HighwayGate] = []
  private let suffixes: [String]

  /// A stack of cells that `makeCell` provides.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input.
  ///   - layers: The height of the stack.
  ///   - direction: The order of the steps.
  ///   - dropout: The probability with which an output between two layers is zeroed in training, at least 0, below 1.
  ///   - initialState: Whether the state before the first step is trained.
  ///   - connections: What a layer of the stack gets or gives beside the outputs of the layer below it.
  ///   - regularization: What keeps the layer from learning its training data by heart.
  ///   - makeCell: Gives the cell of a place.
  public init(
    inputSize: Int, layers: Int = 1, direction: Direction = .forward, dropout: Scalar = 0,
    initialState: InitialState = .fixed, connections: LayerConnections = .none,
    regularization: RecurrentRegularization = .none, makeCell: (Place) -> Cell
  ) {
    let name = Cell.layerName
    require(layers > 0, LayerMessages.option(name, "layers", expected: "at least 1", received: layers))
    require(
      dropout >= 0 && dropout < 1,
      LayerMessages.option(name, "dropout", expected: "at least 0 and below 1", received: dropout))
    regularization.check(name)
    require(
      !connections.joinsOutputs || [nil, .concatenate].contains(direction.merge),
      LayerMessages.option(
        name, "the direction of a layer with \(connections) connections",
        expected: "forward, backward or bidirectional", received: direction.rawValue))
    self.direction = direction
    self.dropout = dropout
    self.connections = connections
    self.regularization = regularization
    cells = []
    var suffixes: [String] = []
    var width = inputSize
    for layer in 0..<layers {
      for (index, isBackward) in direction.walks.enumerated() {
        let suffix = "_l\(layer)\(index == 1 ? "_reverse" : "")"
        let cell = makeCell(Place(layer: layer, isBackward: isBackward, inputSize: width, suffix: suffix))
        require(
          cell.inputSize == width,
          LayerMessages.count(name, "input features of the cell\(suffix)", expected: width, received: cell.inputSize))
        cells.append(cell)
        suffixes.append(suffix)
      }
      let output = direction.mergedSize(cells[cells.count - 1].outputSize)
      if layer > 0, connections.joinsOutputs {
        require(
          output == width,
          LayerMessages.count(
            name, "output features of layer \(layer), as its input has, for \(connections) connections",
            expected: width, received: output))
        if connections == .highway { highwayGates.append(HighwayGate(size: width)) }
      }
      width = connections == .dense ? width + output : output
    }
    self.suffixes = suffixes
    trainableStates = initialState == .trainable ? cells.map { $0.trainableState() } : []
  }

  /// The height of the stack.
  public var layers: Int { cells.count / direction.walks.count }
  /// The features of the input.
  public var inputSize: Int { cells[0].inputSize }
  /// The features of the output: twice the cell's if two directions lie side by side.
  public var outputSize: Int { direction.mergedSize(cells[cells.count - 1].outputSize) }
  /// Whether the state before the first step is trained.
  public var initialStateKind: InitialState { trainableStates.isEmpty ? .fixed : .trainable }

  /// The state before the first step of a call that gives none.
  public func initialState(batchSize: Int) -> StackedState<Cell.State> {
    guard !trainableStates.isEmpty else {
      return StackedState(cells.map { $0.initialState(batchSize: batchSize) }, directions: direction.walks.count)
    }
    let rows = [Int](repeating: 0, count: batchSize)
    return StackedState(trainableStates.map { $0.rows(at: rows) }, directions: direction.walks.count)
  }

  /// Shows the parameters of every cell, then the trained initial states.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    for index in cells.indices {
      visitor.beginSuffix(suffixes[index])
      cells[index].visitParameters(&visitor)
      visitor.endSuffix()
    }
    for index in trainableStates.indices {
      visitor.beginSuffix(suffixes[index])
      let fixed = cells[index].fixedStartPlaces
      var number = 0
      trainableStates[index].visitTensors { tensor in
        if !fixed.contains(number) { visitor.visit(&tensor, "initial_state_\(number)") }
        number += 1
      }
      visitor.endSuffix()
    }
    for index in highwayGates.indices {
      visitor.beginSuffix("_l\(index + 1)")
      highwayGates[index].visitParameters(&visitor)
      visitor.endSuffix()
    }
  }

  /// As `LSTM(10 -> 20, layers 2, bidirectional, dropout 0.2), 15,040 parameters`.
  public var description: String {
    var parts = ["\(inputSize) -> \(cells[cells.count - 1].outputSize)"]
    if layers > 1 { parts.append("layers \(layers)") }
    if direction != .forward { parts.append(direction.rawValue) }
    if dropout > 0 { parts.append("dropout \(dropout)") }
    if initialStateKind == .trainable { parts.append("trainable initial state") }
    if connections != .none { parts.append("\(connections) connections") }
    if regularization != .none { parts.append("\(regularization)") }
    return described(as: Cell.layerName, parts)
  }
}
