import CRecurrentKernels

/// Buffers of a forward run; `outputs` rows are `outputStride` scalars apart, so that the two directions of a layer
/// can write side by side.
package struct SequenceBuffers {
  /// `[batch, time, input]`.
  package var inputs: UnsafePointer<KernelScalar>
  /// `[batch, hidden]`; nil is zero.
  package var initialHidden: UnsafePointer<KernelScalar>?
  /// `[batch, hidden]` each: the cell's memories; nil is zero.
  package var initialMemories: [UnsafePointer<KernelScalar>?]
  /// `[batch, time, outputStride]`; only the first `hidden` scalars of a step are written, zero beyond a row's length.
  package var outputs: UnsafeMutablePointer<KernelScalar>
  package var outputStride: Int
  /// `[batch, hidden]` each.
  package var finalHidden: UnsafeMutablePointer<KernelScalar>
  package var finalMemories: [UnsafeMutablePointer<KernelScalar>]

  package init(
    inputs: UnsafePointer<KernelScalar>, initialHidden: UnsafePointer<KernelScalar>?,
    initialMemories: [UnsafePointer<KernelScalar>?], outputs: UnsafeMutablePointer<KernelScalar>, outputStride: Int,
    finalHidden: UnsafeMutablePointer<KernelScalar>, finalMemories: [UnsafeMutablePointer<KernelScalar>]
  ) {
    self.inputs = inputs
    (self.initialHidden, self.initialMemories) = (initialHidden, initialMemories)
    (self.outputs, self.outputStride) = (outputs, outputStride)
    (self.finalHidden, self.finalMemories) = (finalHidden, finalMemories)
  }
}

/// One cell over one sequence batch in one direction: the driver that all fused cells share.
///
/// Time blocks of the input projection are followed at once by their steps; a run that keeps everything holds the gate
/// values (and the memories, as LSTM's c) of all steps for the way back, any other only one time block of gate values.
package final class SequenceRun: @unchecked Sendable {
  /// Bytes of gate values that the input projection may run ahead of the steps: they stay in the second cache.
  private static let projectedBytes = 256 << 10
  /// Steps of the walk back whose weight gradients are added together, and whose gate values are computed again
  /// together. It is a part of the order of the sums, so it depends on nothing.
  package static let span = Int(RK_WEIGHT_BLOCK)

  let cell: SequenceCell
  /// The cell's phases, made once and not in every step.
  let phases: [Range<Int>]
  let size: SequenceSize
  let layout: SequenceLayout
  let history: SequenceHistory
  let kernels = InstructionSet.kernels.pointee
  let values: StepValues
  /// Steps that the input projection, and on the way back the gradients of inputs, take together. No choice changes a bit.
  let timeBlock: Int
  /// The memories by step row, `[block][memory][16]`; in a run without history by row.
  let memory: Workspace?
  /// The memories before the first step by part row.
  let firstMemory: Workspace?
  let zeros: Workspace

  var gateStride: Int { cell.slots * size.paddedHidden }
  var memoryStride: Int { cell.memories * size.paddedHidden }
  var operandWidth: Int { cell.operandWidth(size, phase: 1) }
  /// Bytes of the recurrent weights of a block of units that every step reads.
  var blockBytes: Int { cell.joinsUnits ? cell.recurrentBytes(size, units: MatrixProduct.lanes) : 0 }

  /// A run of this cell; with a history if `backward` will be called.
  package init(
    cell: SequenceCell, size: SequenceSize, lengths: [Int]?, reversed: Bool, history: SequenceHistory
  ) {
    self.cell = cell
    phases = cell.phases
    self.size = size
    self.history = history
    layout = SequenceLayout(
      cell: cell, size: size, lengths: lengths, reversed: reversed, threads: WorkerPool.threadCount)
    let stepBytes = Self.gateBytes(cell, size: size, stepRows: size.batch)
    timeBlock = max(
      2,
      min(
        cell.joinsUnits ? 32 : layout.timeShares > 1 ? 64 : 128,
        Self.projectedBytes * layout.parts.count * layout.unitShares / max(1, stepBytes)))
    let places = layout.timeShares
    values =
      history == .everything
      ? Self.values(cell, size, layout, gateWindow: nil, operandWindow: nil)
      : Self.values(
        cell, size, layout, gateWindow: timeBlock, operandWindow: cell.isReadOut ? timeBlock : 1, places: places)
    let keptStates = history == .none ? size.batch : layout.stepRows
    let width = cell.memories * size.paddedHidden
    memory = cell.hasMemory ? Workspace(count: max(1, keptStates * width)) : nil
    firstMemory = cell.hasMemory ? Workspace(count: max(1, size.batch * width)) : nil
    zeros = Workspace(count: size.paddedHidden)
    zeros.pointer.update(repeating: 0, count: size.paddedHidden)
  }

  /// The bytes of the gate values that a run of `stepRows` valid (row, step) pairs keeps if it keeps everything.
  package static func gateBytes(_ cell: SequenceCell, size: SequenceSize, stepRows: Int) -> Int {
    stepRows * cell.slots * size.paddedHidden * MemoryLayout<KernelScalar>.stride
  }

  /// The scalars that the run keeps for the way back beside its inputs, its outputs, and a time block of gate values.
  package var keptScalars: Int {
    guard history != .none else { return 0 }
    let memories = (layout.stepRows + size.batch) * memoryStride
    guard history == .everything else { return memories }
    return memories + layout.stepRows * (gateStride + (phases.count > 1 ? operandWidth : 0))
  }

  /// Gate values and operands of the steps of one span at a time.
  func spanValues() -> StepValues {
    Self.values(cell, size, layout, gateWindow: Self.span, operandWindow: Self.span)
  }

  private static func values(
    _ cell: SequenceCell, _ size: SequenceSize, _ layout: SequenceLayout, gateWindow: Int?, operandWindow: Int?,
    places: Int = 1
  ) -> StepValues {
    StepValues(
      gates: StepStore(layout, size: size, width: cell.slots * size.paddedHidden, window: gateWindow, places: places),
      operand: cell.phases.count > 1
        ? StepStore(layout, size: size, width: cell.operandWidth(size, phase: 1), window: operandWindow, places: places)
        : nil)
  }

  /// Runs the parts with their shares on a team.
  func runParts(_ body: (_ part: Int, PartShare) -> Void) {
    let shares = layout.unitShares * layout.timeShares
    WorkerPool.withTeam(atMost: layout.parts.count * shares) { team in
      guard team.size == layout.parts.count * shares else {
        // Fewer threads than planned: each part whole, in turn.
        return team.run { member in
          for part in stride(from: member, to: layout.parts.count, by: team.size) { body(part, .whole) }
        }
      }
      let meetings = layout.parts.map { _ in
        (TeamBarrier(size: shares), layout.timeShares > 1 ? TurnOrder() : nil)
      }
      team.run { member in
        let (part, number) = (member / shares, member % shares)
        body(part, PartShare(member: number, count: shares, team: meetings[part].0, turns: meetings[part].1))
      }
    }
  }

  package func forward(_ buffers: SequenceBuffers, weights: PackedCell) {
    runParts { part, share in
      let part = layout.parts[part]
      clearPadding(buffers.outputs, width: size.hidden, stride: buffers.outputStride, of: part, share)
      forward(part, buffers, weights, share)
      if share.turns == nil { copyFinalStates(part, buffers, share.share(of: size.blocks)) }
    }
    // Who takes turns does not see all steps.
    guard layout.timeShares > 1 else { return }
    for part in layout.parts { copyFinalStates(part, buffers, 0..<size.blocks) }
  }

  /// Writes zeros to the steps that are not valid of `[batch, time, stride]`, in this member's share of a part's rows, which are
  /// dealt in turn, as the first are the longest.
  func clearPadding(
    _ values: UnsafeMutablePointer<KernelScalar>?, width: Int, stride: Int, of part: SequencePart, _ share: PartShare
  ) {
    guard let values else { return }
    for row in Swift.stride(from: share.member, to: part.rows.count, by: share.count) {
      for time in part.lengths[row]..<size.time {
        (values + (part.rows[row] * size.time + time) * stride).update(repeating: 0, count: width)
      }
    }
  }

  /// Rows of the memories after `step`; step -1 is the initial state.
  func memoryRows(_ part: SequencePart, _ step: Int) -> rk_rows {
    guard let memory, let firstMemory else { return rk_rows() }
    let base =
      history == .none
      ? memory.pointer + part.firstRow * memoryStride
      : step < 0
        ? firstMemory.pointer + part.firstRow * memoryStride
        : memory.pointer + part.start(of: step) * memoryStride
    return rk_rows(base: base, offset: nil, stride: Int64(memoryStride), shift: 0)
  }

  /// Rows of h before step 0.
  func initialRows(_ initial: UnsafePointer<KernelScalar>?, _ offsets: UnsafePointer<Int64>) -> rk_rows {
    guard let initial else { return rk_rows(base: zeros.pointer, offset: nil, stride: 0, shift: 0) }
    return rk_rows(base: UnsafeMutablePointer(mutating: initial), offset: offsets, stride: 0, shift: 0)
  }

  private func forward(
    _ part: SequencePart, _ buffers: SequenceBuffers, _ weights: PackedCell, _ share: PartShare
  ) {
    let blocks = share.share(of: size.blocks)
    // Who takes turns waits for the first block of steps anyway.
    if share.takes(0) { loadMemories(part, buffers.initialMemories, blocks) }
    guard part.steps > 0 else { return }
    guard cell.joinsUnits else { return forwardTogether(part, buffers, weights, share) }
    let places = StepPlaces(self, part, buffers)
    var step = weights.step
    let sweep = WeightSweep(blocks, bytesEach: blockBytes, together: 2, rows: part.rows.count)
    let isTogether = takesStepsTogether(share, sweep)
    func begin(_ time: Int, phase: Int) {
      step.phaseFirst = Int64(phases[phase].lowerBound)
      step.phaseCount = Int64(phases[phase].count)
      step.right = weights.recurrent[phase]
      guard phase == 0 else { return }
      places.find(&step, time, values)
      step.hidden_ = places.outputs(buffers.outputs, time)
      step.operand = values.operandRows(part, time)
    }
    for first in stride(from: 0, to: part.steps, by: timeBlock) {
      let times = first..<min(part.steps, first + timeBlock)
      project(part, times, buffers, weights, blocks, into: values)
      guard !isTogether else {
        part.forEachEven(in: times, isBackward: false) { together in
          begin(together.lowerBound, phase: 0)
          var walk = walk(together, part, places, isBackward: false)
          kernels.stepsForward(
            &step, &walk, 0, Int64(part.active(at: together.lowerBound)), Int64(blocks.lowerBound),
            Int64(blocks.upperBound))
        }
        continue
      }
      for time in times {
        for phase in phases.indices {
          begin(time, phase: phase)
          sweep.forEach(in: time) { blocks in
            kernels.stepForward(
              &step, Int32(phase), 0, Int64(part.active(at: time)), Int64(blocks.lowerBound), Int64(blocks.upperBound))
          }
          share.units.wait()
        }
      }
    }
    withExtendedLifetime(places) {}
  }

  /// Where the block of a memory starts in a row.
  func memoryPlace(_ block: Int, _ memory: Int) -> Int { (block * cell.memories + memory) * MatrixProduct.lanes }

  /// The initial memories in 16-unit blocks.
  private func loadMemories(_ part: SequencePart, _ initial: [UnsafePointer<KernelScalar>?], _ blocks: Range<Int>) {
    guard cell.hasMemory else { return }
    let rows = memoryRows(part, -1)
    let lanes = MatrixProduct.lanes
    for (row, number) in part.rows.enumerated() {
      for (memory, values) in initial.enumerated() {
        for block in blocks {
          let to = rows.base + row * memoryStride + memoryPlace(block, memory)
          let width = values == nil ? 0 : min(lanes, size.hidden - block * lanes)
          if let values { to.update(from: values + number * size.hidden + block * lanes, count: width) }
          (to + width).update(repeating: 0, count: lanes - width)
        }
      }
    }
  }

  /// Where the rows of a part's steps lie in `[batch, time, stride]`, step after step.
  func stepOffsets(_ part: SequencePart, _ times: Range<Int>, stride: Int) -> PooledTable<Int64> {
    let distance = Int64(layout.distance(stride: stride))
    return PooledTable(count: part.rows(of: times)) { offsets in
      var next = offsets
      for time in times {
        let active = part.active(at: time)
        if time == times.lowerBound {
          for row in 0..<active {
            next[row] = layout.firstStep(of: row, in: part, time: size.time, stride: stride) + Int64(time) * distance
          }
        } else {
          let before = next - part.active(at: time - 1)
          for row in 0..<active { next[row] = before[row] + distance }
        }
        next += active
      }
    }
  }

  /// Bias and input terms of steps of one window, for this member's units.
  func project(
    _ part: SequencePart, _ times: Range<Int>, _ buffers: SequenceBuffers, _ weights: PackedCell,
    _ blocks: Range<Int>, into values: StepValues
  ) {
    let offsets = stepOffsets(part, times, stride: size.input)
    let rows = Int64(offsets.count)
    var product = weights.inputProduct(into: values.gates.rows(part, times.lowerBound))
    let (first, end) = (Int64(blocks.lowerBound), Int64(blocks.upperBound))
    defer { withExtendedLifetime(offsets) {} }
    product.left.base = UnsafeMutablePointer(mutating: buffers.inputs)
    product.left.offset = offsets.pointer
    kernels.product(&product, 0, rows, first * product.groupCount, end * product.groupCount)
    guard !cell.recurrentRange.isEmpty else { return }
    product = weights.startProduct(into: product.result)
    kernels.product(&product, 0, rows, first * product.groupCount, end * product.groupCount)
  }

  /// The states after the last steps of a part's rows, in some blocks of units.
  private func copyFinalStates(_ part: SequencePart, _ buffers: SequenceBuffers, _ blocks: Range<Int>) {
    let lanes = MatrixProduct.lanes
    let units = blocks.lowerBound * lanes..<max(blocks.lowerBound * lanes, min(size.hidden, blocks.upperBound * lanes))
    for (row, number) in part.rows.enumerated() {
      let length = part.lengths[row], first = number * size.hidden + units.lowerBound
      let hidden = buffers.finalHidden + first
      if length > 0 {
        let time = layout.reversed ? 0 : length - 1
        let last = buffers.outputs + (number * size.time + time) * buffers.outputStride
        hidden.update(from: last + units.lowerBound, count: units.count)
      } else if let initial = buffers.initialHidden {
        hidden.update(from: initial + first, count: units.count)
      } else {
        hidden.update(repeating: 0, count: units.count)
      }
      guard cell.hasMemory else { continue }
      let rows = memoryRows(part, length - 1)
      for (memory, final) in buffers.finalMemories.enumerated() {
        for block in blocks {
          let unit = block * lanes
          (final + number * size.hidden + unit).update(
            from: rows.base + row * memoryStride + memoryPlace(block, memory), count: min(lanes, size.hidden - unit))
        }
      }
    }
  }
}
