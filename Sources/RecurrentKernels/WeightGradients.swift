import CRecurrentKernels

/// Gathers the weight and bias gradients of a run while it walks back.
///
/// They are products over the valid (row, step) pairs: span after span as the walk goes, in a span row after row with time
/// rising, in blocks of 512 pairs that are summed from zero and added. Threads split the output, so their number changes
/// no bit.
struct WeightGradients {
  /// A weight matrix whose gradient is wanted: dL/dW[row, :] += sum over pairs of gate gradient · operand row.
  private struct Matrix {
    let operands: (StepTable) -> StepTable.Column?
    let slots: Range<Int>
    let gates: [Int]
    let columns: Int
    let gradient: UnsafeMutablePointer<KernelScalar>
    /// Whether the gradient is not initialised and nothing has been added to it.
    var isFresh: Bool

    var panels: Int { MatrixProduct.panels(columns) }
  }

  private let run: SequenceRun
  private let gradients: SequenceGradients
  private var matrices: [Matrix]
  private let biasSums: Workspace?

  init(of run: SequenceRun, _ gradients: SequenceGradients) {
    (self.run, self.gradients) = (run, gradients)
    let (cell, size) = (run.cell, run.size)
    var matrices: [Matrix] = []
    if let gradient = gradients.inputWeight, size.input > 0, !cell.inputRange.isEmpty {
      matrices.append(
        Matrix(
          operands: { $0.inputs }, slots: cell.inputRange, gates: cell.inputSlots, columns: size.input,
          gradient: gradient,
          isFresh: gradients.weightsAreFresh.input))
    }
    if let gradient = gradients.hiddenWeight {
      for (phase, slots) in run.phases.enumerated() where !slots.isEmpty {
        matrices.append(
          Matrix(
            operands: phase == 0 ? { $0.previousHidden } : { $0.operands }, slots: slots, gates: cell.recurrentSlots,
            columns: cell.operandWidth(size, phase: phase), gradient: gradient,
            isFresh: gradients.weightsAreFresh.hidden))
      }
    }
    self.matrices = matrices
    let wantsBiases =
      gradients.inputBias != nil || gradients.hiddenBias != nil || gradients.units.contains { $0 != nil }
    biasSums = wantsBiases ? Workspace(count: run.gateStride) : nil
    biasSums?.pointer.update(repeating: 0, count: run.gateStride)
  }

  /// Whether any gradient is wanted.
  var isWanted: Bool { !matrices.isEmpty || biasSums != nil }

  /// Takes in a span whose gate values have become gradients.
  mutating func add(_ table: StepTable) {
    guard table.count > 0 else { return }
    let kernels = run.kernels
    let columns = GateColumns(units: run.size.hidden, slots: run.cell.slots)
    let block = min(Int(RK_WEIGHT_BLOCK), table.count)
    let operations = matrices.reduce(0) { $0 + 2 * table.count * $1.slots.count * run.size.hidden * $1.columns }
    let starts = Array(stride(from: 0, to: table.count, by: block))
    // After a walk on one thread the others sleep.
    let isAwake = run.layout.isShared
    let threshold = isAwake ? MatrixProduct.parallelThreshold : MatrixProduct.sleepingThreshold
    WorkerPool.withTeam(atMost: operations < threshold ? 1 : columns.count) { team in
      let barrier = TeamBarrier(size: team.size)
      // While some still read what a block has on the right, others pack the next one's.
      let rights = (0..<min(starts.count, team.size == 1 ? 1 : 2)).map { _ in
        matrices.map { Workspace(count: $0.panels * block * MatrixProduct.lanes) }
      }
      team.run { member in
        var share = Share(
          columns: MatrixProduct.share(of: columns.count, member: member, of: team.size), inner: block)
        func pack(_ number: Int) {
          let pairs = starts[number]..<min(table.count, starts[number] + block)
          let share = MatrixProduct.share(of: pairs.count, member: member, of: team.size)
          for (matrix, right) in zip(matrices, rights[number % rights.count]) {
            self.pack(matrix, share, of: table, pairs, into: right, kernels)
          }
        }
        pack(0)
        for (number, from) in starts.enumerated() {
          barrier.wait()
          if rights.count > 1, number + 1 < starts.count { pack(number + 1) }
          add(
            &share, table, from..<min(table.count, from + block), rights[number % rights.count], isFirst: from == 0,
            kernels)
          if rights.count == 1, number + 1 < starts.count { pack(number + 1) }
        }
      }
      withExtendedLifetime(rights) {}
    }
    withExtendedLifetime((table, biasSums)) {}
    for index in matrices.indices { matrices[index].isFresh = false }
  }

  /// Adds what is gathered until the end of the walk.
  func finish() {
    for matrix in matrices where matrix.isFresh {
      for (gate, slot) in matrix.gates.enumerated() where matrix.slots.contains(slot) {
        let count = run.size.hidden * matrix.columns
        (matrix.gradient + gate * count).update(repeating: 0, count: count)
      }
    }
    guard let biasSums else { return }
    let (cell, size) = (run.cell, run.size)
    let units = zip(cell.unitSlots, gradients.units).map { ([$0], $1) }
    for (slots, gradient) in [(cell.inputSlots, gradients.inputBias), (cell.recurrentSlots, gradients.hiddenBias)]
      + units
    {
      guard let gradient else { continue }
      for (gate, slot) in slots.enumerated() {
        for unit in 0..<size.hidden {
          let lanes = MatrixProduct.lanes
          let place = (unit / lanes * cell.slots + slot) * lanes + unit % lanes
          gradient[gate * size.hidden + unit] += biasSums.pointer[place]
        }
      }
    }
  }

  /// Packs some of a block's pairs.
  private func pack(
    _ matrix: Matrix, _ some: Range<Int>, of table: StepTable, _ pairs: Range<Int>, into right: Workspace,
    _ kernels: rk_kernels
  ) {
    let lanes = MatrixProduct.lanes
    guard let rows = matrix.operands(table)?.pointer else { preconditionFailure("the table lacks operands") }
    for panel in 0..<matrix.panels {
      kernels.packRows(
        rows + pairs.lowerBound + some.lowerBound, Int64(some.count), Int64(panel * lanes),
        Int64(min(lanes, matrix.columns - panel * lanes)),
        right.pointer + (panel * pairs.count + some.lowerBound) * lanes, nil)
    }
  }

  /// One thread's columns of gate values, and what it needs for its products.
  private struct Share {
    let columns: Range<Int>
    var left: PackedRows
    var targets = PooledTable<Int64>(capacity: PackedRows.groups * MatrixProduct.lanes)

    init(columns: Range<Int>, inner: Int) {
      self.columns = columns
      left = PackedRows(inner: inner)
    }
  }

  /// Every group is packed once, summed for the biases while it passes, and meets every matrix that its slot belongs to.
  private func add(
    _ share: inout Share, _ table: StepTable, _ pairs: Range<Int>, _ rights: [Workspace], isFirst: Bool,
    _ kernels: rk_kernels
  ) {
    let (lanes, slots) = (MatrixProduct.lanes, run.cell.slots)
    let columns = GateColumns(units: run.size.hidden, slots: slots)
    let all = columns.groups(of: share.columns)
    for first in stride(from: all.lowerBound, to: all.upperBound, by: PackedRows.groups) {
      let groups = first..<min(all.upperBound, first + PackedRows.groups)
      for group in groups {
        // Whoever has a group's first column has its sums.
        let sums = share.columns.contains(columns.start(of: group)) ? biasSums.map { $0.pointer + group * lanes } : nil
        kernels.packRows(
          table.gates.pointer + pairs.lowerBound, Int64(pairs.count), Int64(group * lanes), Int64(lanes),
          share.left.group(group - first), sums)
      }
      for (matrix, right) in zip(matrices, rights) {
        share.left.removeAll()
        share.targets.removeAll()
        for group in groups where matrix.slots.contains(group % slots) {
          guard let gate = matrix.gates.firstIndex(of: group % slots) else {
            preconditionFailure("slot \(group % slots) has no gate")
          }
          let some = columns.lanes(of: group, in: share.columns)
          share.left.append(group: group - first, lanes: some)
          for lane in some {
            share.targets.append(Int64((gate * run.size.hidden + group / slots * lanes + lane) * matrix.columns))
          }
        }
        var product = rk_product()
        share.left.use(in: &product)
        product.inner.mainCount = 1
        product.inner.mainLength = Int64(pairs.count)
        product.right = UnsafePointer(right.pointer)
        product.result = rk_rows(base: matrix.gradient, offset: share.targets.pointer, stride: 0, shift: 0)
        product.columns = Int64(matrix.columns)
        (product.groupSlots, product.groupCount) = (1, 1)
        product.mode = matrix.isFresh && isFirst ? RK_SET_BLOCK : RK_ADD_BLOCK
        kernels.product(&product, 0, Int64(share.targets.count), 0, Int64(matrix.panels))
      }
    }
  }
}

/// The columns of a row of gate values, `[block][slot][16]`, numbered without those beyond the last unit, so that equal shares of
/// them are equal work.
private struct GateColumns {
  let units, slots: Int

  var count: Int { units * slots }

  /// The groups of the 16 columns of a slot and a block that hold some of these.
  func groups(of columns: Range<Int>) -> Range<Int> {
    columns.isEmpty ? 0..<0 : group(of: columns.lowerBound)..<group(of: columns.upperBound - 1) + 1
  }

  func start(of group: Int) -> Int {
    let (block, slot) = (group / slots, group % slots)
    return block * MatrixProduct.lanes * slots + slot * width(of: block)
  }

  /// The lanes of a group that are some of these.
  func lanes(of group: Int, in columns: Range<Int>) -> Range<Int> {
    let start = start(of: group)
    let own = columns.clamped(to: start..<start + width(of: group / slots))
    return own.lowerBound - start..<own.upperBound - start
  }

  private func width(of block: Int) -> Int { min(MatrixProduct.lanes, units - block * MatrixProduct.lanes) }

  private func group(of column: Int) -> Int {
    let block = column / (MatrixProduct.lanes * slots)
    return block * slots + column % (MatrixProduct.lanes * slots) / width(of: block)
  }
}
