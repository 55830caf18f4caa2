import CRecurrentKernels

/// Cells without recurrent products: no unit waits for another, so that a kernel takes a block of steps at once, and a second
/// phase follows it.
extension SequenceRun {
  func forwardTogether(
    _ part: SequencePart, _ buffers: SequenceBuffers, _ weights: PackedCell, _ share: PartShare
  ) {
    let (places, blocks) = (StepPlaces(self, part, buffers), share.share(of: size.blocks))
    var step = weights.step
    for block in 0..<(part.steps + timeBlock - 1) / timeBlock where share.takes(block) {
      let times = block * timeBlock..<min(part.steps, (block + 1) * timeBlock)
      project(part, times, buffers, weights, blocks, into: values)
      share.inTurn(block) {
        part.forEachEven(in: times, isBackward: false) { together in
          places.find(&step, together.lowerBound, values)
          step.hidden_ = places.outputs(buffers.outputs, together.lowerBound)
          step.operand = values.operandRows(part, together.lowerBound)
          run(together, from: &step, part, places, blocks, isBackward: false)
        }
      }
      if cell.isReadOut { readOut(part, times, buffers, weights, blocks, share.units) }
    }
    withExtendedLifetime(places) {}
  }

  func walkBackTogether(_ part: SequencePart, _ steps: Range<Int>, _ walk: BackwardWalk, _ share: PartShare) {
    guard !steps.isEmpty else { return }
    let (places, blocks) = (StepPlaces(self, part, walk.buffers), share.share(of: size.blocks))
    let carried = walk.carried(part, self)
    var step = walk.packed.step
    (step.hiddenGradient, step.memoryGradient) = (carried.hidden, carried.memory)
    let operandGradient = walk.operandGradients(part, self, share)
    let last = (steps.upperBound - 1) / timeBlock
    for block in 0...last - steps.lowerBound / timeBlock where share.takes(block) {
      let times = ((last - block) * timeBlock..<(last - block + 1) * timeBlock).clamped(to: steps)
      if cell.isReadOut { readBack(part, times, walk, share) }
      share.inTurn(block) {
        part.forEachEven(in: times, isBackward: true) { together in
          let time = together.upperBound - 1
          places.find(&step, time, walk.values)
          step.hidden_ = places.outputs(walk.buffers.outputs, time)
          step.upstream = places.outputs(walk.gradients.outputs, time)
          step.operandGradient = operandGradient
          if cell.isReadOut {
            step.operandGradient.shift = Int64(
              (part.start(of: time) - part.start(of: times.lowerBound)) * operandWidth)
          }
          run(together, from: &step, part, places, blocks, isBackward: true)
        }
      }
      // Their gate gradients are still near.
      share.units.wait()
      propagate(part, times, walk, share.share(of: MatrixProduct.panels(size.input)))
    }
    withExtendedLifetime(places) {}
  }

  private func run(
    _ steps: Range<Int>, from step: inout rk_step, _ part: SequencePart, _ places: StepPlaces, _ blocks: Range<Int>,
    isBackward: Bool
  ) {
    var walk = walk(steps, part, places, isBackward: isBackward)
    kernels.walk(
      &step, &walk, 0, Int64(part.active(at: steps.lowerBound)), Int64(blocks.lowerBound), Int64(blocks.upperBound))
  }

  /// How the rows of even steps move.
  @inline(__always)
  func walk(_ steps: Range<Int>, _ part: SequencePart, _ places: StepPlaces, isBackward: Bool) -> rk_walk {
    let (rows, direction) = (part.active(at: steps.lowerBound), isBackward ? -1 : 1)
    return rk_walk(
      count: Int64(steps.count), gates: Int64(direction * rows * gateStride),
      hidden: Int64(direction * places.outputStep),
      memory: Int64(history == .none ? 0 : direction * rows * memoryStride),
      operand: Int64(cell.isReadOut ? direction * rows * operandWidth : 0),
      isBackward: isBackward ? 1 : 0, isInPlace: history == .none && cell.hasMemory ? 1 : 0)
  }

  /// Whether steps of a cell whose units are joined can follow each other within a kernel: they have one phase, and no other
  /// thread and no order of their weights comes between.
  func takesStepsTogether(_ share: PartShare, _ sweep: WeightSweep) -> Bool {
    phases.count == 1 && share.units.size == 1 && sweep.isWhole
  }
}
