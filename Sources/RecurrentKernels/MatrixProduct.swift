import CRecurrentKernels

/// Dense matrix products over row-major buffers.
package enum MatrixProduct {
  /// Below this many floating-point operations a call stays on one thread.
  package static let parallelThreshold = 2_000_000
  /// The same where other threads sleep, as waking them takes longer than a small product.
  package static let sleepingThreshold = 16 * parallelThreshold

  /// Below this many scalars a matrix is packed by one thread.
  package static let parallelPacking = 1 << 17

  static let lanes = Int(RK_LANES)

  static func panels(_ columns: Int) -> Int { (columns + lanes - 1) / lanes }

  /// `result[rows, columns] = start + left · right`.
  ///
  /// `left` is `[rows, inner]`, or `[inner, rows]` if `leftTransposed`; `right` is `[inner, columns]`, or
  /// `[columns, inner]` if `rightTransposed`. The start is the present content of `result` if `accumulating`,
  /// else `bias[columns]` for every row, else zero. Every element is one chain over the inner index.
  package static func multiply(
    _ left: UnsafePointer<KernelScalar>, transposed leftTransposed: Bool = false,
    _ right: UnsafePointer<KernelScalar>, transposed rightTransposed: Bool = false,
    into result: UnsafeMutablePointer<KernelScalar>, rows: Int, columns: Int, inner: Int,
    bias: UnsafePointer<KernelScalar>? = nil, accumulating: Bool = false
  ) {
    guard rows > 0, columns > 0 else { return }
    let packed = PackedMatrix(right, transposed: rightTransposed, inner: inner, columns: columns)
    multiply(
      left, transposed: leftTransposed, packed, into: result, rows: rows, bias: bias, accumulating: accumulating)
  }

  /// The same with a right side that is packed already.
  package static func multiply(
    _ left: UnsafePointer<KernelScalar>, transposed leftTransposed: Bool = false, _ right: PackedMatrix,
    into result: UnsafeMutablePointer<KernelScalar>, rows: Int, bias: UnsafePointer<KernelScalar>? = nil,
    accumulating: Bool = false
  ) {
    let (inner, columns) = (right.inner, right.columns)
    guard rows > 0, columns > 0 else { return }
    let start = columns.isMultiple(of: lanes) ? nil : bias.map { padded($0, columns) }
    var product = product(
      right, into: result, start: start.map { UnsafePointer($0.pointer) } ?? bias, accumulating: accumulating)
    defer { withExtendedLifetime((right, start)) {} }
    if leftTransposed {
      let kernels = InstructionSet.kernels
      runTransposed(product, rows: rows, sharedFrom: parallelThreshold) { first, count, packed in
        kernels.pointee.pack(left + first, Int64(inner), Int64(count), Int64(rows), 1, packed.group(0))
      }
    } else {
      product.left.base = UnsafeMutablePointer(mutating: left)
      product.left.stride = Int64(inner)
      product.leftStep = 1
      run(product, rows: rows, panels: panels(columns), operations: 2 * rows * columns * inner)
    }
  }

  /// Whether a product of columns has parts enough for a second thread.
  package static func isShared(width: Int) -> Bool { width > PackedRows.groups * lanes }

  /// `result[left.width, right.width] = Σ leftᵀ · right` over the rows of two tables of equally many, added to what is there
  /// if `accumulating`. Every element is one chain over the rows.
  package static func multiplyRows(
    _ left: RowTable, _ right: RowTable, into result: UnsafeMutablePointer<KernelScalar>, accumulating: Bool
  ) {
    guard left.width > 0, right.width > 0 else { return }
    let packed = PackedMatrix(right)
    let product = product(packed, into: result, start: nil, accumulating: accumulating)
    // Between such products the other threads sleep.
    runTransposed(product, rows: left.width, sharedFrom: sleepingThreshold) { first, count, packed in
      for place in 0..<panels(count) {
        left.pack(column: first + place * lanes, width: min(lanes, count - place * lanes), into: packed.group(place))
      }
    }
    withExtendedLifetime((left, packed)) {}
  }

  /// A product that lacks its left side.
  private static func product(
    _ right: PackedMatrix, into result: UnsafeMutablePointer<KernelScalar>, start: UnsafePointer<KernelScalar>?,
    accumulating: Bool
  ) -> rk_product {
    var product = rk_product()
    product.start = start
    product.inner.mainCount = 1
    product.inner.mainLength = Int64(right.inner)
    product.right = UnsafePointer(right.memory.pointer)
    product.result.base = result
    product.result.stride = Int64(right.columns)
    product.columns = Int64(right.columns)
    (product.groupSlots, product.groupCount) = (1, 1)
    product.mode = accumulating ? RK_FROM_RESULT : start != nil ? RK_FROM_START : RK_FROM_ZERO
    return product
  }

  /// The bias with zeros up to whole panels.
  private static func padded(_ bias: UnsafePointer<KernelScalar>, _ columns: Int) -> Workspace {
    let width = panels(columns) * lanes
    let start = Workspace(count: width)
    start.pointer.update(from: bias, count: columns)
    (start.pointer + columns).update(repeating: 0, count: width - columns)
    return start
  }

  /// Packs `right` as panels, shared between threads where it is large.
  static func pack(
    _ right: UnsafePointer<KernelScalar>, inner: Int, columns: Int, kStride: Int, nStride: Int,
    into packed: UnsafeMutablePointer<KernelScalar>
  ) {
    let kernels = InstructionSet.kernels
    let panels = panels(columns)
    let parts = inner * columns < parallelPacking ? 1 : min(panels, WorkerPool.threadCount)
    WorkerPool.run(parts: parts) { part in
      let range = share(of: panels, member: part, of: parts)
      let first = range.lowerBound * lanes
      kernels.pointee.pack(
        right + first * nStride, Int64(inner), Int64(min(columns, range.upperBound * lanes) - first), Int64(kStride),
        Int64(nStride), packed + range.lowerBound * inner * lanes)
    }
  }

  /// Runs a product whose left rows lie as columns: `pack` packs `count` of them at a time.
  private static func runTransposed(
    _ product: rk_product, rows: Int, sharedFrom threshold: Int, pack: (_ first: Int, _ count: Int, PackedRows) -> Void
  ) {
    let kernels = InstructionSet.kernels
    let (inner, panels) = (Int(product.inner.mainLength), panels(Int(product.columns)))
    let operations = 2 * rows * inner * Int(product.columns)
    let together = PackedRows.groups * lanes
    let groups = (rows + together - 1) / together
    WorkerPool.withTeam(atMost: operations < threshold ? 1 : groups) { team in
      team.run { member in
        var packed = PackedRows(inner: inner)
        var product = product
        for group in share(of: groups, member: member, of: team.size) {
          let first = group * together
          let count = min(together, rows - first)
          packed.removeAll()
          for place in 0..<Self.panels(count) {
            packed.append(group: place, lanes: 0..<min(lanes, count - place * lanes))
          }
          pack(first, count, packed)
          packed.use(in: &product)
          product.result.shift = Int64(first) * product.result.stride
          kernels.pointee.product(&product, 0, Int64(count), 0, Int64(panels))
        }
        withExtendedLifetime(packed) {}
      }
    }
  }

  /// Runs a product on as many threads as its size deserves, split along its longer side.
  static func run(_ product: rk_product, rows: Int, panels: Int, operations: Int) {
    let kernels = InstructionSet.kernels
    guard operations >= parallelThreshold else {
      return withUnsafePointer(to: product) { kernels.pointee.product($0, 0, Int64(rows), 0, Int64(panels)) }
    }
    let rowUnits = (rows + Int(kernels.pointee.rowTile) - 1) / Int(kernels.pointee.rowTile)
    let byPanels = panels >= 2 * WorkerPool.threadCount || panels >= rowUnits
    WorkerPool.withTeam(atMost: byPanels ? panels : rowUnits) { team in
      team.run { member in
        withUnsafePointer(to: product) { product in
          if byPanels {
            let range = share(of: panels, member: member, of: team.size)
            kernels.pointee.product(product, 0, Int64(rows), Int64(range.lowerBound), Int64(range.upperBound))
          } else {
            let range = share(of: rowUnits, member: member, of: team.size)
            let tile = Int(kernels.pointee.rowTile)
            kernels.pointee.product(
              product, Int64(range.lowerBound * tile), Int64(min(rows, range.upperBound * tile)), 0, Int64(panels))
          }
        }
      }
    }
  }

  /// The consecutive share of `count` items that falls to `member`.
  package static func share(of count: Int, member: Int, of size: Int) -> Range<Int> {
    count * member / size..<count * (member + 1) / size
  }
}
