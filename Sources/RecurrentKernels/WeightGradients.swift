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
    let groups = run.size.blocks * run.cell.slots
    let block = min(Int(RK_WEIGHT_BLOCK), table.count)
    let operations = matrices.reduce(0) { $0 + 2 * table.count * $1.slots.count * run.size.hidden * $1.columns }
    let rights = matrices.map { Workspace(count: $0.panels * block * MatrixProduct.lanes) }
    // After a walk on one thread the others sleep.
    let isAwake = run.layout.isShared
    let threshold = isAwake ? MatrixProduct.parallelThreshold : MatrixProduct.sleepingThreshold
    WorkerPool.withTeam(atMost: operations < threshold ? 1 : groups) { team in
      let barrier = TeamBarrier(size: team.size)
      team.run { member in
        var share = Share(
          groups: MatrixProduct.share(of: groups, member: member, of: team.size), inner: block)
        for from in stride(from: 0, to: table.count, by: block) {
          let pairs = from..<min(table.count, from + block)
          for (matrix, right) in zip(matrices, rights) {
            let panels = MatrixProduct.share(of: matrix.panels, member: member, of: team.size)
            pack(matrix, panels, of: table, pairs, into: right, kernels)
          }
          barrier.wait()
          add(&share, table, pairs, rights, isFirst: from == 0, kernels)
          barrier.wait()
        }
      }
    }
    withExtendedLifetime((table, biasSums, rights)) {}
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

  private func pack(
    _ matrix: Matrix, _ panels: Range<Int>, of table: StepTable, _ pairs: Range<Int>, into right: Workspace,
    _ kernels: rk_kernels
  ) {
    let lanes = MatrixProduct.lanes
    guard let rows = matrix.operands(table)?.pointer else { preconditionFailure("the table lacks operands") }
    for panel in panels {
      kernels.packRows(
        rows + pairs.lowerBound, Int64(pairs.count), Int64(panel * lanes),
        Int64(min(lanes, matrix.columns - panel * lanes)),
        right.pointer + panel * pairs.count * lanes, nil)
    }
  }

  /// One thread's gate values, 16 of one slot and block of units in a group, and what it needs for its products.
  private struct Share {
    let groups: Range<Int>
    var left: PackedRows
    var targets = PooledTable<Int64>(capacity: PackedRows.groups * MatrixProduct.lanes)

    init(groups: Range<Int>, inner: Int) {
      self.groups = groups
      left = PackedRows(inner: inner)
    }
  }

  /// Every group is packed once, summed for the biases while it passes, and meets every matrix that its slot belongs to.
  private func add(
    _ share: inout Share, _ table: StepTable, _ pairs: Range<Int>, _ rights: [Workspace], isFirst: Bool,
    _ kernels: rk_kernels
  ) {
    let (lanes, slots) = (MatrixProduct.lanes, run.cell.slots)
    for first in stride(from: share.groups.lowerBound, to: share.groups.upperBound, by: PackedRows.groups) {
      let groups = first..<min(share.groups.upperBound, first + PackedRows.groups)
      for group in groups {
        kernels.packRows(
          table.gates.pointer + pairs.lowerBound, Int64(pairs.count), Int64(group * lanes), Int64(lanes),
          share.left.group(group - first), biasSums.map { $0.pointer + group * lanes })
      }
      for (matrix, right) in zip(matrices, rights) {
        share.left.removeAll()
        share.targets.removeAll()
        for group in groups where matrix.slots.contains(group % slots) {
          guard let gate = matrix.gates.firstIndex(of: group % slots) else {
            preconditionFailure("slot \(group % slots) has no gate")
          }
          let unit = group / slots * lanes
          let width = min(lanes, run.size.hidden - unit)
          share.left.append(group: group - first, width: width)
          for row in 0..<width { share.targets.append(Int64((gate * run.size.hidden + unit + row) * matrix.columns)) }
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
