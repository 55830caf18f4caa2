import CRecurrentKernels

/// One step of one row of a cell with a pointwise program: what the sequence driver does for a batch.
struct PointwiseStreamStep {
  private var step: rk_step
  private var inputs, starts: rk_product
  private let first: Phase
  private let second: Phase?
  private let blocks: Int64

  /// The slots of a recurrent product, and its weights.
  private struct Phase {
    let number: Int32
    let first, count: Int64
    let right: UnsafePointer<KernelScalar>

    init(_ packed: PackedCell, _ number: Int) {
      let slots = packed.cell.phases[number]
      (first, count, right) = (Int64(slots.lowerBound), Int64(slots.count), packed.recurrent[number])
      self.number = Int32(number)
    }
  }

  /// Nil for a cell that the kernels know by name. Gate values lie behind the memories.
  init?(_ packed: PackedCell, memory: UnsafeMutablePointer<KernelScalar>, operand: UnsafeMutablePointer<KernelScalar>) {
    let (cell, size) = (packed.cell, packed.size)
    guard cell.program != nil else { return nil }
    let stride = Int64(cell.slots * size.paddedHidden)
    let gates = rk_rows(
      base: memory + cell.memories * size.paddedHidden, offset: nil, stride: stride, shift: 0)
    step = packed.step
    step.gates = gates
    step.previousMemory = rk_rows(base: memory, offset: nil, stride: 0, shift: 0)
    (step.memory, step.operand) = (step.previousMemory, rk_rows(base: operand, offset: nil, stride: 0, shift: 0))
    inputs = packed.inputProduct(into: gates)
    starts = packed.startProduct(into: gates)
    first = Phase(packed, 0)
    second = cell.phases.count > 1 ? Phase(packed, 1) : nil
    blocks = Int64(size.blocks)
  }

  /// Takes the step's input and state before, and writes its state after.
  mutating func advance(_ stream: rk_stream, _ kernels: rk_kernels) {
    inputs.left.base = UnsafeMutablePointer(mutating: stream.inputs)
    kernels.product(&inputs, 0, 1, 0, blocks * inputs.groupCount)
    if starts.groupCount > 0 { kernels.product(&starts, 0, 1, 0, blocks * starts.groupCount) }
    step.previousHidden.base = UnsafeMutablePointer(mutating: stream.previousHidden)
    step.hidden_.base = stream.nextHidden
    run(first, kernels)
    if let second { run(second, kernels) }
  }

  private mutating func run(_ phase: Phase, _ kernels: rk_kernels) {
    (step.phaseFirst, step.phaseCount, step.right) = (phase.first, phase.count, phase.right)
    kernels.stepForward(&step, phase.number, 0, 1, 0, blocks)
  }
}
