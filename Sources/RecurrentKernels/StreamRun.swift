import CRecurrentKernels

/// A stack of cells stepping over one row whose states it carries: after the first step nothing is allocated.
///
/// Every step gives the bits that sequence runs give. Not for several threads at once.
package final class StreamRun {
  /// Weights beyond this many bytes are shared between threads: one processor alone waits for memory.
  private static let sharedBytes = 2 << 20

  private let cells: [PackedCell]
  private let states: [Workspace]
  private let kernels = InstructionSet.kernels
  /// One for each cell; behind a pointer, so that a step neither counts references nor checks for exclusive access.
  private let steps: UnsafeMutablePointer<StreamStep>
  private let count: Int
  package let inputSize, outputSize: Int

  /// A stream at the state zero; every cell reads the output of the one before.
  package init(_ cells: [PackedCell]) {
    precondition(!cells.isEmpty)
    self.cells = cells
    count = cells.count
    (inputSize, outputSize) = (cells[0].size.input, cells[count - 1].size.hidden)
    states = cells.map { Workspace(count: StreamStep.stateCount(of: $0.cell) * $0.size.paddedHidden) }
    steps = .allocate(capacity: count)
    for index in cells.indices {
      (steps + index).initialize(
        to: StreamStep(cells[index], states[index].pointer, isShared: cells[index].bytes > Self.sharedBytes))
    }
  }

  deinit {
    steps.deinitialize(count: count)
    steps.deallocate()
  }

  /// The states of a cell after the last step: h, then its memories.
  package func states(of cell: Int) -> [[KernelScalar]] {
    let (step, size) = (steps[cell].step, cells[cell].size)
    let hidden = Array(UnsafeBufferPointer(start: step.previousHidden, count: size.hidden))
    return [hidden]
      + (0..<cells[cell].cell.memories).map { memory in
        (0..<size.hidden).map { step.memory[steps[cell].memoryPlace(unit: $0, of: memory)] }
      }
  }

  /// Continues from these states of a cell, in the order of `states(of:)`.
  package func load(_ states: [UnsafePointer<KernelScalar>], into cell: Int) {
    let (step, size) = (steps[cell].step, cells[cell].size)
    UnsafeMutablePointer(mutating: step.previousHidden!).update(from: states[0], count: size.hidden)
    for (memory, values) in states.dropFirst().enumerated() {
      for unit in 0..<size.hidden { step.memory[steps[cell].memoryPlace(unit: unit, of: memory)] = values[unit] }
    }
  }

  /// Takes one input of `inputSize` scalars and writes the last cell's `outputSize`.
  package func advance(_ inputs: UnsafePointer<KernelScalar>, into outputs: UnsafeMutablePointer<KernelScalar>) {
    var inputs = inputs
    for step in UnsafeMutableBufferPointer(start: steps, count: count).indices {
      inputs = advance(steps + step, inputs)
    }
    outputs.update(from: inputs, count: outputSize)
  }

  @inline(__always)
  private func advance(
    _ cell: UnsafeMutablePointer<StreamStep>, _ inputs: UnsafePointer<KernelScalar>
  ) -> UnsafePointer<KernelScalar> {
    cell.pointee.step.inputs = inputs
    if cell.pointee.program != nil { cell.pointee.program!.advance(cell.pointee.step, kernels) }
    for phase in 0..<cell.pointee.phases {
      if cell.pointee.isShared, WorkerPool.threadCount > 1 {
        share(cell, phase)
      } else {
        kernels.streamStep(&cell.pointee.step, phase, 0, cell.pointee.blocks)
      }
    }
    let next = cell.pointee.step.nextHidden
    cell.pointee.step.nextHidden = UnsafeMutablePointer(mutating: cell.pointee.step.previousHidden)
    cell.pointee.step.previousHidden = UnsafePointer(next)
    return UnsafePointer(next!)
  }

  private func share(_ cell: UnsafeMutablePointer<StreamStep>, _ phase: Int32) {
    let blocks = Int(cell.pointee.blocks)
    withUnsafePointer(to: &cell.pointee.step) { step in
      WorkerPool.withTeam(atMost: blocks) { team in
        team.run { member in
          let range = MatrixProduct.share(of: blocks, member: member, of: team.size)
          kernels.streamStep(step, phase, Int64(range.lowerBound), Int64(range.upperBound))
        }
      }
    }
  }
}

/// What the kernel reads of one cell, and how it is called.
private struct StreamStep {
  var step = rk_stream()
  /// Of a cell that the kernels do not know by name, which has no phases of its own here.
  var program: PointwiseStreamStep?
  let phases: Int32
  let blocks: Int64
  let isShared: Bool
  private let memories: Int

  /// The vectors of a state: h before and after, r ⊙ h, z, the memories; of a program its gate values too.
  static func stateCount(of cell: SequenceCell) -> Int {
    4 + cell.memories + (cell.program == nil ? 0 : cell.slots)
  }

  func memoryPlace(unit: Int, of memory: Int) -> Int {
    let lanes = MatrixProduct.lanes
    return (unit / lanes * memories + memory) * lanes + unit % lanes
  }

  init(_ packed: PackedCell, _ states: UnsafeMutablePointer<KernelScalar>, isShared: Bool) {
    let width = packed.size.paddedHidden
    states.update(repeating: 0, count: Self.stateCount(of: packed.cell) * width)
    phases = packed.cell.program == nil ? Int32(packed.cell.phases.count) : 0
    memories = packed.cell.memories
    blocks = Int64(packed.size.blocks)
    self.isShared = isShared
    step.cell = packed.cell.index
    step.input = Int64(packed.size.input)
    step.hidden = Int64(packed.size.hidden)
    step.inputRight = UnsafePointer(packed.input)
    step.start = UnsafePointer(packed.start)
    step.recurrentStart = UnsafePointer(packed.recurrentStart)
    step.right = (packed.recurrent[0], packed.recurrent.last)
    step.previousHidden = UnsafePointer(states)
    step.nextHidden = states + width
    step.operand = states + 2 * width
    step.updateGate = states + 3 * width
    step.memory = states + 4 * width
    program = PointwiseStreamStep(packed, memory: step.memory, operand: step.operand)
  }
}
