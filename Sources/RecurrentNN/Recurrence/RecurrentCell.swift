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

  /// One time step.
  ///
  /// - Parameters:
  ///   - input: `[batch, inputSize]`.
  ///   - state: The state before the step.
  /// - Returns: The output `[batch, outputSize]` and the state after the step.
  func step(_ input: Tensor, from state: State) -> (output: Tensor, state: State)

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

  /// All time steps, block by block if asked.
  public func scan(
    _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State, recomputation: Recomputation
  ) -> SequenceResult<State> {
    guard case .blocks(let length) = recomputation else {
      return scan(inputs, lengths: lengths, reversed: reversed, from: state)
    }
    return scanInBlocks(of: length, inputs, lengths: lengths, reversed: reversed, from: state)
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
    let lengths = StepLengths(Self.layerName, lengths, inputs: inputs, inputSize: inputSize)
    return walk(over: lengths.masked(inputs), lengths, reversed: reversed, from: state) { step($0, from: $1) }
  }

  /// The walk: `step` at each valid step of `parts`, `[batch, time, ...]`.
  func walk(
    over parts: Tensor, _ lengths: StepLengths, reversed: Bool, from state: State,
    step: (_ part: Tensor, _ state: State) -> (output: Tensor, state: State)
  ) -> SequenceResult<State> {
    var state = state
    var outputs = [Tensor](repeating: Tensor(zeros: [lengths.rows, outputSize]), count: lengths.steps)
    for place in reversed ? Array((0..<lengths.longest).reversed()) : Array(0..<lengths.longest) {
      let next = step(parts[at: place, axis: 1], state)
      if let mask = lengths.mask(at: place) {
        state = next.state.selected(where: mask, otherwise: state)
        outputs[place] = Tensor.select(where: mask, next.output, otherwise: outputs[place])
      } else {
        state = next.state
        outputs[place] = next.output
      }
    }
    guard !outputs.isEmpty else {
      return SequenceResult(outputs: Tensor(zeros: [lengths.rows, 0, outputSize]), finalState: state)
    }
    return SequenceResult(outputs: Tensor.stack(outputs, axis: 1), finalState: state)
  }
}
