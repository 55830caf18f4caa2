import CRecurrentKernels

/// Where the steps of a part find states and values.
struct StepPlaces {
  private let run: SequenceRun
  private let part: SequencePart
  private let buffers: SequenceBuffers
  /// Of the rows' first steps and of their initial states.
  private let outputOffsets, stateOffsets: PooledTable<Int64>
  /// From a row's step to its next one, in the outputs.
  let outputStep: Int

  /// Valid as long as the places that it gives are used.
  init(_ run: SequenceRun, _ part: SequencePart, _ buffers: SequenceBuffers) {
    (self.run, self.part, self.buffers) = (run, part, buffers)
    outputStep = run.layout.distance(stride: buffers.outputStride)
    outputOffsets = run.layout.firstSteps(of: part, time: run.size.time, stride: buffers.outputStride)
    stateOffsets = run.initialOffsets(of: part)
  }

  /// Gate values, and states before and after a step.
  @inline(__always)
  func find(_ step: inout rk_step, _ time: Int, _ values: StepValues) {
    step.gates = values.gates.rows(part, time)
    step.previousHidden =
      time == 0 ? run.initialRows(buffers.initialHidden, stateOffsets.pointer) : outputs(buffers.outputs, time - 1)
    step.previousMemory = run.memoryRows(part, time - 1)
    step.memory = run.memoryRows(part, time)
  }

  /// The rows of a step in memory laid out as the outputs.
  @inline(__always)
  func outputs(_ base: UnsafePointer<KernelScalar>?, _ time: Int) -> rk_rows {
    rk_rows(
      base: UnsafeMutablePointer(mutating: base), offset: outputOffsets.pointer, stride: 0,
      shift: Int64(time * outputStep))
  }
}

extension SequenceRun {
  /// Where the rows of a part find their initial states.
  func initialOffsets(of part: SequencePart) -> PooledTable<Int64> {
    PooledTable(count: part.rows.count) { offsets in
      for (row, number) in part.rows.enumerated() { offsets[row] = Int64(number * size.hidden) }
    }
  }
}
