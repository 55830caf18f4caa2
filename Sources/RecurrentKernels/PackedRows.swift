import CRecurrentKernels

/// Left rows of a product that lie in memory as columns: packed in groups of 16, each `[k][16]`, and listed.
struct PackedRows {
  /// The most groups that are packed at once: every panel of the right side meets all of them while it is near.
  static let groups = 4

  private let memory: Workspace
  private let inner: Int
  private var offsets: PooledTable<Int64>

  /// Room for rows of `inner` scalars.
  init(inner: Int) {
    self.inner = inner
    memory = Workspace(count: max(1, Self.groups * MatrixProduct.lanes * inner))
    offsets = PooledTable(capacity: Self.groups * MatrixProduct.lanes)
  }

  /// Where a group is packed.
  func group(_ index: Int) -> UnsafeMutablePointer<KernelScalar> {
    memory.pointer + index * inner * MatrixProduct.lanes
  }

  mutating func removeAll() { offsets.removeAll() }

  /// Lists some rows of a group.
  mutating func append(group index: Int, lanes: Range<Int>) {
    for lane in lanes { offsets.append(Int64(index * inner * MatrixProduct.lanes + lane)) }
  }

  /// Makes the listed rows the left side of a product; valid while this value lives.
  func use(in product: inout rk_product) {
    product.left = rk_rows(base: memory.pointer, offset: offsets.pointer, stride: 0, shift: 0)
    product.leftStep = Int64(MatrixProduct.lanes)
  }
}
