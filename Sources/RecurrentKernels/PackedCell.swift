import CRecurrentKernels
import Synchronization

/// A cell's weights in the order of the kernels: panels of 16 units, `[block][slot][k][16]`.
package final class PackedCell: @unchecked Sendable {
  let cell: SequenceCell
  let size: SequenceSize
  private let memory: Workspace
  /// The bytes of everything packed.
  let bytes: Int
  /// Input weights over the input slots, and what each gate value starts from: the biases.
  let input, start: UnsafeMutablePointer<KernelScalar>
  /// Start of the slots that the recurrent product alone reaches, and the weights of one number a unit, `[block][index][16]`.
  let recurrentStart, unitWeights: UnsafeMutablePointer<KernelScalar>
  /// Recurrent weights by phase.
  let recurrent: [UnsafePointer<KernelScalar>]
  private let backwardWeights = Mutex(BackwardWeights(input: nil, recurrent: []))
  private let streamWeights = Mutex<[Workspace]>([])

  package init(cell: SequenceCell, size: SequenceSize, weights: SequenceWeights) {
    self.cell = cell
    self.size = size
    let lanes = MatrixProduct.lanes
    let inputRange = cell.inputRange
    let inputPanels = size.blocks * inputRange.count
    let recurrentPanels = size.blocks * cell.recurrentRange.count
    let unitPanels = size.blocks * cell.unitSlots.count
    let widths = cell.phases.indices.map { cell.operandWidth(size, phase: $0) }
    let recurrentLengths = zip(cell.phases, widths).reduce(0) { $0 + size.blocks * $1.0.count * $1.1 }
    let count = lanes * (inputPanels * (size.input + 1) + recurrentPanels + unitPanels + recurrentLengths)
    memory = Workspace(count: count)
    bytes = count * MemoryLayout<KernelScalar>.stride
    input = memory.pointer
    start = input + inputPanels * size.input * lanes
    recurrentStart = start + inputPanels * lanes
    unitWeights = recurrentStart + recurrentPanels * lanes
    var next = unitWeights + unitPanels * lanes
    Self.packPanels(weights.input, rowLength: size.input, slots: inputRange, gates: cell.inputSlots, size, into: input)
    var phases: [UnsafePointer<KernelScalar>] = []
    for (slots, width) in zip(cell.phases, widths) {
      Self.packPanels(weights.hidden, rowLength: width, slots: slots, gates: cell.recurrentSlots, size, into: next)
      phases.append(UnsafePointer(next))
      next += size.blocks * slots.count * width * lanes
    }
    recurrent = phases
    packStart(weights)
    packUnitWeights(weights.units)
  }

  private static func packPanels(
    _ weights: UnsafePointer<KernelScalar>, rowLength: Int, slots: Range<Int>, gates: [Int], _ size: SequenceSize,
    into packed: UnsafeMutablePointer<KernelScalar>
  ) {
    let lanes = MatrixProduct.lanes
    let kernels = InstructionSet.kernels
    shareBlocks(of: size, scalars: slots.count * size.hidden * rowLength) { blocks in
      for block in blocks {
        let width = min(lanes, size.hidden - block * lanes)
        for slot in slots {
          guard let gate = gates.firstIndex(of: slot) else { preconditionFailure("slot \(slot) has no gate") }
          let panel = packed + (block * slots.count + slot - slots.lowerBound) * rowLength * lanes
          let from = weights + (gate * size.hidden + block * lanes) * rowLength
          kernels.pointee.pack(from, Int64(rowLength), Int64(width), 1, Int64(rowLength), panel)
        }
      }
    }
  }

  /// Calls `body` with all blocks of units, on several threads where there are many scalars to pack.
  private static func shareBlocks(of size: SequenceSize, scalars: Int, _ body: (Range<Int>) -> Void) {
    let parts = scalars < MatrixProduct.parallelPacking ? 1 : min(size.blocks, WorkerPool.threadCount)
    WorkerPool.run(parts: parts) { body(MatrixProduct.share(of: size.blocks, member: $0, of: parts)) }
  }

  private func packStart(_ weights: SequenceWeights) {
    for (slots, start) in [(cell.inputRange, start), (cell.recurrentRange, recurrentStart)] {
      for slot in slots {
        let gates = [
          (cell.inputSlots.firstIndex(of: slot), weights.inputBias),
          (cell.recurrentSlots.firstIndex(of: slot), weights.hiddenBias),
        ]
        forEachUnit(slot - slots.lowerBound, of: slots.count, in: start) { unit in
          gates.reduce(0) { sum, entry in
            guard let gate = entry.0, let bias = entry.1 else { return sum }
            return sum + bias[gate * size.hidden + unit]
          }
        }
      }
    }
  }

  private func packUnitWeights(_ weights: [UnsafePointer<KernelScalar>]) {
    for index in cell.unitSlots.indices {
      forEachUnit(index, of: cell.unitSlots.count, in: unitWeights) { weights[index][$0] }
    }
  }

  /// Writes a value of every unit to `[block][count][16]`, zeros behind the last unit.
  private func forEachUnit(
    _ index: Int, of count: Int, in memory: UnsafeMutablePointer<KernelScalar>, _ value: (Int) -> KernelScalar
  ) {
    let lanes = MatrixProduct.lanes
    for unit in 0..<size.paddedHidden {
      memory[(unit / lanes * count + index) * lanes + unit % lanes] = unit < size.hidden ? value(unit) : 0
    }
  }

  /// Bias and input terms of all gates, without the rows of the input.
  func inputProduct(into gates: rk_rows) -> rk_product {
    var product = rk_product()
    product.leftStep = 1
    product.inner.mainCount = 1
    product.inner.mainLength = Int64(size.input)
    product.right = UnsafePointer(input)
    product.start = UnsafePointer(start)
    product.result = gates
    product.columns = .max
    product.groupSlots = Int64(cell.slots)
    product.groupFirst = Int64(cell.inputRange.lowerBound)
    product.groupCount = Int64(cell.inputRange.count)
    product.units = Int64(size.hidden)
    product.mode = RK_FROM_START
    return product
  }

  /// The starts of the slots that the recurrent product alone reaches: a product of no terms.
  func startProduct(into gates: rk_rows) -> rk_product {
    var product = inputProduct(into: gates)
    product.inner.mainLength = 0
    // Never read, but a row has an address.
    product.left = rk_rows(base: start, offset: nil, stride: 0, shift: 0)
    product.start = UnsafePointer(recurrentStart)
    product.groupFirst = Int64(cell.recurrentRange.lowerBound)
    product.groupCount = Int64(cell.recurrentRange.count)
    return product
  }

  /// A step of this cell without rows.
  var step: rk_step {
    var step = rk_step()
    step.cell = cell.index
    step.pointwise = cell.program.map { UnsafePointer($0.pair) }
    step.hidden = Int64(size.hidden)
    step.slots = Int64(cell.slots)
    step.operands = Int64(cell.operands)
    (step.unitWeights, step.unitWeightCount) = (UnsafePointer(unitWeights), Int64(cell.unitSlots.count))
    return step
  }

  /// The weights for the way back, each made when first asked for; those of the input only `forInputs`.
  func backward(_ weights: SequenceWeights, forInputs: Bool) -> BackwardWeights {
    backwardWeights.withLock { made in
      if made.recurrent.isEmpty {
        made.recurrent = cell.phases.enumerated().map { phase, slots in
          transposed(
            weights.hidden, columns: cell.operandWidth(size, phase: phase), slots: slots, gates: cell.recurrentSlots)
        }
      }
      if forInputs, made.input == nil {
        made.input = transposed(weights.input, columns: size.input, slots: cell.inputRange, gates: cell.inputSlots)
      }
      return made
    }
  }

  /// The weights by phase in the order in which a stream reads them, `[block][k][slot][16]`, k over the input, then over the
  /// operand: one walk through memory. Made when first asked for.
  func stream() -> [UnsafePointer<KernelScalar>] {
    streamWeights.withLock { made in
      if made.isEmpty { made = cell.phases.indices.map(interleaved) }
      return made.map { UnsafePointer($0.pointer) }
    }
  }

  private func interleaved(_ phase: Int) -> Workspace {
    let lanes = MatrixProduct.lanes
    let (slots, inputRange) = (cell.phases[phase], cell.inputRange)
    let inputSlots = cell.phases.count == 1 ? inputRange : slots
    let blockCount = (inputSlots.count * size.input + slots.count * size.hidden) * lanes
    let made = Workspace(count: max(1, size.blocks * blockCount))
    Self.shareBlocks(of: size, scalars: size.blocks * blockCount) { blocks in
      for block in blocks {
        var next = made.pointer + block * blockCount
        func append(_ panels: UnsafePointer<KernelScalar>, slots: Int, length: Int) {
          for k in 0..<length {
            for slot in 0..<slots {
              next.update(from: panels + (slot * length + k) * lanes, count: lanes)
              next += lanes
            }
          }
        }
        let inputPanel = block * inputRange.count + inputSlots.lowerBound - inputRange.lowerBound
        append(UnsafePointer(input + inputPanel * size.input * lanes), slots: inputSlots.count, length: size.input)
        append(recurrent[phase] + block * slots.count * size.hidden * lanes, slots: slots.count, length: size.hidden)
      }
    }
    return made
  }

  /// `[k][16]` panels over `columns`, k running over blocks, `slots` and units.
  private func transposed(
    _ weights: UnsafePointer<KernelScalar>, columns: Int, slots: Range<Int>, gates: [Int]
  ) -> Workspace {
    let lanes = MatrixProduct.lanes
    let kernels = InstructionSet.kernels
    var rows = PooledTable<UnsafePointer<KernelScalar>?>(capacity: slots.count * size.hidden)
    for block in 0..<size.blocks {
      for slot in slots {
        guard let gate = gates.firstIndex(of: slot) else { preconditionFailure("slot \(slot) has no gate") }
        for unit in block * lanes..<min(size.hidden, (block + 1) * lanes) {
          rows.append(weights + (gate * size.hidden + unit) * columns)
        }
      }
    }
    let panels = MatrixProduct.panels(columns)
    let packed = Workspace(count: max(1, panels * rows.count * lanes))
    let parts = rows.count * columns < MatrixProduct.parallelPacking ? 1 : min(panels, WorkerPool.threadCount)
    WorkerPool.run(parts: max(1, parts)) { part in
      for panel in MatrixProduct.share(of: panels, member: part, of: max(1, parts)) {
        kernels.pointee.packRows(
          rows.pointer, Int64(rows.count), Int64(panel * lanes), Int64(min(lanes, columns - panel * lanes)),
          packed.pointer + panel * rows.count * lanes, nil)
      }
    }
    return packed
  }
}

/// Weights in the order in which the walk back meets them: by unit of the input, and by unit of each phase's operand.
struct BackwardWeights {
  fileprivate(set) var input: Workspace?
  fileprivate(set) var recurrent: [Workspace]
}
