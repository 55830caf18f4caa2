/// A matrix packed as the right side of products: panels of 16 columns.
package final class PackedMatrix: Sendable {
  let inner, columns: Int
  let memory: Workspace

  /// Packs `[inner, columns]`, or `[columns, inner]` if `transposed`.
  package convenience init(_ right: UnsafePointer<KernelScalar>, transposed: Bool, inner: Int, columns: Int) {
    self.init(
      right, inner: inner, columns: columns, strides: transposed ? (inner: 1, columns: inner) : (columns, 1))
  }

  /// Packs `[inner, columns]` whose entries lie as many scalars apart along each axis.
  package convenience init(
    _ right: UnsafePointer<KernelScalar>, inner: Int, columns: Int, strides: (inner: Int, columns: Int)
  ) {
    self.init(inner: inner, columns: columns) { packed in
      MatrixProduct.pack(
        right, inner: inner, columns: columns, kStride: strides.inner, nStride: strides.columns, into: packed)
    }
  }

  /// Panels that `pack` writes.
  init(inner: Int, columns: Int, pack: (UnsafeMutablePointer<KernelScalar>) -> Void) {
    (self.inner, self.columns) = (inner, columns)
    memory = Workspace(count: MatrixProduct.panels(columns) * MatrixProduct.lanes * inner)
    pack(memory.pointer)
  }
}
