public import RecurrentTensor

/// One recurrence: what happens in one time step.
///
/// A cell whose units meet only in the products of its gates is best written as a ``PointwiseCell``. Any other cell of
/// your own needs a state, an initial state and a `step` of tensor operations; `RecurrentLayer` then gives it lengths,
/// directions, stacks, dropout, trainable initial states and gradients.
///
/// ```swift
/// struct LeakyCell: RecurrentCell {
///   var weight: Tensor  // [hidden, input]
///   var inputSize: Int { weight.shape[1] }
///   var outputSize: Int { weight.shape[0] }
///
///   func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }
///
///   func step(_ input: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
///     let next = 0.9 * state + 0.1 * input.linear(weight: weight).tanh()
///     return (next, next)
///   }
///
///   mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&weight, "weight") }
/// }
/// ```
public protocol RecurrentCell: Module {
  /// What the cell carries from step to step.
  associatedtype State: RecurrentState

  /// The features of a step's input; 0 for a recurrence without input.
  var inputSize: Int { get }

  /// The features of a step's output.
  var outputSize: Int { get }

  /// What the layer made of this cell is called in summaries: `LSTM`.
  static var layerName: String { get }

  /// The state before the first step.
  func initialState(batchSize: Int) -> State

  /// The state of one row that training begins with where the state before the first step is trained. Default: `initialState`. A
  /// cell whose start lets nothing of itself through has another.
  func trainableState() -> State

  /// The places, among the tensors of the state, of those that stay as `trainableState` has them. Default: `bookkeeping`.
  var fixedStartPlaces: Set<Int> { get }

  /// One time step.
  ///
  /// - Parameters:
  ///   - input: `[batch, inputSize]`.
  ///   - state: The state before the step.
  /// - Returns: The output `[batch, outputSize]` and the state after the step.
  func step(_ input: Tensor, from state: State) -> (output: Tensor, state: State)

  /// One time step of a layer with dropout on the recurrence: the products that take in the past see it through a mask; what
  /// is carried over by other ways is not masked.
  ///
  /// The default multiplies the first tensor of the state, which is right for a cell where that tensor meets products only.
  /// A cell that also carries it over, as a GRU does, writes its own; one without such products takes its `step` and
  /// says so in `hasRecurrentProducts`.
  ///
  /// - Parameters:
  ///   - input: `[batch, inputSize]`.
  ///   - state: The state before the step.
  ///   - recurrentMask: 0 or 1 / (1 - rate) for each unit, of the shape of the state's first tensor; the same at all steps.
  /// - Returns: As `step`.
  func step(
    _ input: Tensor, from state: State, recurrentMask: Tensor
  ) -> (output: Tensor, state: State)

  /// Whether products of a step see the state that recurrent dropout masks. Default: whether there is a hidden state.
  var hasRecurrentProducts: Bool { get }

  /// The place of the hidden state among the tensors of the state; nil of a cell that carries memories alone. Default: 0.
  static var hiddenPlace: Int? { get }

  /// The places, among the tensors of the state, of those that are no memories of units, as a clock: zoneout leaves them alone.
  /// Default: none.
  static var bookkeeping: Set<Int> { get }

  /// A state that carries what was given from outside. Default: the first tensor is it, of a named cell the one at `carrier`.
  ///
  /// - Parameters:
  ///   - hidden: `[batch, hidden]`.
  ///   - state: The cell's own start.
  /// - Returns: The state before the first step.
  func starting(at hidden: Tensor, from state: State) -> State

  /// How many steps before the present one the state lies that a step goes on from. Default: 1.
  var stepDistance: Int { get }

  /// How many steps a scan takes together where gradients are recorded: what it keeps grows with them by whole chunks. Default: 1.
  var chunkLength: Int { get }

  /// The places, among the tensors of the state, of inputs of past steps that the next ones see again: they belong to the layer
  /// that has read them, and are not handed over to another one. Default: none.
  var pastInputPlaces: Set<Int> { get }

  /// Whether regularisers can act on single steps. Default: yes; a cell that moves its states about from step to step says no.
  static var takesStepRegularization: Bool { get }

  /// What the states after a step are on average if units keep what they had before it with some probability: zoneout in
  /// inference. Default: the mean of every tensor, weighted so. States that are numbers on a scale of their own need another.
  ///
  /// - Parameters:
  ///   - previous: The state before the step.
  ///   - next: The state after the step.
  ///   - hidden: The share of `previous` in the hidden state.
  ///   - memories: The share of `previous` in the other tensors.
  /// - Returns: The mean.
  func mean(of previous: State, and next: State, keepingHidden hidden: Scalar, memories: Scalar) -> State

  /// The names of the weights that take in the past, among those of `visitParameters`: what weight drop acts on. Default:
  /// `weight_hh`.
  var recurrentWeightNames: [String] { get }

  /// The multiply-adds of one step of one row: those of products with matrices, of weights or of what the cell remembers;
  /// what is done unit by unit is not counted. Default: one for each number of a matrix among the parameters.
  var multiplyAdds: Int { get }

  /// Whether a scan of so many rows and steps does not keep all that it computes for the way back if that is left to it. Default:
  /// no.
  func recomputes(rows: Int, steps: Int) -> Bool

  /// All time steps, without a choice of what is computed again.
  ///
  /// The default walks over `step`. A cell with a faster way to the same numbers writes its own, or `scan` with
  /// recomputation if that way can compute again by itself.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - reversed: Whether each row is walked from its own last valid step to its first.
  ///   - state: The state before the first step of the walk.
  /// - Returns: As `scan` with recomputation.
  func scan(_ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State) -> SequenceResult<State>

  /// All time steps.
  ///
  /// The default is `scan` without recomputation, if asked block by block.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - reversed: Whether each row is walked from its own last valid step to its first.
  ///   - state: The state before the first step of the walk.
  ///   - recomputation: What the way back of a gradient computation computes again.
  /// - Returns: The outputs in the order of the inputs, zero where a step is not valid, and each row's state after its
  ///   last step of the walk. A row without a valid step keeps its state.
  func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State, recomputation: Recomputation
  ) -> SequenceResult<State>

  /// All time steps of a block that is computed again on the way back, in both passes over it.
  ///
  /// The default is `scan` that keeps everything. A cell whose `scan` takes another way where gradients are recorded than where
  /// none are takes that way here, so that both passes give the same bits.
  func scanForGradients(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State
  ) -> SequenceResult<State>
}

/// What a cell gives for whole sequences.
public struct SequenceResult<State: RecurrentState>: Sendable {
  /// The output of every step: `[batch, time, outputSize]`, zero at steps that are not valid.
  public var outputs: Tensor
  /// The state of each row after its last step.
  public var finalState: State

  /// A result of these outputs and this state.
  public init(outputs: Tensor, finalState: State) {
    self.outputs = outputs
    self.finalState = finalState
  }
}

extension RecurrentCell {
  /// The name of the type without `Cell`.
  public static var layerName: String {
    let name = String(describing: Self.self)
    return name.hasSuffix("Cell") ? String(name.dropLast(4)) : name
  }

  /// The state before the first step of a row.
  public func trainableState() -> State { initialState(batchSize: 1) }

  /// Bookkeeping.
  public var fixedStartPlaces: Set<Int> { Self.bookkeeping }

  /// Whether there is a hidden state.
  public var hasRecurrentProducts: Bool { Self.hiddenPlace != nil }

  /// The first.
  public static var hiddenPlace: Int? { 0 }

  /// Whether anything is carried beside the hidden state.
  var hasMemories: Bool {
    initialState(batchSize: 1).tensors.indices.contains { $0 != Self.hiddenPlace && !Self.bookkeeping.contains($0) }
  }

  /// None.
  public static var bookkeeping: Set<Int> { [] }

  /// The state with its first tensor replaced.
  public func starting(at hidden: Tensor, from state: State) -> State { state.replacing(at: 0, by: hidden) }

  /// 1.
  public var stepDistance: Int { 1 }

  /// 1.
  public var chunkLength: Int { 1 }

  /// None.
  public var pastInputPlaces: Set<Int> { [] }

  /// Yes.
  public static var takesStepRegularization: Bool { true }

  /// `weight_hh`.
  public var recurrentWeightNames: [String] { ["weight_hh"] }

  /// One for each number of a matrix among the parameters, trained or not.
  public var multiplyAdds: Int { matrixScalars }

  /// No.
  public func recomputes(rows: Int, steps: Int) -> Bool { false }

  /// The step from a state whose first tensor is masked.
  public func step(
    _ input: Tensor, from state: State, recurrentMask: Tensor
  ) -> (output: Tensor, state: State) {
    var seen = state
    var isFirst = true
    seen.visitTensors { tensor in
      if isFirst { tensor = tensor * recurrentMask }
      isFirst = false
    }
    return step(input, from: seen)
  }

  /// The weighted mean of every tensor but bookkeeping.
  public func mean(of previous: State, and next: State, keepingHidden hidden: Scalar, memories: Scalar) -> State {
    let old = previous.tensors
    var place = -1
    return next.mapTensors { tensor in
      place += 1
      let share = place == Self.hiddenPlace ? hidden : memories
      guard share > 0, !Self.bookkeeping.contains(place) else { return tensor }
      return share * old[place] + (1 - share) * tensor
    }
  }

  /// All time steps, block by block if asked.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State, recomputation: Recomputation
  ) -> SequenceResult<State> {
    guard case .blocks(let length) = recomputation else {
      return scan(inputs, lengths: lengths, reversed: reversed, from: state)
    }
    return scanInBlocks(of: length, inputs, lengths: lengths, reversed: reversed, from: state)
  }

  /// The scan that keeps everything.
  public func scanForGradients(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State
  ) -> SequenceResult<State> {
    scan(inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .never)
  }

  /// Walks over `step`.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State
  ) -> SequenceResult<State> {
    scanByLoop(inputs, lengths: lengths, reversed: reversed, from: state)
  }

  /// The readable loop that defines what `scan` means.
  package func scanByLoop(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State
  ) -> SequenceResult<State> {
    scanByLoop(inputs, lengths: lengths, reversed: reversed, from: state) { step($0, from: $2) }
  }

  /// The same over any step, which is given its input, its number and the state before it.
  func scanByLoop(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State,
    _ body: (_ input: Tensor, _ number: Int, _ state: State) -> (output: Tensor, state: State)
  ) -> SequenceResult<State> {
    let lengths = StepLengths(Self.layerName, lengths, inputs: inputs, inputSize: inputSize)
    return walk(over: lengths.masked(inputs), lengths, reversed: reversed, from: state, body)
  }

  /// The walk: `body` at each valid step of `parts`, `[batch, time, ...]`.
  func walk(
    over parts: Tensor, _ lengths: StepLengths, reversed: Bool, from state: State,
    _ body: (_ part: Tensor, _ number: Int, _ state: State) -> (output: Tensor, state: State)
  ) -> SequenceResult<State> {
    var state = state
    var outputs = [Tensor](repeating: Tensor(zeros: [lengths.rows, outputSize]), count: lengths.steps)
    for step in reversed ? Array((0..<lengths.longest).reversed()) : Array(0..<lengths.longest) {
      let next = body(parts[at: step, axis: 1], step, state)
      if let mask = lengths.mask(at: step) {
        state = next.state.selected(where: mask, otherwise: state)
        outputs[step] = Tensor.select(where: mask, next.output, otherwise: outputs[step])
      } else {
        state = next.state
        outputs[step] = next.output
      }
    }
    guard !outputs.isEmpty else {
      return SequenceResult(outputs: Tensor(zeros: [lengths.rows, 0, outputSize]), finalState: state)
    }
    return SequenceResult(outputs: Tensor.stack(outputs, axis: 1), finalState: state)
  }
}
