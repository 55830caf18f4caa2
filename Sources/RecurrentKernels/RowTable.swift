import CRecurrentKernels

/// Where rows of equal width lie.
package struct RowTable {
  /// The scalars of a row.
  package let width: Int
  private var rows: PooledTable<UnsafePointer<KernelScalar>?>

  /// The rows so far.
  package var count: Int { rows.count }

  /// An empty table with room for `capacity` rows.
  package init(width: Int, capacity: Int) {
    self.width = width
    rows = PooledTable(capacity: capacity)
  }

  /// Lists `count` rows that lie behind each other.
  package mutating func append(_ first: UnsafePointer<KernelScalar>, count: Int) {
    for row in 0..<count { rows.append(first + row * width) }
  }

  /// Packs up to 16 columns as `[row][16]`.
  func pack(column: Int, width: Int, into packed: UnsafeMutablePointer<KernelScalar>) {
    InstructionSet.kernels.pointee.packRows(rows.pointer, Int64(count), Int64(column), Int64(width), packed, nil)
  }
}

extension PackedMatrix {
  /// Packs the rows of a table.
  convenience init(_ table: RowTable) {
    self.init(inner: table.count, columns: table.width) { packed in
      let lanes = MatrixProduct.lanes
      for column in stride(from: 0, to: table.width, by: lanes) {
        table.pack(column: column, width: min(lanes, table.width - column), into: packed + column * table.count)
      }
    }
  }
}
