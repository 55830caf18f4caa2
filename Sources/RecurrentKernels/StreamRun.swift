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
    states = cells.map { Workspace(count: StreamStep.stateCount * $0.size.paddedHidden) }
    steps = .allocate(capacity: count)
    for index in cells.indices {
      (steps + index).initialize(
        to: StreamStep(cells[index], states[index].pointer, isShared: cells[index].bytes > Self.sharedBytes))
    }
  }

  deinit { steps.deallocate() }

  /// The states of a cell after the last step, h and LSTM's c, each with the scalars it holds; valid until the next step.
  package func states(of cell: Int) -> [UnsafeMutableBufferPointer<KernelScalar>] {
    let (step, size) = (steps[cell].step, cells[cell].size.hidden)
    var states = [UnsafeMutableBufferPointer(start: UnsafeMutablePointer(mutating: step.previousHidden), count: size)]
    if cells[cell].cell.hasMemory { states.append(UnsafeMutableBufferPointer(start: step.memory, count: size)) }
    return states
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
  /// The vectors of a state: h before and after, c, r ⊙ h, z.
  static let stateCount = 5

  var step = rk_stream()
  let phases: Int32
  let blocks: Int64
  let isShared: Bool

  init(_ packed: PackedCell, _ states: UnsafeMutablePointer<KernelScalar>, isShared: Bool) {
    let width = packed.size.paddedHidden
    states.update(repeating: 0, count: Self.stateCount * width)
    phases = Int32(packed.cell.phases.count)
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
    step.memory = states + 2 * width
    step.operand = states + 3 * width
    step.updateGate = states + 4 * width
  }
}
