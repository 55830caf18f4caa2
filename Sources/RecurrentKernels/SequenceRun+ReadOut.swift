import CRecurrentKernels

/// A second phase that no later step sees: it takes a block of steps at once, so that its product meets many rows and the
/// shares of a part's units wait for each other once a block.
extension SequenceRun {
  /// The outputs of a block of steps from their operands.
  func readOut(
    _ part: SequencePart, _ times: Range<Int>, _ buffers: SequenceBuffers, _ weights: PackedCell, _ blocks: Range<Int>,
    _ barrier: TeamBarrier
  ) {
    barrier.wait()
    let offsets = stepOffsets(part, times, stride: buffers.outputStride)
    var step = weights.step
    step.gates = values.gates.rows(part, times.lowerBound)
    step.operand = values.operandRows(part, times.lowerBound)
    step.hidden_ = rk_rows(base: buffers.outputs, offset: offsets.pointer, stride: 0, shift: 0)
    (step.phaseFirst, step.phaseCount) = (Int64(phases[1].lowerBound), Int64(phases[1].count))
    step.right = weights.recurrent[1]
    kernels.stepForward(&step, 1, 0, Int64(offsets.count), Int64(blocks.lowerBound), Int64(blocks.upperBound))
    // The operands of the next block may lie where these do.
    barrier.wait()
    withExtendedLifetime(offsets) {}
  }

  /// The way back of `readOut`: gradients of its gates, and of the operands into rows behind each other.
  func readBack(
    _ part: SequencePart, _ times: Range<Int>, _ walk: BackwardWalk, _ share: PartShare
  ) {
    let (blocks, panels) = (share.share(of: size.blocks), share.share(of: MatrixProduct.panels(operandWidth)))
    let offsets = stepOffsets(part, times, stride: walk.buffers.outputStride)
    let final = finalGradients(part, times, walk.gradients.finalHidden)
    var step = walk.packed.step
    step.gates = walk.values.gates.rows(part, times.lowerBound)
    step.hidden_ = rk_rows(base: walk.buffers.outputs, offset: offsets.pointer, stride: 0, shift: 0)
    step.upstream = rk_rows(
      base: walk.gradients.outputs.map { UnsafeMutablePointer(mutating: $0) }, offset: offsets.pointer, stride: 0,
      shift: 0)
    step.hiddenGradient = rk_rows(base: final?.pointer, offset: nil, stride: Int64(size.hidden), shift: 0)
    kernels.stepBackward(&step, 1, 0, Int64(offsets.count), Int64(blocks.lowerBound), Int64(blocks.upperBound))
    share.units.wait()
    var product = rk_product()
    product.left = step.gates
    product.left.shift = Int64(phases[1].lowerBound * MatrixProduct.lanes)
    product.leftStep = 1
    product.inner = inner(over: phases[1])
    product.right = UnsafePointer(walk.recurrent[1].pointer)
    product.result = walk.operandGradients(part, self, share)
    product.columns = Int64(operandWidth)
    (product.groupSlots, product.groupCount) = (1, 1)
    product.mode = RK_FROM_ZERO
    kernels.product(&product, 0, Int64(offsets.count), Int64(panels.lowerBound), Int64(panels.upperBound))
    share.units.wait()
    withExtendedLifetime((offsets, final)) {}
  }

  /// The gradients of the final hidden states in rows of steps, zero but in each row's last step; nil if none ends here.
  private func finalGradients(
    _ part: SequencePart, _ times: Range<Int>, _ gradients: UnsafePointer<KernelScalar>?
  ) -> Workspace? {
    guard let gradients, part.lengths.contains(where: { times.contains($0 - 1) }) else { return nil }
    let rows = part.rows(of: times)
    let made = Workspace(count: rows * size.hidden)
    made.pointer.update(repeating: 0, count: rows * size.hidden)
    for (row, length) in part.lengths.enumerated() where times.contains(length - 1) {
      let place = part.start(of: length - 1) - part.start(of: times.lowerBound) + row
      (made.pointer + place * size.hidden).update(from: gradients + part.rows[row] * size.hidden, count: size.hidden)
    }
    return made
  }
}
