import RecurrentKernels
package import RecurrentTensor

extension CellWeights {
  /// What the sequence driver gives for a whole batch; `memories` are what a cell carries beside h, as LSTM's cell state.
  package struct FusedResult {
    package var outputs, hidden: Tensor
    package var memories: [Tensor]
  }

  /// All steps by the sequence driver, recorded as one entry on the tape.
  ///
  /// Shapes as in `RecurrentCell.scan`; `hidden` and each of `memories` are `[batch, hidden]`. No recomputation changes a
  /// bit.
  func fusedScan(
    _ cell: SequenceCell, layer: @autoclosure () -> String, _ inputs: Tensor, lengths: [Int]?, reversed: Bool,
    hidden: Tensor,
    memories: [Tensor] = [], recomputation: Recomputation
  ) -> FusedResult {
    let steps = StepLengths(layer(), lengths, inputs: inputs, inputSize: inputSize)
    require(
      memories.count == cell.memories,
      LayerMessages.count(layer(), "memories in the state", expected: cell.memories, received: memories.count))
    for state in [hidden] + memories {
      require(
        state.shape == [steps.rows, hiddenSize],
        LayerMessages.shape(layer(), "state", expected: "[\(steps.rows), \(hiddenSize)]", received: state.shape))
    }
    let leaves =
      [inputs, hidden, inputWeight, recurrentWeight] + memories + [inputBias, recurrentBias].compactMap(\.self)
      + unitWeights.map(\.tensor)
    let tape = Tape.recording(leaves)
    let size = SequenceSize(batch: steps.rows, time: steps.steps, input: inputSize, hidden: hiddenSize)
    let run = SequenceRun(
      cell: cell, size: size, lengths: steps.lengths, reversed: reversed,
      history: tape == nil
        ? .none : recomputation.history(of: cell, size, longest: steps.longest, stepRows: steps.validCount))
    let tensors = FusedTensors(
      inputs: inputs.detached(), hidden: hidden.detached(), memories: memories.map { $0.detached() },
      outputs: Tensor(shape: [steps.rows, steps.steps, hiddenSize]) { _ in },
      finalHidden: Tensor(shape: [steps.rows, hiddenSize]) { _ in },
      finalMemories: memories.map { _ in Tensor(shape: [steps.rows, hiddenSize]) { _ in } })
    let packed = packed(for: cell, size)
    run.forward(tensors.buffers, weights: packed)
    let results = [tensors.outputs, tensors.finalHidden] + tensors.finalMemories
    guard let tape else {
      return FusedResult(outputs: results[0], hidden: results[1], memories: tensors.finalMemories)
    }
    let slots = FusedSlots(
      inputs: inputs.slot, hidden: hidden.slot, memories: memories.map { $0.slot },
      inputWeight: inputWeight.slot, recurrentWeight: recurrentWeight.slot,
      inputBias: inputBias?.slot, recurrentBias: recurrentBias?.slot,
      units: unitWeights.map { $0.tensor.slot })
    let weights = detached()
    let recorded = tape.record(results, keeping: run.keptScalars) { upstreams, sink in
      var gradients = slots.gradients(in: &sink)
      gradients.outputs = upstreams[0].map { UnsafePointer($0.storage.pointer) }
      gradients.finalHidden = upstreams[1].map { UnsafePointer($0.storage.pointer) }
      gradients.finalMemories = upstreams.dropFirst(2).map { $0.map { UnsafePointer($0.storage.pointer) } }
      run.backward(gradients, tensors.buffers, weights: weights.sequenceWeights, packed: packed)
      withExtendedLifetime((tensors, weights, upstreams)) {}
    }
    return FusedResult(outputs: recorded[0], hidden: recorded[1], memories: Array(recorded.dropFirst(2)))
  }

  /// The weights in the kernels' order, kept with the recurrent weights until any of them changes.
  func packed(for cell: SequenceCell, _ size: SequenceSize) -> PackedCell {
    defer { withExtendedLifetime(self) {} }
    let versions =
      [inputWeight, inputBias, recurrentBias].map { $0?.storage.contentVersion ?? 0 }
      + unitWeights.map(\.tensor.storage.contentVersion)
    return recurrentWeight.storage.derived(for: [cell.number] + versions) {
      check(cell)
      return PackedCell(cell: cell, size: size, weights: sequenceWeights)
    }
  }

  /// Stops if these are not the weights of such a cell.
  private func check(_ cell: SequenceCell) {
    func check(_ what: String, _ tensor: Tensor?, _ shape: Shape) {
      guard let tensor else { return }
      require(
        tensor.shape == shape, LayerMessages.shape("CellWeights", what, expected: "\(shape)", received: tensor.shape))
    }
    let (inputs, states) = (cell.inputSlots.count * hiddenSize, cell.recurrentSlots.count * hiddenSize)
    check("input weights", inputWeight, [inputs, inputSize])
    check("recurrent weights", recurrentWeight, [states, cell.operands * hiddenSize])
    check("input biases", inputBias, [inputs])
    check("recurrent biases", recurrentBias, [states])
    require(
      unitWeights.count == cell.unitSlots.count,
      LayerMessages.count(
        "CellWeights", "weights of single units", expected: cell.unitSlots.count, received: unitWeights.count))
    for weight in unitWeights { check(weight.name, weight.tensor, [hiddenSize]) }
  }

  private func detached() -> CellWeights {
    var copy = self
    copy.inputWeight = inputWeight.detached()
    copy.recurrentWeight = recurrentWeight.detached()
    copy.inputBias = inputBias?.detached()
    copy.recurrentBias = recurrentBias?.detached()
    for index in unitWeights.indices { copy.unitWeights[index].tensor = unitWeights[index].tensor.detached() }
    return copy
  }

  /// Valid while this value lives.
  private var sequenceWeights: SequenceWeights {
    SequenceWeights(
      input: UnsafePointer(inputWeight.storage.pointer), hidden: UnsafePointer(recurrentWeight.storage.pointer),
      inputBias: inputBias.map { UnsafePointer($0.storage.pointer) },
      hiddenBias: recurrentBias.map { UnsafePointer($0.storage.pointer) },
      units: unitWeights.map { UnsafePointer($0.tensor.storage.pointer) })
  }
}

extension SequenceCell {
  /// Whether `automatic` does not keep the gates of so many valid (row, step) pairs. Where nobody reads them, those of a span are
  /// room for its gradients, which is near when the way back comes.
  fileprivate func leavesGates(_ size: SequenceSize, longest: Int, stepRows: Int) -> Bool {
    SequenceRun.gateBytes(self, size: size, stepRows: stepRows) > Recomputation.keptBytes
      || !readsGates && longest > SequenceRun.span
  }
}

extension CellWeights {
  /// Whether `automatic` does not keep the gates of a scan of this size.
  func recomputes(_ cell: SequenceCell, rows: Int, steps: Int) -> Bool {
    let size = SequenceSize(batch: rows, time: steps, input: inputSize, hidden: hiddenSize)
    return cell.leavesGates(size, longest: steps, stepRows: rows * steps)
  }
}

extension Recomputation {
  /// What a fused run keeps.
  fileprivate func history(of cell: SequenceCell, _ size: SequenceSize, longest: Int, stepRows: Int) -> SequenceHistory
  {
    switch self {
    case .automatic:
      return cell.leavesGates(size, longest: longest, stepRows: stepRows) ? .states : .everything
    case .never:
      return .everything
    case .blocks(let length):
      require(
        length > 0,
        LayerMessages.option("Recomputation", "the steps of a block", expected: "at least 1", received: length))
      return .states
    }
  }
}

/// The tensors of a run, kept alive until the way back is done.
private struct FusedTensors {
  let inputs, hidden: Tensor
  let memories: [Tensor]
  let outputs, finalHidden: Tensor
  let finalMemories: [Tensor]

  /// Valid while this value lives.
  var buffers: SequenceBuffers {
    SequenceBuffers(
      inputs: UnsafePointer(inputs.storage.pointer), initialHidden: start(hidden),
      initialMemories: memories.map(start), outputs: outputs.storage.pointer,
      outputStride: outputs.shape[2], finalHidden: finalHidden.storage.pointer,
      finalMemories: finalMemories.map(\.storage.pointer))
  }

  /// Nil for zeros, which other threads then need not read.
  private func start(_ state: Tensor) -> UnsafePointer<Scalar>? {
    state.storage.isKnownZero ? nil : UnsafePointer(state.storage.pointer)
  }
}

/// Where the gradients of a run's inputs belong.
private struct FusedSlots {
  let inputs, hidden: TapeSlot?
  let memories: [TapeSlot?]
  let inputWeight, recurrentWeight, inputBias, recurrentBias: TapeSlot?
  let units: [TapeSlot?]

  /// The memory of these gradients; it stays in place while the sink holds it.
  func gradients(in sink: inout GradientSink) -> SequenceGradients {
    var gradients = SequenceGradients()
    sink.write(into: inputs) { (gradients.inputs, gradients.inputsAreFresh) = ($0, !$1) }
    sink.add(into: hidden) { gradients.initialHidden = $0 }
    gradients.initialMemories = memories.map { pointer(to: $0, in: &sink) }
    sink.write(into: inputWeight) { (gradients.inputWeight, gradients.weightsAreFresh.input) = ($0, !$1) }
    sink.write(into: recurrentWeight) { (gradients.hiddenWeight, gradients.weightsAreFresh.hidden) = ($0, !$1) }
    sink.add(into: inputBias) { gradients.inputBias = $0 }
    sink.add(into: recurrentBias) { gradients.hiddenBias = $0 }
    gradients.units = units.map { pointer(to: $0, in: &sink) }
    return gradients
  }

  private func pointer(to slot: TapeSlot?, in sink: inout GradientSink) -> UnsafeMutablePointer<Scalar>? {
    var pointer: UnsafeMutablePointer<Scalar>?
    sink.add(into: slot) { pointer = $0 }
    return pointer
  }
}
