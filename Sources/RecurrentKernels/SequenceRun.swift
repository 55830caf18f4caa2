import CRecurrentKernels

/// Buffers of a forward run; `outputs` rows are `outputStride` scalars apart, so that the two directions of a layer
/// can write side by side.
package struct SequenceBuffers {
  /// `[batch, time, input]`.
  package var inputs: UnsafePointer<KernelScalar>
  /// `[batch, hidden]` each; nil is zero.
  package var initialHidden, initialMemory: UnsafePointer<KernelScalar>?
  /// `[batch, time, outputStride]`; only the first `hidden` scalars of a step are written, zero beyond a row's length.
  package var outputs: UnsafeMutablePointer<KernelScalar>
  package var outputStride: Int
  /// `[batch, hidden]` each.
  package var finalHidden: UnsafeMutablePointer<KernelScalar>
  package var finalMemory: UnsafeMutablePointer<KernelScalar>?

  package init(
    inputs: UnsafePointer<KernelScalar>, initialHidden: UnsafePointer<KernelScalar>?,
    initialMemory: UnsafePointer<KernelScalar>?, outputs: UnsafeMutablePointer<KernelScalar>, outputStride: Int,
    finalHidden: UnsafeMutablePointer<KernelScalar>, finalMemory: UnsafeMutablePointer<KernelScalar>?
  ) {
    self.inputs = inputs
    (self.initialHidden, self.initialMemory) = (initialHidden, initialMemory)
    (self.outputs, self.outputStride) = (outputs, outputStride)
    (self.finalHidden, self.finalMemory) = (finalHidden, finalMemory)
  }
}

/// One cell over one sequence batch in one direction: the driver that every built-in cell shares.
///
/// Time blocks of the input projection are followed at once by their steps; a training run keeps gate values (and
/// LSTM's c) for the way back, an inference run only one time block of them.
package final class SequenceRun: @unchecked Sendable {
  static let timeBlock = 8

  let cell: SequenceCell
  /// The cell's phases, made once and not in every step.
  let phases: [Range<Int>]
  let size: SequenceSize
  let layout: SequenceLayout
  let keepsHistory: Bool
  let kernels = InstructionSet.kernels
  /// Gate values `[step row][block][slot][16]`, overwritten by their gradients on the way back.
  let gates: Workspace
  /// LSTM's c by step row, 16-unit blocks; in an inference run by row.
  let memory: Workspace?
  /// c before the first step by part row.
  let firstMemory: Workspace?
  /// r ⊙ h of the reset-before GRU by step row; in an inference run by row.
  let operand: Workspace?
  let zeros: Workspace

  var gateStride: Int { cell.slots * size.paddedHidden }

  /// A run of this cell; `keepsHistory` if `backward` will be called.
  package init(
    cell: SequenceCell, size: SequenceSize, lengths: [Int]?, reversed: Bool, keepsHistory: Bool
  ) {
    self.cell = cell
    phases = cell.phases
    self.size = size
    self.keepsHistory = keepsHistory
    layout = SequenceLayout(
      cell: cell, size: size, lengths: lengths, reversed: reversed, threads: WorkerPool.threadCount)
    let kept = keepsHistory ? layout.stepRows : size.batch * min(Self.timeBlock, max(1, size.time))
    let keptStates = keepsHistory ? layout.stepRows : size.batch
    gates = Workspace(count: max(1, kept * cell.slots * size.paddedHidden))
    memory = cell.hasMemory ? Workspace(count: max(1, keptStates * size.paddedHidden)) : nil
    firstMemory = cell.hasMemory ? Workspace(count: max(1, size.batch * size.paddedHidden)) : nil
    operand = phases.count > 1 ? Workspace(count: max(1, keptStates * size.hidden)) : nil
    zeros = Workspace(count: size.paddedHidden)
    zeros.pointer.update(repeating: 0, count: size.paddedHidden)
  }

  /// Runs the parts with their unit shares on a team; members of a part meet at its barrier.
  func runParts(_ body: (_ part: Int, _ share: Int, TeamBarrier, _ shares: Int) -> Void) {
    let shares = layout.unitShares
    WorkerPool.withTeam(atMost: layout.parts.count * shares) { team in
      guard team.size == layout.parts.count * shares else {
        // Fewer threads than planned: each part whole, in turn.
        return team.run { member in
          for part in stride(from: member, to: layout.parts.count, by: team.size) {
            body(part, 0, TeamBarrier(size: 1), 1)
          }
        }
      }
      let barriers = layout.parts.map { _ in TeamBarrier(size: shares) }
      team.run { member in body(member / shares, member % shares, barriers[member / shares], shares) }
    }
  }

  package func forward(_ buffers: SequenceBuffers, weights: PackedCell) {
    clearPadding(buffers)
    runParts { part, share, barrier, shares in
      forward(part, buffers, weights, MatrixProduct.share(of: size.blocks, member: share, of: shares), barrier)
    }
    copyFinalStates(buffers)
  }

  private func clearPadding(_ buffers: SequenceBuffers) {
    for (row, length) in layout.lengths.enumerated() where length < size.time {
      for time in length..<size.time {
        (buffers.outputs + (row * size.time + time) * buffers.outputStride).update(repeating: 0, count: size.hidden)
      }
    }
  }

  /// Place of the gate values of a part's step: all steps in a training run, one time block in an inference run.
  func gateIndex(_ part: SequencePart, _ step: Int) -> Int {
    guard keepsHistory else {
      let first = step / Self.timeBlock * Self.timeBlock
      return part.firstRow * min(Self.timeBlock, size.time) + (part.firstIndex[step] - part.firstIndex[first])
    }
    return part.firstIndex[step]
  }

  func gateRows(_ part: SequencePart, _ step: Int) -> rk_rows {
    rk_rows(
      base: gates.pointer + gateIndex(part, step) * gateStride, offset: nil, stride: Int64(gateStride), shift: 0)
  }

  /// Operand rows of a step.
  func operandRows(_ part: SequencePart, _ step: Int) -> rk_rows {
    guard let operand else { return rk_rows() }
    let index = keepsHistory ? part.firstIndex[step] : part.firstRow
    return rk_rows(base: operand.pointer + index * size.hidden, offset: nil, stride: Int64(size.hidden), shift: 0)
  }

  /// Rows of c after `step`; step -1 is the initial state.
  func memoryRows(_ part: SequencePart, _ step: Int) -> rk_rows {
    guard let memory, let firstMemory else { return rk_rows() }
    let base =
      step < 0 && keepsHistory
      ? firstMemory.pointer + part.firstRow * size.paddedHidden
      : memory.pointer + (keepsHistory ? part.firstIndex[step] : part.firstRow) * size.paddedHidden
    return rk_rows(base: base, offset: nil, stride: Int64(size.paddedHidden), shift: 0)
  }

  /// Rows of h before step 0.
  func initialRows(_ initial: UnsafePointer<KernelScalar>?, _ offsets: UnsafePointer<Int64>) -> rk_rows {
    guard let initial else { return rk_rows(base: zeros.pointer, offset: nil, stride: 0, shift: 0) }
    return rk_rows(base: UnsafeMutablePointer(mutating: initial), offset: offsets, stride: 0, shift: 0)
  }

  private func forward(
    _ index: Int, _ buffers: SequenceBuffers, _ weights: PackedCell, _ blocks: Range<Int>, _ barrier: TeamBarrier
  ) {
    let part = layout.parts[index]
    loadMemory(part, buffers.initialMemory, blocks)
    guard part.steps > 0 else { return }
    let (inputFirst, inputStep) = layout.offsets(of: part, time: size.time, stride: size.input)
    let (outputFirst, outputStep) = layout.offsets(of: part, time: size.time, stride: buffers.outputStride)
    let stateOffsets = part.rows.map { Int64($0 * size.hidden) }
    var step = rk_step()
    step.cell = cell.index
    step.hidden = Int64(size.hidden)
    step.slots = Int64(cell.slots)
    outputFirst.withUnsafeBufferPointer { outputOffset in
      stateOffsets.withUnsafeBufferPointer { stateOffset in
        for time in 0..<part.steps {
          if time % Self.timeBlock == 0 {
            project(
              part, time..<min(part.steps, time + Self.timeBlock), buffers, weights, blocks, inputFirst, inputStep)
          }
          step.gates = gateRows(part, time)
          step.hidden_ = rk_rows(
            base: buffers.outputs, offset: outputOffset.baseAddress, stride: 0, shift: Int64(time * outputStep))
          step.previousHidden =
            time == 0
            ? initialRows(buffers.initialHidden, stateOffset.baseAddress!)
            : rk_rows(
              base: buffers.outputs, offset: outputOffset.baseAddress, stride: 0,
              shift: Int64((time - 1) * outputStep))
          step.previousMemory = memoryRows(part, time - 1)
          step.memory = memoryRows(part, time)
          step.operand = operandRows(part, time)
          for (phase, slots) in phases.enumerated() {
            step.phaseFirst = Int64(slots.lowerBound)
            step.phaseCount = Int64(slots.count)
            step.right = weights.recurrent[phase]
            kernels.stepForward(
              &step, Int32(phase), 0, Int64(part.active[time]), Int64(blocks.lowerBound), Int64(blocks.upperBound))
            barrier.wait()
          }
        }
      }
    }
  }

  /// c0 in 16-unit blocks.
  private func loadMemory(_ part: SequencePart, _ initial: UnsafePointer<KernelScalar>?, _ blocks: Range<Int>) {
    guard cell.hasMemory else { return }
    let rows = memoryRows(part, -1)
    let lanes = MatrixProduct.lanes
    for (row, number) in part.rows.enumerated() {
      for unit in blocks.lowerBound * lanes..<blocks.upperBound * lanes {
        let value = unit < size.hidden ? initial?[number * size.hidden + unit] ?? 0 : 0
        rows.base[row * size.paddedHidden + unit] = value
      }
    }
  }

  /// Bias and input terms of a time block, for this member's units.
  private func project(
    _ part: SequencePart, _ times: Range<Int>, _ buffers: SequenceBuffers, _ weights: PackedCell,
    _ blocks: Range<Int>, _ inputFirst: [Int64], _ inputStep: Int
  ) {
    var offsets = PooledTable<Int64>(capacity: part.active[times].reduce(0, +))
    for time in times {
      for row in 0..<part.active[time] { offsets.append(inputFirst[row] + Int64(time * inputStep)) }
    }
    let rows = Int64(offsets.count)
    var product = rk_product()
    product.leftStep = 1
    product.inner.mainCount = 1
    product.inner.mainLength = Int64(size.input)
    product.right = UnsafePointer(weights.input)
    product.start = UnsafePointer(weights.start)
    product.result = gateRows(part, times.lowerBound)
    product.columns = .max
    product.groupSlots = Int64(cell.slots)
    product.groupFirst = Int64(cell.inputRange.lowerBound)
    product.groupCount = Int64(cell.inputRange.count)
    product.mode = RK_FROM_START
    let (first, end) = (Int64(blocks.lowerBound), Int64(blocks.upperBound))
    defer { withExtendedLifetime(offsets) {} }
    product.left.base = UnsafeMutablePointer(mutating: buffers.inputs)
    product.left.offset = offsets.pointer
    kernels.product(&product, 0, rows, first * product.groupCount, end * product.groupCount)
    let extra = cell.slots - cell.inputRange.count
    guard extra > 0 else { return }
    product.inner.mainLength = 0
    product.start = UnsafePointer(weights.recurrentStart)
    product.groupFirst = Int64(cell.inputRange.upperBound)
    product.groupCount = Int64(extra)
    kernels.product(&product, 0, rows, first * product.groupCount, end * product.groupCount)
  }

  private func copyFinalStates(_ buffers: SequenceBuffers) {
    for part in layout.parts {
      for (row, number) in part.rows.enumerated() {
        let length = part.lengths[row]
        let hidden = buffers.finalHidden + number * size.hidden
        if length > 0 {
          let time = layout.reversed ? 0 : length - 1
          hidden.update(
            from: buffers.outputs + (number * size.time + time) * buffers.outputStride, count: size.hidden)
        } else if let initial = buffers.initialHidden {
          hidden.update(from: initial + number * size.hidden, count: size.hidden)
        } else {
          hidden.update(repeating: 0, count: size.hidden)
        }
        guard let finalMemory = buffers.finalMemory else { continue }
        let rows = length > 0 ? memoryRows(part, keepsHistory ? length - 1 : 0) : memoryRows(part, -1)
        (finalMemory + number * size.hidden).update(from: rows.base + row * size.paddedHidden, count: size.hidden)
      }
    }
  }
}
