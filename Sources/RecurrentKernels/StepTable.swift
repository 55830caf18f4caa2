import CRecurrentKernels

/// Where the values of the valid (row, step) pairs of a span lie: rows in batch order, time rising.
struct StepTable {
  typealias Column = PooledMemory<UnsafePointer<KernelScalar>?>

  let count: Int
  let gates, inputs, previousHidden: Column
  /// The operands of the second phase, if there is one.
  let operands: Column?
}

extension SequenceRun {
  func stepTable(_ span: Range<Int>, _ values: StepValues, _ buffers: SequenceBuffers) -> StepTable {
    let count = layout.lengths.reduce(0) { $0 + span.clamped(to: 0..<$1).count }
    let table = StepTable(
      count: count, gates: StepTable.Column(count: count), inputs: StepTable.Column(count: count),
      previousHidden: StepTable.Column(count: count),
      operands: values.operand.map { _ in StepTable.Column(count: count) })
    var place = [(part: Int, row: Int)](repeating: (0, 0), count: size.batch)
    for (index, part) in layout.parts.enumerated() {
      for (row, number) in part.rows.enumerated() { place[number] = (index, row) }
    }
    let (gates, inputs, previousHidden) = (table.gates.pointer, table.inputs.pointer, table.previousHidden.pointer)
    let towardsBefore = (layout.reversed ? 1 : -1) * buffers.outputStride
    var pair = 0
    for (number, length) in layout.lengths.enumerated() {
      let (part, row) = (layout.parts[place[number].part], place[number].row)
      let steps = span.clamped(to: 0..<length)
      let times = layout.reversed ? length - steps.upperBound..<length - steps.lowerBound : steps
      let initial = buffers.initialHidden.map { $0 + number * size.hidden } ?? UnsafePointer(zeros.pointer)
      for time in times {
        let step = layout.reversed ? length - 1 - time : time
        let index = number * size.time + time
        gates[pair] = UnsafePointer(values.gates.pointer(part, step) + row * gateStride)
        inputs[pair] = buffers.inputs + index * size.input
        previousHidden[pair] =
          step == 0 ? initial : UnsafePointer(buffers.outputs + index * buffers.outputStride + towardsBefore)
        if let operand = values.operand {
          table.operands?.pointer[pair] = UnsafePointer(operand.pointer(part, step) + row * operandWidth)
        }
        pair += 1
      }
    }
    return table
  }
}
