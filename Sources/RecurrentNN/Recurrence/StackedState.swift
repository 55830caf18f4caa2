public import RecurrentTensor

/// The states of all cells of a recurrent layer: one for each layer of the stack and each direction.
public struct StackedState<State: RecurrentState>: RecurrentState {
  /// The states, layer by layer from the bottom; in each layer forward before backward.
  public var states: [State]
  /// The states of each layer: 2 in a bidirectional stack, else 1.
  public let directions: Int

  /// A state of these parts.
  ///
  /// - Parameters:
  ///   - states: The states, layer by layer from the bottom; in each layer forward before backward.
  ///   - directions: The states of each layer: 2 in a bidirectional stack, else 1.
  public init(_ states: [State], directions: Int = 1) {
    require(
      directions > 0 && states.count.isMultiple(of: directions),
      LayerMessages.option(
        "StackedState", "the number of states", expected: "a multiple of \(directions)", received: states.count))
    self.states = states
    self.directions = directions
  }

  /// The layers of the stack.
  public var layers: Int { states.count / directions }

  /// The state of one layer; in a bidirectional stack `backward` chooses the second direction.
  public subscript(layer layer: Int, backward backward: Bool = false) -> State {
    get { states[index(layer, backward)] }
    set { states[index(layer, backward)] = newValue }
  }

  private func index(_ layer: Int, _ backward: Bool) -> Int {
    layer * directions + (backward ? directions - 1 : 0)
  }

  /// Shows the tensors of every state.
  public mutating func visitTensors(_ body: (inout Tensor) -> Void) {
    for index in states.indices { states[index].visitTensors(body) }
  }
}

/// What a recurrent layer gives for a batch of sequences.
public struct RecurrentResult<State: RecurrentState>: Sendable {
  /// The top layer's outputs at every step, `[batch, time, features]`, zero at steps that are not valid.
  public var outputs: Tensor
  /// The top layer's last outputs of each row, `[batch, features]`: of the forward direction at the row's last valid step,
  /// of the backward direction at its first. Zero for a row without a valid step. They are taken from the outputs when they are
  /// asked for.
  public var lastOutputs: Tensor { last.outputs }
  /// The state of every cell after the last step of its walk.
  public var finalState: StackedState<State>

  let last: LastStep
}

/// Where the last outputs of a recurrent layer are taken from.
struct LastStep: Sendable {
  /// The top layer's outputs of each direction, without dropout, and by what dropout has multiplied them.
  let walks: [Tensor]
  let mask: Tensor?
  let direction: Direction
  let valid: StepLengths

  /// Once a gradient computation is over nothing more belongs to it.
  var outputs: Tensor {
    let last = direction.merged(
      zip(direction.walks, walks).map { isBackward, outputs in
        let outputs = outputs.leavingFinishedTape()
        return isBackward ? valid.firstStep(of: outputs) : valid.lastStep(of: outputs)
      })
    return mask.map { last * $0 } ?? last
  }
}
