import CRecurrentKernels

/// Cells without recurrent products: no unit waits for another, so that a kernel takes a block of steps at once, and a second
/// phase follows it.
extension SequenceRun {
  func forwardTogether(
    _ part: SequencePart, _ buffers: SequenceBuffers, _ weights: PackedCell, _ blocks: Range<Int>,
    _ barrier: TeamBarrier
  ) {
    let places = StepPlaces(self, part, buffers)
    var step = emptyStep
    for first in stride(from: 0, to: part.steps, by: timeBlock) {
      let times = first..<min(part.steps, first + timeBlock)
      project(part, times, buffers, weights, blocks, into: values)
      for together in part.evenSteps(in: times) {
        places.find(&step, together.lowerBound, values)
        step.hidden_ = places.outputs(buffers.outputs, together.lowerBound)
        step.operand = values.operandRows(part, together.lowerBound)
        run(together, from: &step, part, places, blocks, isBackward: false)
      }
      if cell.isReadOut { readOut(part, times, buffers, weights, blocks, barrier) }
    }
    withExtendedLifetime(places) {}
  }

  func walkBackTogether(
    _ part: SequencePart, _ steps: Range<Int>, _ walk: BackwardWalk, _ blocks: Range<Int>, _ inputPanels: Range<Int>,
    _ operandPanels: Range<Int>, _ barrier: TeamBarrier
  ) {
    let places = StepPlaces(self, part, walk.buffers)
    let carried = walk.carried(part, self)
    var step = emptyStep
    (step.hiddenGradient, step.memoryGradient, step.operandGradient) = (carried.hidden, carried.memory, carried.operand)
    var end = steps.upperBound
    while end > steps.lowerBound {
      let first = max(steps.lowerBound, StepStore.start(of: end - 1, by: timeBlock))
      if cell.isReadOut { readBack(part, first..<end, walk, blocks, operandPanels, barrier) }
      for together in part.evenSteps(in: first..<end).reversed() {
        let time = together.upperBound - 1
        places.find(&step, time, walk.values)
        step.upstream = places.outputs(walk.gradients.outputs, time)
        if cell.isReadOut {
          step.operandGradient.shift = Int64((part.firstIndex[time] - part.firstIndex[first]) * operandWidth)
        }
        run(together, from: &step, part, places, blocks, isBackward: true)
      }
      // Their gate gradients are still near.
      barrier.wait()
      propagate(part, first..<end, walk, inputPanels)
      end = first
    }
    withExtendedLifetime(places) {}
  }

  private func run(
    _ steps: Range<Int>, from step: inout rk_step, _ part: SequencePart, _ places: StepPlaces, _ blocks: Range<Int>,
    isBackward: Bool
  ) {
    let rows = part.active[steps.lowerBound]
    let direction = isBackward ? -1 : 1
    var walk = rk_walk(
      count: Int64(steps.count), gates: Int64(direction * rows * gateStride),
      hidden: Int64(direction * places.outputStep),
      memory: Int64(history == .none ? 0 : direction * rows * memoryStride),
      operand: Int64(cell.isReadOut ? direction * rows * operandWidth : 0),
      isBackward: isBackward ? 1 : 0, isInPlace: history == .none && cell.hasMemory ? 1 : 0)
    kernels.walk(&step, &walk, 0, Int64(rows), Int64(blocks.lowerBound), Int64(blocks.upperBound))
  }
}
