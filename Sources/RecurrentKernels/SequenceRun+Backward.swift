import CRecurrentKernels

/// Gradients that flow into and out of a sequence run. What is added to must hold a value on entry.
package struct SequenceGradients {
  /// dL/d outputs, laid out as the outputs; nil if none.
  package var outputs: UnsafePointer<KernelScalar>?
  /// dL/d final states, `[batch, hidden]`; nil is zero.
  package var finalHidden, finalMemory: UnsafePointer<KernelScalar>?
  /// Added to if wanted: `[batch, time, input]` and `[batch, hidden]`.
  package var inputs, initialHidden, initialMemory: UnsafeMutablePointer<KernelScalar>?
  /// Added to if wanted, in the shapes of `SequenceWeights`.
  package var inputWeight, hiddenWeight, inputBias, hiddenBias: UnsafeMutablePointer<KernelScalar>?

  package init() {}
}

extension SequenceRun {
  /// Back-propagation through time after `forward`, once: the gate values become their gradients.
  package func backward(
    _ gradients: SequenceGradients, _ buffers: SequenceBuffers, weights: SequenceWeights
  ) {
    precondition(keepsHistory, "a sequence run without history cannot go back")
    let slots = cell.recurrentSlots
    let recurrent = phases.map {
      PackedCell.transposed(weights.hidden, columns: size.hidden, slots: $0, gates: slots, size: size)
    }
    let hiddenGradient = Workspace(count: max(1, size.batch * size.hidden))
    let memoryGradient = Workspace(count: cell.hasMemory ? max(1, size.batch * size.paddedHidden) : 1)
    let operandGradient = Workspace(count: phases.count > 1 ? max(1, size.batch * size.hidden) : 1)
    runParts { part, share, barrier, shares in
      let state = BackwardState(
        hidden: rows(hiddenGradient, layout.parts[part], size.hidden),
        memory: rows(memoryGradient, layout.parts[part], size.paddedHidden),
        operand: rows(operandGradient, layout.parts[part], size.hidden))
      backward(
        layout.parts[part], gradients, buffers, recurrent, state,
        MatrixProduct.share(of: size.blocks, member: share, of: shares), barrier)
    }
    if let inputs = gradients.inputs, size.input > 0 { propagateToInputs(inputs, weights) }
    accumulateWeightGradients(gradients, buffers)
  }

  private func rows(_ memory: Workspace, _ part: SequencePart, _ width: Int) -> rk_rows {
    rk_rows(base: memory.pointer + part.firstRow * width, offset: nil, stride: Int64(width), shift: 0)
  }

  /// Walks over a gate row in the order of `PackedCell.transposed`: blocks, slots, units.
  func inner(over slots: Range<Int>) -> rk_inner {
    let lanes = MatrixProduct.lanes
    let whole = size.hidden / lanes
    var inner = rk_inner()
    inner.mainCount = Int64(whole)
    inner.mainLength = Int64(slots.count * lanes)
    inner.mainStride = Int64(cell.slots * lanes)
    inner.tailCount = size.hidden % lanes == 0 ? 0 : Int64(slots.count)
    inner.tailLength = Int64(size.hidden % lanes)
    inner.tailStart = Int64(whole * cell.slots * lanes)
    return inner
  }

  private func backward(
    _ part: SequencePart, _ gradients: SequenceGradients, _ buffers: SequenceBuffers, _ recurrent: [Workspace],
    _ state: BackwardState, _ blocks: Range<Int>, _ barrier: TeamBarrier
  ) {
    load(part, gradients, state, blocks)
    let (outputFirst, outputStep) = layout.offsets(of: part, time: size.time, stride: buffers.outputStride)
    let stateOffsets = part.rows.map { Int64($0 * size.hidden) }
    var step = rk_step()
    step.cell = cell.index
    step.hidden = Int64(size.hidden)
    step.slots = Int64(cell.slots)
    (step.hiddenGradient, step.memoryGradient, step.operandGradient) = (state.hidden, state.memory, state.operand)
    var product = rk_product()
    product.leftStep = 1
    product.columns = Int64(size.hidden)
    (product.groupSlots, product.groupCount) = (1, 1)
    let (firstBlock, endBlock) = (Int64(blocks.lowerBound), Int64(blocks.upperBound))
    outputFirst.withUnsafeBufferPointer { outputOffset in
      stateOffsets.withUnsafeBufferPointer { stateOffset in
        for time in stride(from: part.steps - 1, through: 0, by: -1) {
          let active = Int64(part.active[time])
          step.gates = gateRows(part, time)
          let outputShift = Int64(time * outputStep)
          step.upstream = rk_rows(
            base: gradients.outputs.map { UnsafeMutablePointer(mutating: $0) }, offset: outputOffset.baseAddress,
            stride: 0, shift: outputShift)
          step.previousHidden =
            time == 0
            ? initialRows(buffers.initialHidden, stateOffset.baseAddress!)
            : rk_rows(
              base: buffers.outputs, offset: outputOffset.baseAddress, stride: 0,
              shift: outputShift - Int64(outputStep))
          step.previousMemory = memoryRows(part, time - 1)
          step.memory = memoryRows(part, time)
          for phase in phases.indices.reversed() {
            let slots = phases[phase]
            kernels.stepBackward(&step, Int32(phase), 0, active, firstBlock, endBlock)
            barrier.wait()
            product.left = step.gates
            product.left.shift = Int64(slots.lowerBound * MatrixProduct.lanes)
            product.inner = inner(over: slots)
            product.right = UnsafePointer(recurrent[phase].pointer)
            product.result = phase == 0 ? state.hidden : state.operand
            product.mode = phase == 0 ? RK_FROM_RESULT : RK_FROM_ZERO
            // Until the next meeting a share reads no units of this result but its own.
            kernels.product(&product, 0, active, firstBlock, endBlock)
          }
        }
      }
    }
    store(part, gradients, state, blocks)
  }

  private func load(
    _ part: SequencePart, _ gradients: SequenceGradients, _ state: BackwardState, _ blocks: Range<Int>
  ) {
    let lanes = MatrixProduct.lanes
    for (row, number) in part.rows.enumerated() {
      for unit in blocks.lowerBound * lanes..<blocks.upperBound * lanes {
        if unit < size.hidden {
          state.hidden.base[row * size.hidden + unit] = gradients.finalHidden?[number * size.hidden + unit] ?? 0
        }
        guard cell.hasMemory else { continue }
        let value = unit < size.hidden ? gradients.finalMemory?[number * size.hidden + unit] ?? 0 : 0
        state.memory.base[row * size.paddedHidden + unit] = value
      }
    }
  }

  private func store(
    _ part: SequencePart, _ gradients: SequenceGradients, _ state: BackwardState, _ blocks: Range<Int>
  ) {
    let lanes = MatrixProduct.lanes
    for (row, number) in part.rows.enumerated() {
      for unit in blocks.lowerBound * lanes..<min(size.hidden, blocks.upperBound * lanes) {
        gradients.initialHidden?[number * size.hidden + unit] += state.hidden.base[row * size.hidden + unit]
        guard cell.hasMemory else { continue }
        gradients.initialMemory?[number * size.hidden + unit] += state.memory.base[row * size.paddedHidden + unit]
      }
    }
  }

  /// dL/dx = dL/d gates · W, all steps at once.
  private func propagateToInputs(_ inputs: UnsafeMutablePointer<KernelScalar>, _ weights: SequenceWeights) {
    let packed = PackedCell.transposed(
      weights.input, columns: size.input, slots: cell.inputRange, gates: cell.inputSlots, size: size)
    let offsets = stepOffsets(stride: size.input)
    var product = rk_product()
    product.left = rk_rows(
      base: gates.pointer, offset: nil, stride: Int64(gateStride),
      shift: Int64(cell.inputRange.lowerBound * MatrixProduct.lanes))
    product.leftStep = 1
    product.inner = inner(over: cell.inputRange)
    product.right = UnsafePointer(packed.pointer)
    product.result = rk_rows(base: inputs, offset: offsets.pointer, stride: 0, shift: 0)
    product.columns = Int64(size.input)
    (product.groupSlots, product.groupCount) = (1, 1)
    product.mode = RK_FROM_RESULT
    MatrixProduct.run(
      product, rows: offsets.count, panels: MatrixProduct.panels(size.input),
      operations: 2 * offsets.count * size.input * size.hidden * cell.inputRange.count)
    withExtendedLifetime(offsets) {}
  }

  /// Offset of every step row, in packed order, in a `[batch, time, stride]` array.
  private func stepOffsets(stride: Int) -> PooledTable<Int64> {
    var offsets = PooledTable<Int64>(capacity: layout.stepRows)
    for part in layout.parts {
      let (first, step) = layout.offsets(of: part, time: size.time, stride: stride)
      for time in 0..<part.steps {
        for row in 0..<part.active[time] { offsets.append(first[row] + Int64(time * step)) }
      }
    }
    return offsets
  }
}

/// Gradients carried from step to step, by part row.
private struct BackwardState {
  var hidden, memory, operand: rk_rows
}
