package import RecurrentKernels

/// The gradient of a table of which few rows were used: those rows; all others are zero.
package struct SparseRows: Sendable {
  /// The scalars of a row.
  package let rowLength: Int
  /// The rows that are held, rising.
  package private(set) var rows: PooledTable<Int>
  /// Their scalars, `[rows.count, rowLength]`.
  package private(set) var scalars: Tensor

  /// Tables with fewer scalars have dense gradients: there is nothing to win.
  package static let leastCount = 1 << 14
  /// A gradient becomes dense when more than one row of so many is used.
  package static let leastRowsForOne = 4

  fileprivate init(rowLength: Int, rows: PooledTable<Int>, scalars: Tensor) {
    (self.rowLength, self.rows, self.scalars) = (rowLength, rows, scalars)
  }

  /// The place in `rows` of the first row at or behind this one.
  package func place(ofFirstRowFrom row: Int) -> Int {
    defer { withExtendedLifetime(rows) {} }
    let numbers = rows.pointer
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether a row that is held has scalars in this range of the table.
  package func hasRow(in range: Range<Int>) -> Bool {
    let place = place(ofFirstRowFrom: range.lowerBound / rowLength)
    return place < rows.count && rows[place] * rowLength < range.upperBound
  }

  /// Calls `body` with each row and its scalars.
  package func forEachRow(_ body: (_ row: Int, _ scalars: UnsafePointer<Scalar>) -> Void) {
    let numbers = rows.pointer
    scalars.withUnsafePointer { scalars in
      for place in 0..<rows.count { body(numbers[place], scalars + place * rowLength) }
    }
    withExtendedLifetime(rows) {}
  }

  /// Whether no scalar is infinite or NaN.
  package var isFinite: Bool {
    scalars.withUnsafePointer { values in (0..<scalars.count).allSatisfy { values[$0].isFinite } }
  }

  /// Adds the rows to a dense table.
  package func add(to table: UnsafeMutablePointer<Scalar>) {
    forEachRow { row, scalars in
      let target = table + row * rowLength
      Elementwise.apply(.copy, scalars, into: target, count: rowLength, mode: .adding)
    }
  }

  /// Replaces every scalar that is held by what `transform` makes of it.
  package mutating func map(_ transform: (Scalar) -> Scalar) {
    let count = scalars.count
    scalars.withUnsafeMutablePointer { scalars in
      for index in 0..<count { scalars[index] = transform(scalars[index]) }
    }
  }

  /// Adds other rows of the same table.
  package mutating func add(_ other: SparseRows) {
    let last = [self, other].compactMap { $0.rows.last }.max() ?? -1
    let sum = RowGatherer(rowLength: rowLength, rowCount: last + 1)
    for addend in [self, other] { addend.forEachRow { row, scalars in sum.add(scalars, to: row) } }
    self = sum.rows
  }
}

/// Gathers the rows of one table's gradient while a tape is walked back.
final class RowGatherer {
  private let rowLength, rowCount: Int
  /// Of each row of the table the number among those gathered, counted from 1; 0 of a row that is not.
  private let places: PooledMemory<Int32>
  private var scalars: Workspace
  private var capacity = 64
  /// The rows gathered so far.
  private(set) var count = 0

  init(rowLength: Int, rowCount: Int) {
    (self.rowLength, self.rowCount) = (rowLength, rowCount)
    places = PooledMemory(count: rowCount)
    places.pointer.update(repeating: 0, count: rowCount)
    scalars = Workspace(count: capacity * rowLength)
  }

  func add(_ gradient: UnsafePointer<Scalar>, to row: Int) {
    precondition(row >= 0 && row < rowCount, "a row outside of its table")
    if places.pointer[row] == 0 {
      if count == capacity { grow() }
      count += 1
      places.pointer[row] = Int32(count)
      start(of: row).update(repeating: 0, count: rowLength)
    }
    Elementwise.apply(.copy, gradient, into: start(of: row), count: rowLength, mode: .adding)
  }

  /// What was gathered, in the order of the table.
  var rows: SparseRows {
    let rows = PooledTable<Int>(count: count) { numbers in
      var next = numbers
      for row in 0..<rowCount where places.pointer[row] > 0 {
        next.pointee = row
        next += 1
      }
    }
    let scalars = Tensor(shape: [count, rowLength]) { scalars in
      for place in 0..<count {
        (scalars + place * rowLength).update(from: start(of: rows.pointer[place]), count: rowLength)
      }
    }
    return SparseRows(rowLength: rowLength, rows: rows, scalars: scalars)
  }

  private func start(of row: Int) -> UnsafeMutablePointer<Scalar> {
    scalars.pointer + Int(places.pointer[row] - 1) * rowLength
  }

  private func grow() {
    capacity *= 2
    let larger = Workspace(count: capacity * rowLength)
    larger.pointer.update(from: scalars.pointer, count: count * rowLength)
    scalars = larger
  }
}
