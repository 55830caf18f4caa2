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
    let wantsBiases = gradients.inputBias != nil || gradients.hiddenBias != nil
    biasSums = wantsBiases ? Workspace(count: run.gateStride) : nil
    biasSums?.pointer.update(repeating: 0, count: run.gateStride)
    // Each slot is summed by the one job that packs it anyway: the recurrent one, if it reaches the slot.
    let recurrent = run.phases.reduce(into: Set<Int>()) { $0.formUnion($1) }
    let jobs = [
      WeightGradientJob(
        run, slots: cell.inputRange, gates: cell.inputSlots, operands: \.inputs, columns: size.input,
        gradient: gradients.inputWeight, sums: biasSums, summed: Set(cell.inputRange).subtracting(recurrent))
    ]
    self.jobs =
      jobs
      + run.phases.enumerated().map { phase, slots in
        WeightGradientJob(
          run, slots: slots, gates: cell.recurrentSlots, operands: phase == 0 ? \.previousHidden : \.operands,
          columns: size.hidden, gradient: gradients.hiddenWeight, sums: biasSums, summed: Set(slots))
      }
  }

  /// Takes in a span whose gate values have become gradients.
  func add(_ table: StepTable) {
    guard table.count > 0 else { return }
    for job in jobs { job.run(table, run.kernels) }
    withExtendedLifetime((table, biasSums)) {}
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

/// One weight matrix's gradient: dL/dW[row, :] += sum over (row, step) pairs of gate gradient · operand row; and the sums
/// of gate gradients for the biases.
private struct WeightGradientJob {
  /// The gate values of one slot of one block of units, and the gradient rows that belong to them.
  private struct Group {
    let gateOffset, firstRow, width: Int
    let isSummed: Bool
  }

  private var groups: [Group] = []
  private let operands: KeyPath<StepTable, PooledTable<UnsafePointer<KernelScalar>?>>
  private let columns: Int
  private let gradient: UnsafeMutablePointer<KernelScalar>?
  private let sums: Workspace?

  init(
    _ run: SequenceRun, slots: Range<Int>, gates: [Int],
    operands: KeyPath<StepTable, PooledTable<UnsafePointer<KernelScalar>?>>, columns: Int,
    gradient: UnsafeMutablePointer<KernelScalar>?, sums: Workspace?, summed: Set<Int>
  ) {
    self.operands = operands
    self.gradient = columns > 0 ? gradient : nil
    self.columns = self.gradient == nil ? 0 : columns
    self.sums = sums
    let (hidden, lanes) = (run.size.hidden, MatrixProduct.lanes)
    for block in 0..<run.size.blocks {
      for slot in slots {
        guard let gate = gates.firstIndex(of: slot) else { preconditionFailure("slot \(slot) has no gate") }
        let isSummed = sums != nil && summed.contains(slot)
        guard self.gradient != nil || isSummed else { continue }
        groups.append(
          Group(
            gateOffset: run.gateOffset(slot: slot, unit: block * lanes), firstRow: gate * hidden + block * lanes,
            width: min(lanes, hidden - block * lanes), isSummed: isSummed))
      }
    }
  }

  func run(_ table: StepTable, _ kernels: rk_kernels) {
    guard !groups.isEmpty else { return }
    let lanes = MatrixProduct.lanes
    let steps = table.count
    let block = min(Int(RK_WEIGHT_BLOCK), steps)
    let panels = MatrixProduct.panels(columns)
    let operations = 2 * steps * groups.count * lanes * columns
    let operandRows = table[keyPath: operands].pointer
    let right = Workspace(count: max(1, panels * block * lanes))
    WorkerPool.withTeam(atMost: operations < MatrixProduct.parallelThreshold ? 1 : groups.count) { team in
      let barrier = TeamBarrier(size: team.size)
      team.run { member in
        var left = PackedRows(inner: block)
        var targets = PooledTable<Int64>(capacity: PackedRows.groups * lanes)
        let groups = groups[MatrixProduct.share(of: groups.count, member: member, of: team.size)]
        for from in stride(from: 0, to: steps, by: block) {
          let inner = min(block, steps - from)
          for panel in MatrixProduct.share(of: panels, member: member, of: team.size) {
            kernels.packRows(
              operandRows + from, Int64(inner), Int64(panel * lanes), Int64(min(lanes, columns - panel * lanes)),
              right.pointer + panel * inner * lanes, nil)
          }
          barrier.wait()
          for first in stride(from: groups.startIndex, to: groups.endIndex, by: PackedRows.groups) {
            left.removeAll()
            targets.removeAll()
            for (place, group) in groups[first..<min(groups.endIndex, first + PackedRows.groups)].enumerated() {
              let sum = group.isSummed ? sums.map { $0.pointer + group.gateOffset } : nil
              kernels.packRows(
                table.gates.pointer + from, Int64(inner), Int64(group.gateOffset), Int64(lanes), left.group(place), sum)
              left.append(group: place, width: group.width)
              for unit in 0..<group.width { targets.append(Int64((group.firstRow + unit) * columns)) }
            }
            add(left, right, targets, inner: inner, panels: panels, kernels)
          }
          barrier.wait()
        }
      }
    }
    withExtendedLifetime((sums, table)) {}
  }

  /// Adds the products of the packed rows to the gradient rows at `targets`.
  private func add(
    _ left: PackedRows, _ right: Workspace, _ targets: PooledTable<Int64>, inner: Int, panels: Int,
    _ kernels: rk_kernels
  ) {
    guard let gradient else { return }
    var product = rk_product()
    left.use(in: &product)
    product.inner.mainCount = 1
    product.inner.mainLength = Int64(inner)
    product.right = UnsafePointer(right.pointer)
    product.result = rk_rows(base: gradient, offset: targets.pointer, stride: 0, shift: 0)
    product.columns = Int64(columns)
    (product.groupSlots, product.groupCount) = (1, 1)
    product.mode = RK_ADD_BLOCK
    kernels.product(&product, 0, Int64(targets.count), 0, Int64(panels))
  }
}
