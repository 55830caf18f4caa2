import CRecurrentKernels

/// Gathers the weight and bias gradients of a run while it walks back.
///
/// They are products over the valid (row, step) pairs: span after span as the walk goes, in a span row after row with time
/// rising, in equal blocks of at most 512 pairs that are summed from zero and added. Where a span has several blocks and sums are
/// small, the second half of the blocks is a strand whose sum is added as one. Threads split the output, or take a strand each: their
/// number changes no bit.
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
    /// Panels and scalars of the matrices before this one.
    var firstPanel = 0
    var firstSum = 0

    var panels: Int { MatrixProduct.panels(columns) }
  }

  private let run: SequenceRun
  private let gradients: SequenceGradients
  private var matrices: [Matrix]
  private let biasSums: Workspace?
  private let columns: GateColumns
  /// Panels of all matrices, and scalars of their gradients and of the biases.
  private let panelCount, sumCount: Int

  /// The most bytes of the sums of a second strand, and where all pairs would be one block otherwise, which must then be worth halving.
  private static let (mostSumBytes, mostSumBytesOfHalves, leastHalved) = (5 << 18, 1 << 18, 256)

  /// Fewer columns do not repay a thread what it packs for them.
  private static let leastColumns = 8

  /// Pairs that are summed from zero, at most.
  private static let block = Int(RK_WEIGHT_BLOCK)

  init(of run: SequenceRun, _ gradients: SequenceGradients) {
    (self.run, self.gradients) = (run, gradients)
    let (cell, size) = (run.cell, run.size)
    columns = GateColumns(units: size.hidden, slots: cell.slots)
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
    var (panels, sums) = (0, 0)
    for index in matrices.indices {
      (matrices[index].firstPanel, matrices[index].firstSum) = (panels, sums)
      panels += matrices[index].panels
      sums += matrices[index].gates.count * size.hidden * matrices[index].columns
    }
    (self.matrices, panelCount, sumCount) = (matrices, panels, sums + run.gateStride)
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
    let operations = matrices.reduce(0) { $0 + 2 * table.count * $1.slots.count * run.size.hidden * $1.columns }
    // After a walk on one thread the others sleep.
    let isAwake = run.layout.isShared
    let threshold = isAwake ? MatrixProduct.parallelThreshold : MatrixProduct.sleepingThreshold
    WorkerPool.withTeam(atMost: operations < threshold ? 1 : columns.count / Self.leastColumns) { team in
      share(strands(of: table), of: table, among: team)
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

  /// Two strands where the sums of one are small, so that two threads with half of the rows each read next to nothing that the other
  /// has written. What is wanted makes no difference, nor do threads.
  private func strands(of table: StepTable) -> PairStrands {
    let blocks = (table.count + Self.block - 1) / Self.block
    let bytes = run.cell.products(run.size) * MemoryLayout<KernelScalar>.stride
    let isTwofold =
      blocks > 1 ? bytes <= Self.mostSumBytes : table.count >= Self.leastHalved && bytes <= Self.mostSumBytesOfHalves
    return PairStrands(pairs: table.count, blocks: isTwofold ? blocks + blocks % 2 : blocks, count: isTwofold ? 2 : 1)
  }

  /// Half of the threads have a strand each, or all take one after the other; in a strand each has some columns. Then each adds some
  /// columns of what the second strand has summed.
  private func share(_ strands: PairStrands, of table: StepTable, among team: WorkerTeam) {
    let groups = strands.count == 2 && team.size.isMultiple(of: 2) ? 2 : 1
    let size = team.size / groups
    let all = TeamBarrier(size: team.size)
    let own = groups == 1 ? (all, all) : (TeamBarrier(size: size), TeamBarrier(size: size))
    // Where nobody else has the second strand, and it is one block, its sums are added at once.
    let hasRoom = strands.count == 2 && (groups == 2 || strands.blocks(of: 1).count > 1)
    let rooms = PooledMemory<UnsafeMutablePointer<KernelScalar>>(count: 1 + groups)
    team.run { member in
      let (group, place) = (member / size, member % size)
      let meeting = group == 0 ? own.0 : own.1
      // While some still read what a block has on the right, others pack the next one's.
      let places = min(strands.blockCount, size == 1 ? 1 : 2)
      let right = place == 0 ? rightSide(of: table, places: places) : nil
      let room = place == 0 && group == groups - 1 && hasRoom ? Workspace(count: sumCount) : nil
      if let right { rooms.pointer[1 + group] = right.pointer }
      if let room {
        rooms.pointer[0] = room.pointer
        biases(.sums(room.pointer, isFirst: true))?.update(repeating: 0, count: run.gateStride)
      }
      meeting.wait()
      var left = LeftSide(of: table)
      let share = (columns: MatrixProduct.share(of: columns.count, member: place, of: size), member: place, count: size)
      for strand in groups == 2 ? group..<group + 1 : 0..<strands.count {
        sum(strands, strand, of: table, share, meeting, &left, right: rooms.pointer[1 + group], places: places) {
          strand == 1 && hasRoom
            ? .sums(rooms.pointer[0], isFirst: $0 == strands.blocks(of: 1).lowerBound) : .gradients(isFirst: $0 == 0)
        }
      }
      all.wait()
      if hasRoom {
        add(
          .sums(rooms.pointer[0], isFirst: false),
          of: MatrixProduct.share(of: columns.count, member: member, of: team.size))
        all.wait()
      }
      withExtendedLifetime((right, room)) {}
    }
    withExtendedLifetime(rooms) {}
  }

  /// Adds the blocks of a strand one after another, in some columns of each of those who share it.
  private func sum(
    _ strands: PairStrands, _ strand: Int, of table: StepTable,
    _ share: (columns: Range<Int>, member: Int, count: Int), _ barrier: TeamBarrier, _ left: inout LeftSide,
    right: UnsafeMutablePointer<KernelScalar>, places: Int, to target: (_ block: Int) -> Target
  ) {
    let blocks = strands.blocks(of: strand)
    func room(_ block: Int) -> UnsafeMutablePointer<KernelScalar> {
      right + block % places * panelCount * Self.block * MatrixProduct.lanes
    }
    func pack(_ block: Int) {
      let pairs = strands[block]
      self.pack(
        MatrixProduct.share(of: pairs.count, member: share.member, of: share.count), of: pairs, table, into: room(block)
      )
    }
    pack(blocks.lowerBound)
    for block in blocks {
      barrier.wait()
      if places > 1, block + 1 < blocks.upperBound { pack(block + 1) }
      add(strands[block], of: table, share.columns, &left, room(block), to: target(block))
      if places == 1, block + 1 < blocks.upperBound { pack(block + 1) }
    }
  }

  /// Where the sums of a block go.
  private enum Target {
    case gradients(isFirst: Bool)
    /// Room of their own: the matrices one after another, each laid out as its gradient, and the biases.
    case sums(UnsafeMutablePointer<KernelScalar>, isFirst: Bool)
  }

  private func place(of matrix: Matrix, in target: Target) -> (
    pointer: UnsafeMutablePointer<KernelScalar>, mode: rk_mode
  ) {
    switch target {
    case .gradients(let isFirst): (matrix.gradient, matrix.isFresh && isFirst ? RK_SET_BLOCK : RK_ADD_BLOCK)
    case .sums(let sums, let isFirst): (sums + matrix.firstSum, isFirst ? RK_FROM_ZERO : RK_ADD_BLOCK)
    }
  }

  private func biases(_ target: Target) -> UnsafeMutablePointer<KernelScalar>? {
    guard let biasSums else { return nil }
    guard case .sums(let sums, _) = target else { return biasSums.pointer }
    return sums + sumCount - run.gateStride
  }

  /// Adds sums of some columns to the gradients.
  private func add(_ sums: Target, of own: Range<Int>) {
    for group in columns.groups(of: own) {
      if columns.holdsStart(of: group, own), let from = biases(sums), let biasSums {
        let place = group * MatrixProduct.lanes
        Elementwise.apply(
          .copy, from + place, into: biasSums.pointer + place, count: MatrixProduct.lanes, mode: .adding)
      }
      let lanes = columns.lanes(of: group, in: own)
      for matrix in matrices {
        guard let row = row(of: group, in: matrix) else { continue }
        let first = (row + lanes.lowerBound) * matrix.columns
        Elementwise.apply(
          .copy, place(of: matrix, in: sums).pointer + first, into: matrix.gradient + first,
          count: lanes.count * matrix.columns, mode: .adding)
      }
    }
  }

  /// The row of a matrix that a group's first lane belongs to, if its slot has any.
  private func row(of group: Int, in matrix: Matrix) -> Int? {
    let slot = group % run.cell.slots
    guard matrix.slots.contains(slot) else { return nil }
    guard let gate = matrix.gates.firstIndex(of: slot) else { preconditionFailure("slot \(slot) has no gate") }
    return gate * run.size.hidden + group / run.cell.slots * MatrixProduct.lanes
  }

  /// Room for what blocks have on the right, all matrices one after another.
  private func rightSide(of table: StepTable, places: Int) -> Workspace {
    Workspace(count: ((places - 1) * Self.block + min(Self.block, table.count)) * panelCount * MatrixProduct.lanes)
  }

  /// Packs some of a block's pairs.
  private func pack(
    _ some: Range<Int>, of pairs: Range<Int>, _ table: StepTable, into right: UnsafeMutablePointer<KernelScalar>
  ) {
    let lanes = MatrixProduct.lanes
    for matrix in matrices {
      guard let rows = matrix.operands(table)?.pointer else { preconditionFailure("the table lacks operands") }
      for panel in 0..<matrix.panels {
        run.kernels.packRows(
          rows + pairs.lowerBound + some.lowerBound, Int64(some.count), Int64(panel * lanes),
          Int64(min(lanes, matrix.columns - panel * lanes)),
          right + ((matrix.firstPanel + panel) * pairs.count + some.lowerBound) * lanes, nil)
      }
    }
  }

  /// What one thread has on the left, and where its sums go.
  private struct LeftSide {
    var rows: PackedRows
    var targets = PooledTable<Int64>(capacity: PackedRows.groups * MatrixProduct.lanes)

    init(of table: StepTable) { rows = PackedRows(inner: min(WeightGradients.block, table.count)) }
  }

  /// Every group is packed once, summed for the biases while it passes, and meets every matrix that its slot belongs to.
  private func add(
    _ pairs: Range<Int>, of table: StepTable, _ own: Range<Int>, _ left: inout LeftSide,
    _ right: UnsafePointer<KernelScalar>, to target: Target
  ) {
    let (lanes, kernels) = (MatrixProduct.lanes, run.kernels)
    let all = columns.groups(of: own)
    for first in stride(from: all.lowerBound, to: all.upperBound, by: PackedRows.groups) {
      let groups = first..<min(all.upperBound, first + PackedRows.groups)
      for group in groups {
        let sums = columns.holdsStart(of: group, own) ? biases(target).map { $0 + group * lanes } : nil
        kernels.packRows(
          table.gates.pointer + pairs.lowerBound, Int64(pairs.count), Int64(group * lanes), Int64(lanes),
          left.rows.group(group - first), sums)
      }
      for matrix in matrices {
        let place = place(of: matrix, in: target)
        left.rows.removeAll()
        left.targets.removeAll()
        for group in groups {
          guard let row = row(of: group, in: matrix) else { continue }
          let some = columns.lanes(of: group, in: own)
          left.rows.append(group: group - first, lanes: some)
          for lane in some { left.targets.append(Int64((row + lane) * matrix.columns)) }
        }
        var product = rk_product()
        left.rows.use(in: &product)
        product.inner.mainCount = 1
        product.inner.mainLength = Int64(pairs.count)
        product.right = right + matrix.firstPanel * pairs.count * lanes
        product.result = rk_rows(base: place.pointer, offset: left.targets.pointer, stride: 0, shift: 0)
        product.columns = Int64(matrix.columns)
        (product.groupSlots, product.groupCount) = (1, 1)
        product.mode = place.mode
        kernels.product(&product, 0, Int64(left.targets.count), 0, Int64(matrix.panels))
      }
    }
  }
}

/// Pairs in blocks that follow each other, equal but for the last one, and the blocks in one strand or two halves.
private struct PairStrands {
  let count, blockCount: Int
  private let pairs, length: Int

  /// So many blocks, or one less where the last would be empty.
  init(pairs: Int, blocks: Int, count: Int) {
    (self.pairs, self.count) = (pairs, count)
    length = (pairs + blocks - 1) / blocks
    blockCount = (pairs + length - 1) / length
  }

  /// The pairs of a block.
  subscript(block: Int) -> Range<Int> { block * length..<min(pairs, (block + 1) * length) }

  /// The blocks of a strand.
  func blocks(of strand: Int) -> Range<Int> {
    let half = (blockCount + 1) / 2
    return count == 1 ? 0..<blockCount : strand == 0 ? 0..<half : half..<blockCount
  }
}
