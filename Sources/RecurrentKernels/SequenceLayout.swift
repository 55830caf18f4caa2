/// Which rows a group of threads works on and where their steps lie.
///
/// Rows of one length are cut into ranges, which lie evenly in memory. Others are dealt to the groups by `RowDealing`, longest
/// first, so that at every step the rows still running are the first of their group. Step s of a row is time s, or counted from
/// the row's own end for the backward direction.
struct SequencePart {
  /// Row numbers in the batch and their lengths, longest first.
  let rows, lengths: [Int]
  /// The steps of the longest row.
  let steps: Int
  /// Rows of the parts before this one.
  let firstRow: Int
  /// The index of each step's first row in the packed order (all parts together), and of the row behind the last one's.
  private let starts: PooledTable<Int>

  init(rows: [Int], lengths: [Int], firstRow: Int, base: Int) {
    self.firstRow = firstRow
    self.rows = rows
    self.lengths = lengths
    steps = lengths.first ?? 0
    var starts = PooledTable<Int>(capacity: steps + 1)
    var (running, index) = (rows.count, base)
    for step in 0..<steps {
      while lengths[running - 1] <= step { running -= 1 }
      starts.append(index)
      index += running
    }
    starts.append(index)
    self.starts = starts
  }

  /// The index of a step's first row in the packed order.
  func start(of step: Int) -> Int { starts[step] }

  /// The rows that run at a step.
  func active(at step: Int) -> Int { starts[step + 1] - starts[step] }

  /// The rows that run at some steps, all together.
  func rows(of steps: Range<Int>) -> Int {
    steps.isEmpty ? 0 : starts[steps.upperBound] - starts[steps.lowerBound]
  }

  /// The valid (row, step) pairs.
  var stepRows: Int { rows(of: 0..<steps) }

  /// Calls `body` with steps that lie at equal distances, and the steps before them too: those with as many rows as the two before
  /// each. The first step comes after the initial states, which lie elsewhere.
  func forEachEven(in times: Range<Int>, isBackward: Bool, _ body: (Range<Int>) -> Void) {
    func follows(_ time: Int) -> Bool {
      time > max(1, times.lowerBound) && active(at: time) == active(at: time - 1)
        && active(at: time) == active(at: time - 2)
    }
    var left = times
    while !left.isEmpty {
      var (first, end) = (left.lowerBound, left.upperBound)
      if isBackward {
        first = end - 1
        while follows(first) { first -= 1 }
        left = left.lowerBound..<first
      } else {
        end = first + 1
        while end < times.upperBound, follows(end) { end += 1 }
        left = end..<left.upperBound
      }
      body(first..<end)
    }
  }
}

package struct SequenceLayout {
  let parts: [SequencePart]
  /// Threads that share the units of each part, or take its blocks of steps in turn; one of the two is 1.
  let unitShares, timeShares: Int
  let reversed: Bool
  let lengths: [Int]

  var stepRows: Int { lengths.reduce(0, +) }
  /// Whether several threads have a share.
  var isShared: Bool { parts.count * unitShares * timeShares > 1 }

  init(cell: SequenceCell, size: SequenceSize, lengths: [Int]?, reversed: Bool, threads: Int) {
    let isEven = lengths.map { given in given.allSatisfy { $0 == given[0] } } ?? true
    let lengths = lengths ?? [Int](repeating: size.time, count: size.batch)
    self.lengths = lengths
    self.reversed = reversed
    let total = lengths.reduce(0, +)
    let operations = 2 * cell.products(size)
    let plan = Self.partition(
      rows: size.batch, steps: lengths.max() ?? 0, blocks: size.blocks, total: operations * total,
      perStep: operations * size.batch, stepBytes: SequenceRun.gateBytes(cell, size: size, stepRows: size.batch),
      weightBytes: cell.recurrentBytes(size, units: size.hidden), joinsUnits: cell.joinsUnits, threads: threads)
    (unitShares, timeShares) = (plan.unitShares, plan.timeShares)
    let readsWeights = cell.joinsUnits && cell.recurrentBytes(size, units: size.hidden) > Self.nearestBytes
    let dealt =
      isEven
      ? (0..<plan.rowParts).map { Array(MatrixProduct.share(of: size.batch, member: $0, of: plan.rowParts)) }
      : readsWeights
        ? RowDealing.together(lengths, among: plan.rowParts) : RowDealing.inTurn(lengths, among: plan.rowParts)
    var parts: [SequencePart] = []
    var base = 0
    var firstRow = 0
    for rows in dealt {
      let part = SequencePart(rows: rows, lengths: rows.map { lengths[$0] }, firstRow: firstRow, base: base)
      parts.append(part)
      base += part.stepRows
      firstRow += rows.count
    }
    self.parts = parts
  }

  /// Recurrent weights of more bytes do not stay in a processor's nearest cache from step to step.
  private static let nearestBytes = 32 << 10

  /// Recurrent weights of more bytes do not stay in a processor's own cache from step to step.
  static let cachedBytes = 3 << 18

  /// Where so many threads or fewer take turns, what must be done step after step is less than the share of each.
  private static let mostInTurn = 3

  /// Gate values of more bytes a step leave blocks of too few steps to read all weights for.
  private static let mostBytesInTurn = 16 << 10

  /// The table of the thread partition: one thread for small calls. Where units do not meet at every step and rows are few,
  /// blocks of steps in turn by a few threads if sequences are long and steps small, else units if they are at least as even
  /// as rows. Else units where the recurrent weights are too large for one processor's cache, so that each reads only its
  /// own; rows where each thread gets at least four; units where a few rows meet many units; else rows. No choice changes a
  /// bit.
  package static func partition(
    rows: Int, steps: Int, blocks: Int, total: Int, perStep: Int, stepBytes: Int, weightBytes: Int,
    joinsUnits: Bool, threads: Int
  ) -> (rowParts: Int, unitShares: Int, timeShares: Int) {
    guard threads > 1, total >= MatrixProduct.parallelThreshold else { return (1, 1, 1) }
    if !joinsUnits, rows < 4 * threads {
      if threads <= mostInTurn, steps >= SequenceRun.span, stepBytes <= mostBytesInTurn { return (1, 1, threads) }
      if evenness(of: blocks, threads) >= evenness(of: rows, threads) {
        return (1, max(1, min(threads, blocks)), 1)
      }
    }
    // One row has no other way to be shared.
    let unitsAreMany = blocks >= 4 * threads && perStep >= (rows > 1 ? 150_000 : 60_000)
    if unitsAreMany, weightBytes > cachedBytes { return (1, threads, 1) }
    if rows >= 4 * threads { return (threads, 1, 1) }
    return unitsAreMany ? (1, threads, 1) : (max(1, min(threads, rows)), 1, 1)
  }

  /// The share of the threads' time that is work if each takes as many whole parts as the busiest.
  private static func evenness(of parts: Int, _ threads: Int) -> Double {
    Double(parts) / Double(max(1, (parts + threads - 1) / threads) * threads)
  }

  /// Offsets of the first steps of a part's rows in a `[batch, time, width]` array with `stride` scalars a time step.
  func firstSteps(of part: SequencePart, time: Int, stride: Int) -> PooledTable<Int64> {
    PooledTable(count: part.rows.count) { first in
      for row in part.rows.indices { first[row] = firstStep(of: row, in: part, time: time, stride: stride) }
    }
  }

  /// The offset of the first step of one row of a part in such an array.
  func firstStep(of row: Int, in part: SequencePart, time: Int, stride: Int) -> Int64 {
    Int64((part.rows[row] * time + (reversed ? max(0, part.lengths[row] - 1) : 0)) * stride)
  }

  /// The distance from a row's step to its next one in such an array.
  func distance(stride: Int) -> Int { reversed ? -stride : stride }
}
