import CRecurrentKernels

extension SequenceRun {
  /// The gate values of a span of a part's steps (and the second phase's operands), once more.
  ///
  /// h and c of all steps are known, so that nothing waits for the step before: one product over all steps of the span.
  /// Each element has the chain of the walk forward (bias, input terms, recurrent terms) and so its bits.
  func recompute(
    _ part: SequencePart, _ steps: Range<Int>, _ buffers: SequenceBuffers, _ packed: PackedCell,
    into values: StepValues, _ share: PartShare
  ) {
    guard !steps.isEmpty else { return }
    let blocks = share.evenShare(of: size.blocks)
    project(part, steps, buffers, packed, blocks, into: values)
    let before = StatesBefore(self, part, steps, buffers)
    // h and c are known: what the pointwise functions make of them again is not read. Programs in parts read new memories, and
    // so write them where they are, with the same bits.
    let scratch = Workspace(count: size.paddedHidden + max(1, memoryStride))
    var step = packed.step
    step.hidden_.base = scratch.pointer
    step.memory.base = scratch.pointer + size.paddedHidden
    for (phase, slots) in phases.enumerated() {
      step.phaseFirst = Int64(slots.lowerBound)
      step.phaseCount = Int64(slots.count)
      step.right = packed.recurrent[phase]
      for group in before.groups {
        step.gates = values.gates.rows(part, group.firstStep)
        step.operand = values.operandRows(part, group.firstStep)
        (step.previousHidden, step.previousMemory) = (group.hidden, group.memory)
        if !cell.joinsUnits { step.memory = memoryRows(part, group.firstStep) }
        kernels.stepForward(
          &step, Int32(phase), 0, Int64(group.rows), Int64(blocks.lowerBound), Int64(blocks.upperBound))
      }
      share.team.wait()
    }
    withExtendedLifetime((before, scratch)) {}
  }
}

/// Where h and c before each step row of a span lie: the first step of a sequence starts from the initial state, all
/// other steps from what the walk forward has kept.
private struct StatesBefore {
  struct Group {
    let firstStep, rows: Int
    let hidden, memory: rk_rows
  }

  private(set) var groups: [Group] = []
  private let initialOffsets: PooledTable<Int64>
  private let hiddenOffsets, memoryOffsets: PooledTable<Int64>

  init(_ run: SequenceRun, _ part: SequencePart, _ steps: Range<Int>, _ buffers: SequenceBuffers) {
    let later = max(1, steps.lowerBound)..<max(1, steps.upperBound)
    let rows = part.rows(of: later)
    let initial = run.initialOffsets(of: part)
    let first = run.layout.firstSteps(of: part, time: run.size.time, stride: buffers.outputStride)
    let distance = run.layout.distance(stride: buffers.outputStride)
    var hidden = PooledTable<Int64>(capacity: rows), memory = PooledTable<Int64>(capacity: rows)
    for step in later {
      for row in 0..<part.active(at: step) {
        hidden.append(first[row] + Int64((step - 1) * distance))
        memory.append(Int64((part.start(of: step - 1) + row) * run.memoryStride))
      }
    }
    (initialOffsets, hiddenOffsets, memoryOffsets) = (initial, hidden, memory)
    if steps.lowerBound == 0 {
      groups.append(
        Group(
          firstStep: 0, rows: part.active(at: 0), hidden: run.initialRows(buffers.initialHidden, initial.pointer),
          memory: run.memoryRows(part, -1)))
    }
    if !later.isEmpty {
      groups.append(
        Group(
          firstStep: later.lowerBound, rows: rows,
          hidden: rk_rows(base: buffers.outputs, offset: hidden.pointer, stride: 0, shift: 0),
          memory: rk_rows(base: run.memory?.pointer, offset: memory.pointer, stride: 0, shift: 0)))
    }
  }
}
