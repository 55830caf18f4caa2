import CRecurrentKernels

/// One step of one row of a cell with a pointwise program: what the sequence driver does for a batch.
struct PointwiseStreamStep {
  private var step: rk_step
  private var inputs, starts: rk_product
  private let phases: [(first: Int64, count: Int64, right: UnsafePointer<KernelScalar>)]
  private let blocks: Int64

  /// Nil for a cell that the kernels know by name. Gate values lie behind the memories.
  init?(_ packed: PackedCell, memory: UnsafeMutablePointer<KernelScalar>, operand: UnsafeMutablePointer<KernelScalar>) {
    let (cell, size) = (packed.cell, packed.size)
    guard let program = cell.program else { return nil }
    let stride = Int64(cell.slots * size.paddedHidden)
    let gates = rk_rows(
      base: memory + cell.memories * size.paddedHidden, offset: nil, stride: stride, shift: 0)
    step = rk_step()
    step.cell = cell.index
    step.pointwise = UnsafePointer(program.pair)
    (step.hidden, step.slots, step.gates) = (Int64(size.hidden), Int64(cell.slots), gates)
    step.previousMemory = rk_rows(base: memory, offset: nil, stride: 0, shift: 0)
    (step.memory, step.operand) = (step.previousMemory, rk_rows(base: operand, offset: nil, stride: 0, shift: 0))
    inputs = packed.inputProduct(into: gates)
    starts = packed.startProduct(into: gates)
    phases = zip(cell.phases, packed.recurrent).map { (Int64($0.lowerBound), Int64($0.count), $1) }
    blocks = Int64(size.blocks)
  }

  /// Takes the step's input and state before, and writes its state after.
  mutating func advance(_ stream: rk_stream, _ kernels: rk_kernels) {
    inputs.left.base = UnsafeMutablePointer(mutating: stream.inputs)
    kernels.product(&inputs, 0, 1, 0, blocks * inputs.groupCount)
    if starts.groupCount > 0 { kernels.product(&starts, 0, 1, 0, blocks * starts.groupCount) }
    step.previousHidden.base = UnsafeMutablePointer(mutating: stream.previousHidden)
    step.hidden_.base = stream.nextHidden
    for (number, phase) in phases.enumerated() {
      (step.phaseFirst, step.phaseCount, step.right) = (phase.first, phase.count, phase.right)
      kernels.stepForward(&step, Int32(number), 0, 1, 0, blocks)
    }
  }
}
