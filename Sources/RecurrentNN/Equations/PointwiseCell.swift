import RecurrentKernels
public import RecurrentTensor

/// What a cell of equations carries from step to step.
public struct PointwiseState: RecurrentState {
  /// The hidden state, which is the output too, `[batch, hidden]`.
  public var hidden: Tensor
  /// The memories in the order of their declaration, `[batch, hidden]` each.
  public var memories: [Tensor]
  /// The inputs of steps before that the next step sees again, `[batch, steps * input]`, the oldest first; nil if it sees its
  /// own alone.
  public var pastInputs: Tensor?

  /// A state of these parts.
  public init(hidden: Tensor, memories: [Tensor] = [], pastInputs: Tensor? = nil) {
    (self.hidden, self.memories, self.pastInputs) = (hidden, memories, pastInputs)
  }

  /// Shows `hidden`, then the memories, then the past inputs if there are any.
  public mutating func visitTensors(_ body: (inout Tensor) -> Void) {
    body(&hidden)
    for index in memories.indices { body(&memories[index]) }
    if pastInputs != nil { body(&pastInputs!) }
  }
}

/// A cell of your own at the speed of the built-in ones: its equations and its weights, nothing else.
///
/// ```swift
/// struct MinimalGatedCell: PointwiseCell {
///   // The minimal gated unit: Zhou et al. 2016.
///   static let equations = CellEquations { cell in
///     let forget = cell.gate().sigmoid()
///     let candidate = cell.gate(over: forget * cell.hidden).tanh()
///     return .init(hidden: cell.hidden + forget * (candidate - cell.hidden))
///   }
///   var weights: CellWeights
/// }
/// ```
///
/// A layer of it:
///
/// ```swift
/// let layer = RecurrentLayer<MinimalGatedCell>(inputSize: 8, hiddenSize: 64, layers: 2)
/// ```
///
/// `step`, `scan` and streams follow from the equations; a `step` of the cell's own would be seen by neither of the others.
/// A cell that mixes its units in another way than by the products of its gates writes a `step` of tensor operations
/// instead: ``RecurrentCell``.
public protocol PointwiseCell: RecurrentCell where State == PointwiseState {
  /// The equations: a `static let`, as a computed property would translate them, and pack the weights, at every access.
  static var equations: CellEquations { get }
  /// The weights of all gates and of single units, made for these equations.
  var weights: CellWeights { get set }
  /// The weights as the equations see them. Default: `weights`; a cell whose parameters are not the numbers of its equations, as
  /// an eigenvalue by its logarithm, computes them here, once for all steps.
  var equationWeights: CellWeights { get }
  /// How the weights of a fresh cell start unless its maker names another way. Default: as PyTorch.
  static var initialization: CellInitialization { get }

  /// A cell of these weights.
  init(weights: CellWeights)

  /// Changes what `initialization` cannot say of weights that start by it. Default: nothing.
  static func start(_ weights: inout CellWeights, random: RandomSource)
}

extension PointwiseCell {
  /// Everything uniform within ±1/√hidden, as PyTorch.
  public static var initialization: CellInitialization { .uniformAsPyTorch }

  /// The weights themselves.
  public var equationWeights: CellWeights { weights }

  /// The inputs that the next step sees again.
  public static var bookkeeping: Set<Int> { equations.inputSteps > 1 ? [1 + equations.memories.count] : [] }

  /// The inputs that the next step sees again.
  public var pastInputPlaces: Set<Int> { Self.bookkeeping }

  /// Whether a gate meets the state before the step.
  public var hasRecurrentProducts: Bool {
    Self.equations.recurrentGates > 0 && !Self.equations.sequenceCell.isReadOut
  }

  /// `weight_hh`, if a gate meets the state before the step.
  public var recurrentWeightNames: [String] { hasRecurrentProducts ? ["weight_hh"] : [] }

  /// Leaves the weights as they are.
  public static func start(_ weights: inout CellWeights, random: RandomSource) {}

  /// A cell with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of the state.
  ///   - hasBias: Whether there are biases.
  ///   - initialization: How the weights start; nil for the cell's own way.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, hasBias: Bool = true, initialization: CellInitialization? = nil,
    random: RandomSource = .unseeded()
  ) {
    var weights = CellWeights(
      for: Self.equations, inputSize: inputSize, hiddenSize: hiddenSize, hasBias: hasBias,
      initialization: initialization ?? Self.initialization, random: random)
    if initialization == nil { Self.start(&weights, random: random) }
    self.init(weights: weights)
  }

  /// A cell with fresh weights, as its initialiser makes it by default.
  public static func fresh(inputSize: Int, hiddenSize: Int, random: RandomSource) -> Self {
    Self(inputSize: inputSize, hiddenSize: hiddenSize, random: random)
  }

  /// The features of the input.
  public var inputSize: Int { weights.inputSize / Self.equations.inputSteps }
  /// The units of the state.
  public var outputSize: Int { weights.hiddenSize }

  /// Zeros.
  public func initialState(batchSize: Int) -> PointwiseState {
    let zeros = Tensor(zeros: [batchSize, outputSize])
    let past = weights.inputSize - inputSize
    return PointwiseState(
      hidden: zeros, memories: Self.equations.memories.map { _ in zeros },
      pastInputs: Self.equations.inputSteps > 1 ? Tensor(zeros: [batchSize, past]) : nil)
  }

  /// One step of the equations in tensor operations.
  public func step(_ input: Tensor, from state: PointwiseState) -> (output: Tensor, state: PointwiseState) {
    let next = Self.equations.step(input, from: state, weights: equationWeights)
    return (next.hidden, next)
  }

  /// One step in which the recurrent weights meet their operands through a mask; no other use of the state is masked.
  public func step(
    _ input: Tensor, from state: PointwiseState, recurrentMask: Tensor
  ) -> (output: Tensor, state: PointwiseState) {
    let next = Self.equations.step(input, from: state, weights: equationWeights, recurrentMask: recurrentMask)
    return (next.hidden, next)
  }

  /// If its gates would take more than 512 MiB, or there are more than 512 steps and the way back does not read them.
  public func recomputes(rows: Int, steps: Int) -> Bool {
    weights.recomputes(Self.equations.sequenceCell, rows: rows, steps: steps)
  }

  /// All steps by the fused sequence driver, which chooses what is computed again.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: PointwiseState
  ) -> SequenceResult<PointwiseState> {
    scan(inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .automatic)
  }

  /// All steps by the fused sequence driver: the numbers of the loop over `step`, to rounding, and one tape entry.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: PointwiseState, recomputation: Recomputation
  ) -> SequenceResult<PointwiseState> {
    let window = state.pastInputs.map { past in
      InputWindow(
        Self.layerName, inputs, after: past, steps: Self.equations.inputSteps, lengths: lengths, reversed: reversed)
    }
    let result = equationWeights.fusedScan(
      Self.equations.sequenceCell, layer: Self.layerName, window?.inputs ?? inputs, lengths: lengths,
      reversed: reversed, hidden: state.hidden, memories: state.memories, recomputation: recomputation)
    return SequenceResult(
      outputs: result.outputs,
      finalState: PointwiseState(hidden: result.hidden, memories: result.memories, pastInputs: window?.past))
  }

  /// Shows the weights of the gates, then those of single units.
  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) { weights.visitParameters(&visitor) }
}

extension RecurrentLayer where Cell: PointwiseCell {
  /// A stack of cells of equations with fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: The features of the input; 0 for none.
  ///   - hiddenSize: The units of each cell.
  ///   - layers: The height of the stack.
  ///   - direction: The order of the steps.
  ///   - dropout: The probability with which an output between two layers is zeroed in training.
  ///   - hasBias: Whether there are biases.
  ///   - initialState: Whether the state before the first step is trained.
  ///   - connections: What a layer of the stack gets or gives beside the outputs of the layer below it.
  ///   - initialization: How the weights start; nil for the cell's own way.
  ///   - random: The randomness of the start.
  public init(
    inputSize: Int, hiddenSize: Int, layers: Int = 1, direction: Direction = .forward, dropout: Scalar = 0,
    hasBias: Bool = true, initialState: InitialState = .fixed, connections: LayerConnections = .none,
    initialization: CellInitialization? = nil, random: RandomSource = .unseeded()
  ) {
    self.init(
      inputSize: inputSize, layers: layers, direction: direction, dropout: dropout, initialState: initialState,
      connections: connections
    ) { place in
      Cell(
        inputSize: place.inputSize, hiddenSize: hiddenSize, hasBias: hasBias, initialization: initialization,
        random: random.stream(place.suffix))
    }
  }
}
