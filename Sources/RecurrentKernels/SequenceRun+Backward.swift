import CRecurrentKernels

/// Gradients that flow into and out of a sequence run. What is added to must hold a value on entry.
package struct SequenceGradients {
  /// dL/d outputs, laid out as the outputs; nil if none.
  package var outputs: UnsafePointer<KernelScalar>?
  /// dL/d final states, `[batch, hidden]`; nil is zero, and so is a memory that is not there.
  package var finalHidden: UnsafePointer<KernelScalar>?
  package var finalMemories: [UnsafePointer<KernelScalar>?] = []
  /// Whether `inputs` is not initialised: then it is written, zero where steps are not valid.
  package var inputsAreFresh = false
  /// Added to if wanted: `[batch, time, input]` and `[batch, hidden]`.
  package var inputs, initialHidden: UnsafeMutablePointer<KernelScalar>?
  package var initialMemories: [UnsafeMutablePointer<KernelScalar>?] = []
  /// Whether `inputWeight` and `hiddenWeight` are not initialised: then they are written.
  package var weightsAreFresh = (input: false, hidden: false)
  /// Added to if wanted, in the shapes of `SequenceWeights`.
  package var inputWeight, hiddenWeight, inputBias, hiddenBias: UnsafeMutablePointer<KernelScalar>?
  package var units: [UnsafeMutablePointer<KernelScalar>?] = []

  package init() {}
}

extension SequenceRun {
  /// Back-propagation through time after `forward`, once: gate values become their gradients.
  ///
  /// The walk goes back span by span, or a few spans at once. In each, gate values are computed again if they are read and
  /// were not kept, then every step goes back, the gradients of inputs following block of steps by block of steps; then the
  /// gradients of weights take in what each span has given: the same sums in the same order with every history.
  package func backward(
    _ gradients: SequenceGradients, _ buffers: SequenceBuffers, weights: SequenceWeights, packed: PackedCell
  ) {
    precondition(history != .none, "a sequence run without history cannot go back")
    let backward = packed.backward(weights, forInputs: gradients.inputs != nil && size.input > 0)
    let walk = BackwardWalk(
      gradients: gradients, buffers: buffers, packed: packed,
      values: history == .everything ? values : spanValues(), recurrent: backward.recurrent,
      toInputs: size.input > 0 && gradients.inputs != nil ? backward.input : nil,
      hidden: Workspace(count: max(1, size.batch * size.hidden)),
      memory: Workspace(count: max(1, size.batch * memoryStride)),
      operand: Workspace(
        count: phases.count > 1 ? max(1, layout.timeShares * size.batch * operandRows * operandWidth) : 1))
    var weightGradients = WeightGradients(of: self, gradients)
    // Who has a part alone loads it, as it then is in that thread's cache.
    let isAlone = layout.unitShares * layout.timeShares == 1
    if !isAlone { for part in layout.parts { load(part, walk) } }
    let longest = layout.parts.map(\.steps).max() ?? 0
    let reach = Self.span * spansTogether
    for first in stride(from: (longest - 1) / reach * reach, through: 0, by: -reach) {
      let steps = first..<min(longest, first + reach)
      let isFirst = steps.upperBound == longest
      runParts { part, share in
        let part = layout.parts[part]
        if isFirst, isAlone { load(part, walk) }
        if isFirst, gradients.inputsAreFresh {
          clearPadding(gradients.inputs, width: size.input, stride: size.input, of: part, share)
        }
        let steps = steps.clamped(to: 0..<part.steps)
        if cell.readsGates, history == .states { recompute(part, steps, buffers, packed, into: walk.values, share) }
        if cell.joinsUnits {
          walkBack(part, steps, walk, share)
        } else {
          walkBackTogether(part, steps, walk, share)
        }
      }
      guard weightGradients.isWanted else { continue }
      for span in stride(from: (steps.upperBound - 1) / Self.span * Self.span, through: first, by: -Self.span) {
        weightGradients.add(stepTable(span..<min(longest, span + Self.span), walk.values, buffers))
      }
    }
    weightGradients.finish()
    for part in layout.parts { store(part, walk) }
  }

  /// Spans that are walked before their weights have their gradients: those who take blocks of steps in turn wait for each other
  /// at the beginning of every walk.
  private var spansTogether: Int { layout.timeShares > 1 && history == .everything ? 4 : 1 }

  /// Steps whose operands have their gradients at a time.
  var operandRows: Int { cell.isReadOut ? timeBlock : 1 }

  /// Walks over a gate row in the order of `PackedCell.transposed`: blocks, slots, units.
  func inner(over slots: Range<Int>) -> rk_inner {
    let lanes = MatrixProduct.lanes
    let whole = size.hidden / lanes
    var inner = rk_inner()
    // Slots without a gap between blocks make one long segment: every segment costs the start of a loop.
    let segments = slots.count == cell.slots ? min(1, whole) : whole
    inner.mainCount = Int64(segments)
    inner.mainLength = Int64(segments == 0 ? 0 : slots.count * lanes * (whole / segments))
    inner.mainStride = Int64(cell.slots * lanes)
    inner.tailCount = size.hidden % lanes == 0 ? 0 : Int64(slots.count)
    inner.tailLength = Int64(size.hidden % lanes)
    inner.tailStart = Int64(whole * cell.slots * lanes)
    return inner
  }

  /// Gate values, outputs and gradients of more bytes have left the second caches when the walk back comes to them.
  private static let nearBytes = 1 << 22

  /// Whether a step of the walk back finds little of what it reads near.
  private var isFar: Bool {
    layout.stepRows * (gateStride + 2 * size.hidden) * MemoryLayout<KernelScalar>.stride > Self.nearBytes
  }

  private func walkBack(
    _ part: SequencePart, _ steps: Range<Int>, _ walk: BackwardWalk, _ share: PartShare
  ) {
    guard !steps.isEmpty else { return }
    let (blocks, inputPanels) = (share.share(of: size.blocks), share.share(of: MatrixProduct.panels(size.input)))
    let places = StepPlaces(self, part, walk.buffers)
    let carried = walk.carried(part, self)
    var step = walk.packed.step
    step.isFar = isFar ? 1 : 0
    let operandGradient = walk.operandGradients(part, self, share)
    (step.hiddenGradient, step.memoryGradient, step.operandGradient) = (carried.hidden, carried.memory, operandGradient)
    var product = rk_product()
    product.leftStep = 1
    product.columns = Int64(size.hidden)
    (product.groupSlots, product.groupCount) = (1, 1)
    let (firstBlock, endBlock) = (Int64(blocks.lowerBound), Int64(blocks.upperBound))
    let sweep = WeightSweep(blocks, bytesEach: blockBytes, together: 4, rows: part.rows.count)
    let isTogether = takesStepsTogether(share, sweep)
    func begin(_ time: Int) {
      places.find(&step, time, walk.values)
      step.hidden_ = places.outputs(walk.buffers.outputs, time)
      step.upstream = places.outputs(walk.gradients.outputs, time)
    }
    func begin(phase: Int) {
      let slots = phases[phase]
      product.left = step.gates
      product.left.shift = Int64(slots.lowerBound * MatrixProduct.lanes)
      product.inner = inner(over: slots)
      product.right = UnsafePointer(walk.recurrent[phase].pointer)
      product.result = phase == 0 ? carried.hidden : operandGradient
      product.mode = phase == 0 ? RK_FROM_RESULT : RK_FROM_ZERO
    }
    for block in stride(from: (steps.upperBound - 1) / timeBlock, through: steps.lowerBound / timeBlock, by: -1) {
      let times = (block * timeBlock..<(block + 1) * timeBlock).clamped(to: steps)
      if isTogether {
        part.forEachEven(in: times, isBackward: true) { together in
          begin(together.upperBound - 1)
          begin(phase: 0)
          var way = self.walk(together, part, places, isBackward: true)
          kernels.stepsBackward(
            &step, &way, &product, 0, Int64(part.active(at: together.lowerBound)), firstBlock, endBlock)
        }
      } else {
        for time in times.reversed() {
          let active = Int64(part.active(at: time))
          begin(time)
          for phase in phases.indices.reversed() {
            kernels.stepBackward(&step, Int32(phase), 0, active, firstBlock, endBlock)
            share.units.wait()
            begin(phase: phase)
            // Until the next meeting a share reads no units of this result but its own.
            sweep.forEach(in: time) { blocks in
              kernels.product(&product, 0, active, Int64(blocks.lowerBound), Int64(blocks.upperBound))
            }
          }
        }
      }
      // Their gate gradients are still near: as many steps together as were projected.
      propagate(part, times, walk, inputPanels)
    }
    withExtendedLifetime(places) {}
  }

  /// The gradients of the final states start the walk.
  private func load(_ part: SequencePart, _ walk: BackwardWalk) {
    let carried = walk.carried(part, self)
    let rows = part.rows.count
    carried.hidden.base.update(repeating: 0, count: rows * size.hidden)
    if cell.hasMemory { carried.memory.base.update(repeating: 0, count: rows * memoryStride) }
    for (row, number) in part.rows.enumerated() {
      // What reads out takes this gradient at the row's last step.
      if let final = walk.gradients.finalHidden, !cell.isReadOut || part.lengths[row] == 0 {
        (carried.hidden.base + row * size.hidden).update(from: final + number * size.hidden, count: size.hidden)
      }
      forEachUnit(of: walk.gradients.finalMemories) { final, unit, place in
        carried.memory.base[row * memoryStride + place] = final[number * size.hidden + unit]
      }
    }
  }

  /// What the walk ends with belongs to the initial states.
  private func store(_ part: SequencePart, _ walk: BackwardWalk) {
    let (gradients, carried) = (walk.gradients, walk.carried(part, self))
    for (row, number) in part.rows.enumerated() {
      if let initial = gradients.initialHidden {
        for unit in 0..<size.hidden {
          initial[number * size.hidden + unit] += carried.hidden.base[row * size.hidden + unit]
        }
      }
      forEachUnit(of: gradients.initialMemories) { initial, unit, place in
        initial[number * size.hidden + unit] += carried.memory.base[row * memoryStride + place]
      }
    }
  }

  /// Calls `body` with every memory that is there, every unit, and where that lies in a row of memories.
  private func forEachUnit<Pointer>(of memories: [Pointer?], _ body: (Pointer, _ unit: Int, _ place: Int) -> Void) {
    let lanes = MatrixProduct.lanes
    for (memory, pointer) in memories.enumerated() {
      guard let pointer else { continue }
      for unit in 0..<size.hidden { body(pointer, unit, memoryPlace(unit / lanes, memory) + unit % lanes) }
    }
  }

  /// dL/dx = dL/d gates · W for some steps of a part, whose gate gradients are complete, and for this member's panels.
  func propagate(_ part: SequencePart, _ times: Range<Int>, _ walk: BackwardWalk, _ panels: Range<Int>) {
    guard let toInputs = walk.toInputs, let inputs = walk.gradients.inputs else { return }
    let offsets = stepOffsets(part, times, stride: size.input)
    var product = rk_product()
    product.left = walk.values.gates.rows(part, times.lowerBound)
    product.left.shift = Int64(cell.inputRange.lowerBound * MatrixProduct.lanes)
    product.leftStep = 1
    product.inner = inner(over: cell.inputRange)
    product.right = UnsafePointer(toInputs.pointer)
    product.result = rk_rows(base: inputs, offset: offsets.pointer, stride: 0, shift: 0)
    product.columns = Int64(size.input)
    (product.groupSlots, product.groupCount) = (1, 1)
    product.mode = walk.gradients.inputsAreFresh ? RK_FROM_ZERO : RK_FROM_RESULT
    if panels.count == MatrixProduct.panels(size.input) {
      // Other threads help if no team is at work.
      MatrixProduct.run(
        product, rows: offsets.count, panels: panels.count,
        operations: 2 * offsets.count * size.input * size.hidden * cell.inputRange.count)
    } else {
      kernels.product(&product, 0, Int64(offsets.count), Int64(panels.lowerBound), Int64(panels.upperBound))
    }
    withExtendedLifetime(offsets) {}
  }
}

/// What a walk back reads and carries.
struct BackwardWalk {
  let gradients: SequenceGradients
  let buffers: SequenceBuffers
  let packed: PackedCell
  let values: StepValues
  /// Recurrent weights for the way back by phase.
  let recurrent: [Workspace]
  /// Input weights for the way back, if the inputs' gradients are wanted.
  let toInputs: Workspace?
  /// Gradients carried from step to step, by part row.
  let hidden, memory, operand: Workspace

  func carried(_ part: SequencePart, _ run: SequenceRun) -> (hidden: rk_rows, memory: rk_rows) {
    func rows(_ workspace: Workspace, _ width: Int) -> rk_rows {
      rk_rows(base: workspace.pointer + part.firstRow * width, offset: nil, stride: Int64(width), shift: 0)
    }
    return (rows(hidden, run.size.hidden), rows(memory, run.memoryStride))
  }

  /// The gradients of the operands of the steps that are taken back together: a place for each of those who take turns.
  func operandGradients(_ part: SequencePart, _ run: SequenceRun, _ share: PartShare) -> rk_rows {
    let first = (share.turns == nil ? 0 : share.member * run.size.batch) + part.firstRow
    return rk_rows(
      base: operand.pointer + first * run.operandRows * run.operandWidth, offset: nil,
      stride: Int64(run.operandWidth), shift: 0)
  }
}
