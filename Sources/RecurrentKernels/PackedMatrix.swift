/// A matrix packed as the right side of products: panels of 16 columns.
package final class PackedMatrix: Sendable {
  let inner, columns: Int
  let memory: Workspace

  /// Packs `[inner, columns]`, or `[columns, inner]` if `transposed`.
  package convenience init(_ right: UnsafePointer<KernelScalar>, transposed: Bool, inner: Int, columns: Int) {
    self.init(inner: inner, columns: columns) { packed in
      MatrixProduct.pack(
        right, inner: inner, columns: columns, kStride: transposed ? 1 : columns, nStride: transposed ? inner : 1,
        into: packed)
    }
  }

  /// Panels that `pack` writes.
  init(inner: Int, columns: Int, pack: (UnsafeMutablePointer<KernelScalar>) -> Void) {
    (self.inner, self.columns) = (inner, columns)
    memory = Workspace(count: MatrixProduct.panels(columns) * MatrixProduct.lanes * inner)
    pack(memory.pointer)
  }
}
