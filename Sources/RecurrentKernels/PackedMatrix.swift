/// A matrix packed as the right side of products: panels of 16 columns.
package final class PackedMatrix: Sendable {
  let inner, columns: Int
  let memory: Workspace

  /// Packs `[inner, columns]`, or `[columns, inner]` if `transposed`.
  package init(_ right: UnsafePointer<KernelScalar>, transposed: Bool, inner: Int, columns: Int) {
    (self.inner, self.columns) = (inner, columns)
    memory = Workspace(count: MatrixProduct.panels(columns) * MatrixProduct.lanes * inner)
    MatrixProduct.pack(
      right, inner: inner, columns: columns, kStride: transposed ? 1 : columns, nStride: transposed ? inner : 1,
      into: memory.pointer)
  }
}
