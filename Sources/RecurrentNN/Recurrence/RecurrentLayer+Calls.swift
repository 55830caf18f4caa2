public import RecurrentTensor

extension RecurrentLayer {
  /// Runs the stack over whole sequences, without dropout.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - state: The state before the first step; nil for the layer's own.
  /// - Returns: The outputs of all steps, the last ones, and the final states.
  public func callAsFunction(
    _ inputs: Tensor, lengths: [Int]? = nil, from state: StackedState<Cell.State>? = nil
  ) -> RecurrentResult<Cell.State> {
    var context = ForwardContext.inference
    return self(inputs, lengths: lengths, from: state, context: &context)
  }

  /// Runs the stack over whole sequences.
  ///
  /// - Parameters:
  ///   - inputs: `[batch, time, inputSize]`. What stands behind a row's length has no influence.
  ///   - lengths: The valid steps of each row, each in `0...time`; nil if all are valid.
  ///   - state: The state before the first step; nil for the layer's own.
  ///   - context: Training or inference, and the randomness of the dropout between layers.
  /// - Returns: The outputs of all steps, the last ones, and the final states.
  public func callAsFunction(
    _ inputs: Tensor, lengths: [Int]? = nil, from state: StackedState<Cell.State>? = nil,
    context: inout ForwardContext
  ) -> RecurrentResult<Cell.State> {
    let valid = StepLengths(Cell.layerName, lengths, inputs: inputs, inputSize: inputSize)
    var states = checked(state, rows: valid.rows).states
    let walks = direction.walks
    var layerInputs = inputs
    var outputs: [Tensor] = []
    for layer in 0..<layers {
      outputs = walks.indices.map { walk in
        let index = layer * walks.count + walk
        let result = cells[index].scan(
          layerInputs, lengths: valid.lengths, reversed: walks[walk], from: states[index], recomputation: recomputation)
        states[index] = result.finalState
        return result.outputs
      }
      layerInputs = direction.merged(outputs)
      if layer < layers - 1 {
        layerInputs = Dropout(rate: dropout)(layerInputs, context: &context)
      }
    }
    let last = zip(walks, outputs).map { isBackward, outputs in
      isBackward ? valid.firstStep(of: outputs) : valid.lastStep(of: outputs)
    }
    return RecurrentResult(
      outputs: layerInputs, lastOutputs: direction.merged(last),
      finalState: StackedState(states, directions: walks.count))
  }

  /// One step of a stream: feeding a sequence step by step gives what a call with all of it gives, without dropout.
  ///
  /// - Parameters:
  ///   - input: `[batch, inputSize]`.
  ///   - state: The state after the step before; nil at the start.
  /// - Returns: The top layer's output, `[batch, outputSize]`, and the state for the next step.
  public func step(
    _ input: Tensor, from state: StackedState<Cell.State>? = nil
  ) -> (output: Tensor, state: StackedState<Cell.State>) {
    require(
      direction == .forward,
      LayerMessages.option(
        Cell.layerName, "the direction of a stream", expected: "forward", received: direction.rawValue))
    require(
      input.shape.rank == 2 && input.shape[1] == inputSize,
      LayerMessages.shape(Cell.layerName, "input", expected: "[batch, \(inputSize)]", received: input.shape))
    var state = checked(state, rows: input.shape[0])
    var output = input
    for index in cells.indices {
      let next = cells[index].step(output, from: state.states[index])
      (output, state.states[index]) = (next.output, next.state)
    }
    return (output, state)
  }

  /// The given state, if it fits, or the layer's own.
  func checked(_ state: StackedState<Cell.State>?, rows: Int) -> StackedState<Cell.State> {
    guard let state else { return initialState(batchSize: rows) }
    require(
      state.states.count == cells.count,
      LayerMessages.count(
        Cell.layerName, "states, one for each layer and direction", expected: cells.count, received: state.states.count)
    )
    for (index, given) in state.states.enumerated() {
      let (tensors, expected) = (given.tensors, cells[index].initialState(batchSize: 1).tensors)
      require(
        tensors.count == expected.count,
        LayerMessages.count(
          Cell.layerName, "tensors of an initial state", expected: expected.count, received: tensors.count))
      for (tensor, model) in zip(tensors, expected) {
        let shape = model.shape.replacing(axis: 0, with: rows)
        require(
          tensor.shape == shape,
          LayerMessages.shape(Cell.layerName, "an initial state", expected: "\(shape)", received: tensor.shape))
      }
    }
    return state
  }
}
