import CRecurrentKernels

/// Gathers the weight and bias gradients of a run while it walks back.
///
/// They are products over the valid (row, step) pairs: span after span as the walk goes, in a span row after row with time
/// rising, in blocks of 512 pairs that are summed from zero and added. Threads split the output, so their number changes
/// no bit.
struct WeightGradients {
  private let run: SequenceRun
  private let gradients: SequenceGradients
  private var jobs: [WeightGradientJob] = []
  private let biasSums: Workspace?

  init(of run: SequenceRun, _ gradients: SequenceGradients) {
    (self.run, self.gradients) = (run, gradients)
    let (cell, size) = (run.cell, run.size)
    if let gradient = gradients.inputWeight, size.input > 0 {
      jobs.append(
        WeightGradientJob(
          run, slots: cell.inputRange, gates: cell.inputSlots, operands: \.inputs, columns: size.input, gradient))
    }
    if let gradient = gradients.hiddenWeight {
      for (phase, slots) in run.phases.enumerated() {
        jobs.append(
          WeightGradientJob(
            run, slots: slots, gates: cell.recurrentSlots, operands: phase == 0 ? \.previousHidden : \.operands,
            columns: size.hidden, gradient))
      }
    }
    let wantsBiases = gradients.inputBias != nil || gradients.hiddenBias != nil
    biasSums = wantsBiases ? Workspace(count: run.gateStride) : nil
    biasSums?.pointer.update(repeating: 0, count: run.gateStride)
  }

  /// Takes in a span whose gate values have become gradients.
  func add(_ table: StepTable) {
    guard table.count > 0 else { return }
    for job in jobs { job.run(table, run.kernels) }
    if let biasSums {
      rk_column_sums(table.gates.pointer, Int64(table.count), Int64(run.gateStride), biasSums.pointer)
    }
    withExtendedLifetime(table) {}
  }

  /// Adds what is gathered until the end of the walk.
  func finish() {
    guard let biasSums else { return }
    let (cell, size) = (run.cell, run.size)
    for (slots, gradient) in [(cell.inputSlots, gradients.inputBias), (cell.recurrentSlots, gradients.hiddenBias)] {
      guard let gradient else { continue }
      for (gate, slot) in slots.enumerated() {
        for unit in 0..<size.hidden {
          gradient[gate * size.hidden + unit] += biasSums.pointer[run.gateOffset(slot: slot, unit: unit)]
        }
      }
    }
  }
}

extension SequenceRun {
  /// Where a unit's value lies in a gate row.
  fileprivate func gateOffset(slot: Int, unit: Int) -> Int {
    let lanes = MatrixProduct.lanes
    return (unit / lanes * cell.slots + slot) * lanes + unit % lanes
  }
}

/// One weight matrix's gradient: dL/dW[row, :] += sum over (row, step) pairs of gate gradient · operand row.
private struct WeightGradientJob {
  /// Where each gate gradient lies in a gate row, and the gradient row it belongs to.
  private var offsets: PooledTable<Int64>
  private var targets: PooledTable<Int64>
  private let operands: KeyPath<StepTable, PooledTable<UnsafePointer<KernelScalar>?>>
  private let columns: Int
  private let gradient: UnsafeMutablePointer<KernelScalar>

  init(
    _ run: SequenceRun, slots: Range<Int>, gates: [Int],
    operands: KeyPath<StepTable, PooledTable<UnsafePointer<KernelScalar>?>>, columns: Int,
    _ gradient: UnsafeMutablePointer<KernelScalar>
  ) {
    let hidden = run.size.hidden
    (offsets, targets) = (PooledTable(capacity: slots.count * hidden), PooledTable(capacity: slots.count * hidden))
    (self.operands, self.columns, self.gradient) = (operands, columns, gradient)
    for slot in slots {
      guard let gate = gates.firstIndex(of: slot) else { preconditionFailure("slot \(slot) has no gate") }
      for unit in 0..<hidden {
        offsets.append(Int64(run.gateOffset(slot: slot, unit: unit)))
        targets.append(Int64((gate * hidden + unit) * columns))
      }
    }
  }

  func run(_ table: StepTable, _ kernels: rk_kernels) {
    let lanes = MatrixProduct.lanes
    let tile = Int(kernels.rowTile)
    let block = Int(RK_WEIGHT_BLOCK)
    let steps = table.count
    let panels = MatrixProduct.panels(columns)
    let tiles = (offsets.count + tile - 1) / tile
    let operations = 2 * steps * offsets.count * columns
    let operandRows = table[keyPath: operands].pointer
    let right = Workspace(count: panels * min(block, steps) * lanes)
    WorkerPool.withTeam(atMost: operations < MatrixProduct.parallelThreshold ? 1 : tiles) { team in
      let barrier = TeamBarrier(size: team.size)
      team.run { member in
        let left = Workspace(count: tile * min(block, steps))
        for from in stride(from: 0, to: steps, by: block) {
          let inner = min(block, steps - from)
          for panel in MatrixProduct.share(of: panels, member: member, of: team.size) {
            rk_pack_panel(
              operandRows + from, Int64(inner), Int64(panel * lanes), Int64(min(lanes, columns - panel * lanes)),
              right.pointer + panel * inner * lanes)
          }
          barrier.wait()
          var product = rk_product()
          product.left.base = left.pointer
          product.left.stride = 1
          product.inner.mainCount = 1
          product.inner.mainLength = Int64(inner)
          product.right = UnsafePointer(right.pointer)
          product.result.base = gradient
          product.columns = Int64(columns)
          (product.groupSlots, product.groupCount) = (1, 1)
          product.mode = RK_ADD_BLOCK
          for index in MatrixProduct.share(of: tiles, member: member, of: team.size) {
            let first = index * tile, count = min(tile, offsets.count - first)
            product.leftStep = Int64(count)
            rk_pack_left(
              table.gates.pointer + from, Int64(inner), offsets.pointer + first, Int64(count), left.pointer)
            product.result.offset = targets.pointer + first
            kernels.product(&product, 0, Int64(count), 0, Int64(panels))
          }
          barrier.wait()
        }
      }
    }
    withExtendedLifetime((offsets, targets, table)) {}
  }
}
