import RecurrentTensor

extension RecurrentCell {
  /// `scan` block after block in the order of the walk, recorded as one entry on the tape that keeps the states between
  /// blocks only.
  ///
  /// On the way back each block is scanned again on a tape of its own, from the state before it, and its gradients are added
  /// to those of the whole.
  func scanInBlocks(
    of blockLength: Int, _ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: State,
    regularization: StepRegularization? = nil
  ) -> SequenceResult<State> {
    require(
      blockLength > 0,
      LayerMessages.option(Self.layerName, "the steps of a block", expected: "at least 1", received: blockLength))
    let steps = StepLengths(Self.layerName, lengths, inputs: inputs, inputSize: inputSize)
    let tape = Tape.recording([inputs] + state.tensors + tensors)
    guard let tape, blockLength < steps.steps else {
      return scan(
        inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .never, regularization)
    }
    let run = BlockwiseRun(
      cell: mapTensors { $0.detached() }, blockLength: blockLength, inputs: inputs.detached(), steps: steps,
      reversed: reversed, regularization: regularization)
    let (result, boundaries) = run.forward(from: state.detached())
    let (inputSlot, stateSlots) = (inputs.slot, state.tensors.map(\.slot))
    let parameterSlots = tensors.map(\.slot)
    let recorded = tape.record([result.outputs] + result.finalState.tensors) { upstreams, sink in
      let gradients = run.backward(
        boundaries: boundaries, outputs: upstreams[0], finalState: Array(upstreams.dropFirst()),
        inputSlot: inputSlot, parameterSlots: parameterSlots, sink: &sink)
      for (gradient, slot) in zip(gradients, stateSlots) {
        if let gradient { sink.accumulate(gradient, into: slot) }
      }
    }
    return SequenceResult(
      outputs: recorded[0], finalState: result.finalState.replacingTensors(Array(recorded.dropFirst())))
  }
}

/// One scan in blocks; all its tensors are off the tape.
private struct BlockwiseRun<Cell: RecurrentCell>: Sendable {
  let cell: Cell
  let blockLength: Int
  let inputs: Tensor
  let steps: StepLengths
  let reversed: Bool
  let regularization: StepRegularization?

  /// The blocks in the order of the walk.
  private var blocks: [Range<Int>] {
    let blocks = stride(from: 0, to: steps.steps, by: blockLength).map { $0..<min(steps.steps, $0 + blockLength) }
    return reversed ? blocks.reversed() : blocks
  }

  private func scan(_ cell: Cell, _ block: Range<Int>, _ inputs: Tensor, from state: Cell.State) -> SequenceResult<
    Cell.State
  > {
    let lengths = steps.lengths?.map { min(max(0, $0 - block.lowerBound), block.count) }
    guard let regularization = regularization?.starting(at: block.lowerBound) else {
      return cell.scanForGradients(inputs, lengths: lengths, reversed: reversed, from: state)
    }
    return cell.scan(
      inputs, lengths: lengths, reversed: reversed, from: state, recomputation: .never, regularization)
  }

  /// The result, and the state before each block of the walk.
  func forward(from state: Cell.State) -> (result: SequenceResult<Cell.State>, boundaries: [Cell.State]) {
    var (state, boundaries) = (state, [Cell.State]())
    let outputs = Tensor(shape: [steps.rows, steps.steps, cell.outputSize]) { outputs in
      for block in blocks {
        boundaries.append(state)
        let result = scan(cell, block, inputs[block, axis: 1], from: state)
        require(
          Tape.recording([result.outputs] + result.finalState.tensors) == nil,
          LayerMessages.hiddenTensor(Cell.layerName))
        state = result.finalState
        result.outputs.withUnsafePointer { source in
          copyBlock(block, width: cell.outputSize) { outputs.advanced(by: $0).update(from: source + $1, count: $2) }
        }
      }
    }
    return (SequenceResult(outputs: outputs, finalState: state), boundaries)
  }

  /// Adds the gradients of parameters and inputs to the sink.
  ///
  /// - Returns: The gradients of the tensors of the state before the first step; nil where there is none.
  func backward(
    boundaries: [Cell.State], outputs: Tensor?, finalState: [Tensor?], inputSlot: TapeSlot?,
    parameterSlots: [TapeSlot?], sink: inout GradientSink
  ) -> [Tensor?] {
    var stateGradients = finalState
    for (block, boundary) in zip(blocks, boundaries).reversed() {
      let tape = Tape()
      defer { tape.finish() }
      let blockInputs = inputs[block, axis: 1]
      let watchedInputs = inputSlot == nil ? blockInputs : tape.watch(blockInputs)
      let state = boundary.mapTensors { tape.watch($0) }
      let result = scan(watchedCell(on: tape, parameterSlots, &sink), block, watchedInputs, from: state)
      var seeds = zip(result.finalState.tensors, stateGradients).compactMap { tensor, gradient in
        gradient.map { (output: tensor, upstream: $0) }
      }
      if let outputs { seeds.insert((result.outputs, outputs[block, axis: 1]), at: 0) }
      tape.backward(from: seeds)
      stateGradients = state.tensors.map { tape.gradient(of: $0) }
      guard inputSlot != nil else { continue }
      tape.gradient(of: watchedInputs).withUnsafePointer { gradient in
        sink.add(into: inputSlot) { target in
          copyBlock(block, width: cell.inputSize) { to, from, count in
            for index in 0..<count { target[to + index] += gradient[from + index] }
          }
        }
      }
    }
    return stateGradients
  }

  /// The cell with its trained tensors on a tape, their gradients where the sink gathers them.
  private func watchedCell(on tape: Tape, _ slots: [TapeSlot?], _ sink: inout GradientSink) -> Cell {
    var watched: [TapeSlot: Tensor] = [:]
    var next = slots.makeIterator()
    return cell.mapTensors { tensor in
      guard case .some(.some(let slot)) = next.next() else { return tensor }
      if let seen = watched[slot] { return seen }
      let (gradient, accumulating) = sink.gradient(of: slot)
      let leaf = tape.watch(tensor, gradient: gradient, accumulating: accumulating)
      watched[slot] = leaf
      return leaf
    }
  }

  /// Calls `copy(place in the whole, place in the block, count)` for each row.
  private func copyBlock(_ block: Range<Int>, width: Int, _ copy: (Int, Int, Int) -> Void) {
    for row in 0..<steps.rows {
      copy((row * steps.steps + block.lowerBound) * width, row * block.count * width, block.count * width)
    }
  }
}

extension Module {
  /// All tensors, in visit order.
  fileprivate var tensors: [Tensor] {
    var tensors: [Tensor] = []
    _ = mapTensors {
      tensors.append($0)
      return $0
    }
    return tensors
  }

  /// The module with every tensor replaced by what `transform` makes of it.
  fileprivate func mapTensors(_ transform: (Tensor) -> Tensor) -> Self {
    withoutActuallyEscaping(transform) { transform in
      var visitor = TensorMap(transform: transform)
      var copy = self
      copy.visitParameters(&visitor)
      return copy
    }
  }
}

private struct TensorMap: ParameterVisitor {
  let transform: (Tensor) -> Tensor

  mutating func visit(_ tensor: inout Tensor, _ name: String, _ kind: ParameterKind) { tensor = transform(tensor) }
}
