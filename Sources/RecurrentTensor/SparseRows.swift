import RecurrentKernels

/// The gradient of a table of which few rows were used: those rows; all others are zero.
package struct SparseRows: Sendable {
  /// The scalars of a row.
  package let rowLength: Int
  /// The rows that are held, rising.
  package private(set) var rows: [Int]
  /// Their scalars, row after row.
  package private(set) var scalars: [Scalar]

  /// Tables with fewer scalars have dense gradients: there is nothing to win.
  package static let leastCount = 1 << 14
  /// A gradient becomes dense when more than one row of so many is used.
  package static let leastRowsForOne = 4

  fileprivate init(rowLength: Int, rows: [Int], scalars: [Scalar]) {
    (self.rowLength, self.rows, self.scalars) = (rowLength, rows, scalars)
  }

  /// The place in `rows` of the first row at or behind this one.
  package func place(ofFirstRowFrom row: Int) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
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
    scalars.withUnsafeBufferPointer { scalars in
      guard let base = scalars.baseAddress else { return }
      for (place, row) in rows.enumerated() { body(row, base + place * rowLength) }
    }
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
    for index in scalars.indices { scalars[index] = transform(scalars[index]) }
  }

  /// Adds other rows of the same table.
  package mutating func add(_ other: SparseRows) {
    var sum = SparseRows(rowLength: rowLength, rows: [], scalars: [])
    sum.rows.reserveCapacity(rows.count + other.rows.count)
    sum.scalars.reserveCapacity(scalars.count + other.scalars.count)
    var (a, b) = (0, 0)
    while a < rows.count || b < other.rows.count {
      let row = Swift.min(a < rows.count ? rows[a] : .max, b < other.rows.count ? other.rows[b] : .max)
      let (isHere, isThere) = (a < rows.count && rows[a] == row, b < other.rows.count && other.rows[b] == row)
      sum.rows.append(row)
      for unit in 0..<rowLength {
        let here = isHere ? scalars[a * rowLength + unit] : 0
        sum.scalars.append(isThere ? here + other.scalars[b * rowLength + unit] : here)
      }
      a += isHere ? 1 : 0
      b += isThere ? 1 : 0
    }
    self = sum
  }
}

/// Gathers the rows of one table's gradient while a tape is walked back.
final class RowGatherer {
  private let rowLength: Int
  private var places: [Int: Int] = [:]
  private var scalars: [Scalar] = []

  init(rowLength: Int) { self.rowLength = rowLength }

  /// The rows gathered so far.
  var count: Int { places.count }

  func add(_ gradient: UnsafePointer<Scalar>, to row: Int) {
    let place = places[row] ?? places.count
    if place == places.count {
      places[row] = place
      scalars.append(contentsOf: repeatElement(0, count: rowLength))
    }
    scalars.withUnsafeMutableBufferPointer { scalars in
      guard let target = scalars.baseAddress?.advanced(by: place * rowLength) else { return }
      Elementwise.apply(.copy, gradient, into: target, count: rowLength, mode: .adding)
    }
  }

  /// What was gathered, in the order of the table.
  var rows: SparseRows {
    let sorted = places.sorted { $0.key < $1.key }
    return SparseRows(
      rowLength: rowLength, rows: sorted.map(\.key),
      scalars: sorted.flatMap { scalars[$0.value * rowLength..<($0.value + 1) * rowLength] })
  }
}
