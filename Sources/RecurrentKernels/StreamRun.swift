import CRecurrentKernels

/// A stack of cells stepping over one row whose states it carries: after the first step nothing is allocated.
///
/// Every step gives the bits that sequence runs give. Not for several threads at once.
package final class StreamRun {
  /// Weights beyond this many bytes are shared between threads: one processor alone waits for memory.
  private static let sharedBytes = 2 << 20

  private let cells: [PackedCell]
  private let states: [Workspace]
  /// What a step works on.
  package let steps: StreamSteps

  /// A stream at the state zero; every cell reads the output of the one before.
  package init(_ cells: [PackedCell]) {
    precondition(!cells.isEmpty)
    self.cells = cells
    states = cells.map { Workspace(count: StreamStep.scalars(of: $0)) }
    let first = UnsafeMutablePointer<StreamStep>.allocate(capacity: cells.count)
    for index in cells.indices {
      (first + index).initialize(
        to: StreamStep(cells[index], states[index].pointer, isShared: cells[index].bytes > Self.sharedBytes))
    }
    steps = StreamSteps(first: first, count: cells.count, outputSize: cells[cells.count - 1].size.hidden)
  }

  deinit {
    steps.first.deinitialize(count: steps.count)
    steps.first.deallocate()
  }

  /// The states of a cell after the last step: h, then its memories, then the inputs that the next step sees again.
  package func states(of cell: Int) -> [[KernelScalar]] {
    let (step, size) = (steps.first[cell].step, cells[cell].size)
    let hidden = Array(UnsafeBufferPointer(start: step.previousHidden, count: size.hidden))
    return [hidden]
      + (0..<cells[cell].cell.memories).map { memory in
        (0..<size.hidden).map { step.memory[steps.first[cell].memoryPlace(unit: $0, of: memory)] }
      } + (steps.first[cell].window.map { [Array(UnsafeBufferPointer(start: $0.kept, count: $0.keptCount))] } ?? [])
  }

  /// Continues from these states of a cell, in the order of `states(of:)`.
  package func load(_ states: [UnsafePointer<KernelScalar>], into cell: Int) {
    let (step, size) = (steps.first[cell].step, cells[cell].size)
    UnsafeMutablePointer(mutating: step.previousHidden!).update(from: states[0], count: size.hidden)
    steps.first[cell].window.map { $0.kept.update(from: states[states.count - 1], count: $0.keptCount) }
    for (memory, values) in states.dropFirst().prefix(cells[cell].cell.memories).enumerated() {
      for unit in 0..<size.hidden { step.memory[steps.first[cell].memoryPlace(unit: unit, of: memory)] = values[unit] }
    }
  }
}

/// The cells of a run as a step needs them: nothing but addresses, as counting a reference makes the processor wait for all its
/// stores, and checks of exclusive access take time. The run must outlive it.
package struct StreamSteps {
  fileprivate let first: UnsafeMutablePointer<StreamStep>
  fileprivate let count, outputSize: Int

  /// Takes one input of the first cell's size and writes the last cell's `outputSize`.
  package func advance(_ inputs: UnsafePointer<KernelScalar>, into outputs: UnsafeMutablePointer<KernelScalar>) {
    var inputs = inputs
    for index in 0..<count { inputs = first[index].advance(inputs) }
    outputs.update(from: inputs, count: outputSize)
  }
}

/// The inputs that a step sees, the oldest first, where a cell sees those of steps before.
private struct InputWindow {
  private let first: UnsafeMutablePointer<KernelScalar>
  private let step: Int
  let keptCount: Int

  /// Nil for a cell that sees its own input alone.
  init?(_ packed: PackedCell, _ memory: UnsafeMutablePointer<KernelScalar>) {
    guard packed.cell.inputSteps > 1 else { return nil }
    (first, step) = (memory, packed.size.input / packed.cell.inputSteps)
    keptCount = packed.size.input - step
    first.update(repeating: 0, count: packed.size.input)
  }

  /// The inputs that the next step sees again.
  var kept: UnsafeMutablePointer<KernelScalar> { first + step }

  /// Takes the input of a step and gives all that it sees.
  func advance(_ inputs: UnsafePointer<KernelScalar>) -> UnsafePointer<KernelScalar> {
    first.update(from: kept, count: keptCount)
    (first + keptCount).update(from: inputs, count: step)
    return UnsafePointer(first)
  }
}

/// What the kernel reads of one cell, and how it is called.
private struct StreamStep {
  var step = rk_stream()
  /// Of a cell that the kernels do not know by name, which has no phases of its own here.
  private var program: PointwiseStreamStep?
  private let kernels = InstructionSet.kernels.pointee
  private let phases: Int32
  private let blocks: Int64
  private let isShared: Bool
  private let memories: Int
  let window: InputWindow?

  /// The vectors of a state: h before and after, r ⊙ h, z, the memories; of a program its gate values too.
  private static func stateCount(of cell: SequenceCell) -> Int {
    4 + cell.memories + (cell.program == nil ? 0 : cell.slots)
  }

  /// The scalars of a state: its vectors; of a program the operand, as many as it is made of, and the inputs of a window.
  static func scalars(of packed: PackedCell) -> Int {
    let (cell, size) = (packed.cell, packed.size)
    return (stateCount(of: cell) + (cell.program == nil ? 0 : cell.operands)) * size.paddedHidden
      + (cell.inputSteps > 1 ? size.input : 0)
  }

  func memoryPlace(unit: Int, of memory: Int) -> Int {
    let lanes = MatrixProduct.lanes
    return (unit / lanes * memories + memory) * lanes + unit % lanes
  }

  init(_ packed: PackedCell, _ states: UnsafeMutablePointer<KernelScalar>, isShared: Bool) {
    let width = packed.size.paddedHidden
    states.update(repeating: 0, count: Self.stateCount(of: packed.cell) * width)
    let operand = states + Self.stateCount(of: packed.cell) * width
    window = InputWindow(packed, operand + packed.cell.operands * width)
    phases = packed.cell.program == nil ? Int32(packed.cell.phases.count) : 0
    memories = packed.cell.memories
    blocks = Int64(packed.size.blocks)
    self.isShared = isShared
    step.cell = packed.cell.index
    step.input = Int64(packed.size.input)
    step.hidden = Int64(packed.size.hidden)
    step.start = UnsafePointer(packed.start)
    step.recurrentStart = UnsafePointer(packed.recurrentStart)
    if phases > 0 {
      let weights = packed.stream()
      step.right = (weights[0], weights.last)
    }
    step.previousHidden = UnsafePointer(states)
    step.nextHidden = states + width
    step.operand = states + 2 * width
    step.updateGate = states + 3 * width
    step.memory = states + 4 * width
    program = PointwiseStreamStep(packed, memory: step.memory, operand: operand)
  }

  /// Takes the input of a step and gives the new h, where it stays until the step after the next.
  @inline(__always)
  mutating func advance(_ inputs: UnsafePointer<KernelScalar>) -> UnsafePointer<KernelScalar> {
    step.inputs = window?.advance(inputs) ?? inputs
    if phases == 0 { program!.advance(step, kernels) }
    for phase in 0..<phases {
      if isShared, WorkerPool.threadCount > 1 { share(phase) } else { kernels.streamStep(&step, phase, 0, blocks) }
    }
    let next = step.nextHidden!
    step.nextHidden = UnsafeMutablePointer(mutating: step.previousHidden)
    step.previousHidden = UnsafePointer(next)
    step.isTurned ^= 1
    return UnsafePointer(next)
  }

  @inline(never)
  private mutating func share(_ phase: Int32) {
    let (kernels, blocks) = (kernels, Int(blocks))
    withUnsafePointer(to: &step) { step in
      WorkerPool.withTeam(atMost: blocks) { team in
        team.run { member in
          let range = MatrixProduct.share(of: blocks, member: member, of: team.size)
          kernels.streamStep(step, phase, Int64(range.lowerBound), Int64(range.upperBound))
        }
      }
    }
  }
}
