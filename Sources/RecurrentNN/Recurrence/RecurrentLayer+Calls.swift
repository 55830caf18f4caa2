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
  ///   - context: Training or inference, and the randomness of regularisers.
  /// - Returns: The outputs of all steps, the last ones, and the final states.
  public func callAsFunction(
    _ inputs: Tensor, lengths: [Int]? = nil, from state: StackedState<Cell.State>? = nil,
    context: inout ForwardContext
  ) -> RecurrentResult<Cell.State> {
    let valid = StepLengths(Cell.layerName, lengths, inputs: inputs, inputSize: inputSize)
    var states = checked(state, rows: valid.rows).states
    let walks = direction.walks
    var (below, layerInputs) = (inputs, inputs)
    var outputs: [Tensor] = []
    for layer in 0..<layers {
      let seen = layerInputs.dropping(regularization.inputDropout, &context).dropped
      outputs = walks.indices.map { walk in
        let index = layer * walks.count + walk
        let result = scan(index, seen, valid, reversed: walks[walk], from: states[index], &context)
        states[index] = result.finalState
        return result.outputs
      }
      below = joined(direction.merged(outputs), below, layer)
      if layer < layers - 1 {
        let passed = Dropout(rate: dropout)(below, context: &context)
        layerInputs = connections == .dense ? Tensor.concatenate([layerInputs, passed], axis: 2) : passed
      }
    }
    if connections.joinsOutputs, layers > 1 { outputs = direction.parts(of: below) }
    let (dropped, mask) = below.dropping(regularization.outputDropout, &context)
    addPenalty(dropped, changing: below, valid, &context)
    return RecurrentResult(
      outputs: dropped, finalState: StackedState(states, directions: walks.count),
      last: LastStep(walks: outputs, mask: mask, direction: direction, valid: valid))
  }

  /// The scan of one cell under its regularisers.
  private func scan(
    _ index: Int, _ inputs: Tensor, _ valid: StepLengths, reversed: Bool, from state: Cell.State,
    _ context: inout ForwardContext
  ) -> SequenceResult<Cell.State> {
    let cell = cells[index].droppingWeights(rate: regularization.weightDrop, context: &context)
    let steps = StepRegularization(
      regularization, of: cells[index], state: state, steps: valid.steps, context: &context)
    return cell.scan(
      inputs, lengths: valid.lengths, reversed: reversed, from: state, recomputation: recomputation, steps)
  }

  /// What goes up from a layer with these outputs and these inputs.
  private func joined(_ outputs: Tensor, _ inputs: Tensor, _ layer: Int) -> Tensor {
    guard layer > 0 else { return outputs }
    return switch connections {
    case .none, .dense: outputs
    case .residual: outputs + inputs
    case .highway: highwayGates[layer - 1].joined(outputs, inputs)
    }
  }

  private func addPenalty(
    _ outputs: Tensor, changing: Tensor, _ valid: StepLengths, _ context: inout ForwardContext
  ) {
    let penalty = ActivityPenalty(
      activity: regularization.activityPenalty, temporal: regularization.temporalActivityPenalty)
    guard context.isTraining, penalty != ActivityPenalty() else { return }
    context.addPenalty(penalty(outputs, changing: changing, valid))
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
    var context = ForwardContext.inference
    var (below, layerInput) = (input, input)
    for layer in cells.indices {
      let steps = StepRegularization(
        regularization, of: cells[layer], state: state.states[layer], steps: 1, context: &context)
      let next =
        steps?.step(cells[layer], layerInput, from: state.states[layer])
        ?? cells[layer].step(layerInput, from: state.states[layer])
      state.states[layer] = next.state
      below = joined(next.output, below, layer)
      layerInput = connections == .dense ? Tensor.concatenate([layerInput, next.output], axis: 1) : below
    }
    return (below, state)
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

extension Tensor {
  /// `[batch, time, features]` with features zeroed at all steps alike, and by what each row was multiplied; as it is in inference
  /// and without dropout.
  func dropping(
    _ rate: Scalar, _ context: inout ForwardContext
  ) -> (dropped: Tensor, mask: Tensor?) {
    let (rows, steps, features) = (shape[0], shape[1], shape[2])
    guard rate > 0, let mask = context.dropoutMask(rate: rate, rows: rows, rowCount: features) else {
      return (self, nil)
    }
    let places = (0..<rows * steps).map { $0 / steps }
    return (self * mask.rows(at: places).reshaped(to: shape), mask)
  }
}
