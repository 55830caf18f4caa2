import CRecurrentKernels

/// Where the values of the valid (row, step) pairs of a span lie: rows in batch order, time rising.
struct StepTable {
  private(set) var gates, inputs, previousHidden, operands: PooledTable<UnsafePointer<KernelScalar>?>
  /// The first scalar of all inputs.
  let firstInput: UnsafePointer<KernelScalar>

  var count: Int { gates.count }
}

extension SequenceRun {
  func stepTable(_ span: Range<Int>, _ values: StepValues, _ buffers: SequenceBuffers) -> StepTable {
    let count = layout.lengths.reduce(0) { $0 + span.clamped(to: 0..<$1).count }
    var table = StepTable(
      gates: PooledTable(capacity: count), inputs: PooledTable(capacity: count),
      previousHidden: PooledTable(capacity: count), operands: PooledTable(capacity: count),
      firstInput: buffers.inputs)
    var place = [(part: Int, row: Int)](repeating: (0, 0), count: size.batch)
    for (index, part) in layout.parts.enumerated() {
      for (row, number) in part.rows.enumerated() { place[number] = (index, row) }
    }
    for (number, length) in layout.lengths.enumerated() {
      let (part, row) = (layout.parts[place[number].part], place[number].row)
      let steps = span.clamped(to: 0..<length)
      let times = layout.reversed ? length - steps.upperBound..<length - steps.lowerBound : steps
      for time in times {
        let step = layout.reversed ? length - 1 - time : time
        table.append(
          gates: values.gates.pointer(part, step) + row * gateStride,
          input: buffers.inputs + (number * size.time + time) * size.input,
          previousHidden: hiddenBefore(number, time, step, buffers),
          operand: values.operand.map { $0.pointer(part, step) + row * size.hidden })
      }
    }
    return table
  }

  private func hiddenBefore(
    _ row: Int, _ time: Int, _ step: Int, _ buffers: SequenceBuffers
  ) -> UnsafePointer<KernelScalar> {
    guard step > 0 else { return buffers.initialHidden.map { $0 + row * size.hidden } ?? UnsafePointer(zeros.pointer) }
    let before = row * size.time + (layout.reversed ? time + 1 : time - 1)
    return UnsafePointer(buffers.outputs + before * buffers.outputStride)
  }
}

extension StepTable {
  fileprivate mutating func append(
    gates: UnsafePointer<KernelScalar>, input: UnsafePointer<KernelScalar>,
    previousHidden: UnsafePointer<KernelScalar>, operand: UnsafePointer<KernelScalar>?
  ) {
    self.gates.append(gates)
    inputs.append(input)
    self.previousHidden.append(previousHidden)
    operands.append(operand)
  }
}
