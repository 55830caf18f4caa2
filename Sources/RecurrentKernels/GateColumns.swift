/// The columns of a row of gate values, `[block][slot][16]`, numbered without those beyond the last unit, so that equal shares of
/// them are equal work.
struct GateColumns {
  let units, slots: Int

  var count: Int { units * slots }

  /// The groups of the 16 columns of a slot and a block that hold some of these.
  func groups(of columns: Range<Int>) -> Range<Int> {
    columns.isEmpty ? 0..<0 : group(of: columns.lowerBound)..<group(of: columns.upperBound - 1) + 1
  }

  private func start(of group: Int) -> Int {
    let (block, slot) = (group / slots, group % slots)
    return block * MatrixProduct.lanes * slots + slot * width(of: block)
  }

  /// Whether a group's first column is one of these: whoever has it has the group's sums.
  func holdsStart(of group: Int, _ columns: Range<Int>) -> Bool { columns.contains(start(of: group)) }

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
