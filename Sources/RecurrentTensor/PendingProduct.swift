import RecurrentKernels

/// Pairs of rows whose products are to be added to a gradient: those of a weight that is used at every step of a loop.
final class PendingProduct {
  /// The most rows that wait.
  static let mostRows = 128

  private(set) var rows = 0
  private let leftWidth, rightWidth: Int
  private let left, right: Workspace

  init(leftWidth: Int, rightWidth: Int) {
    (self.leftWidth, self.rightWidth) = (leftWidth, rightWidth)
    left = Workspace(count: Self.mostRows * leftWidth)
    right = Workspace(count: Self.mostRows * rightWidth)
  }

  /// Copies the rows of two matrices of equally many rows.
  func append(_ left: Tensor, _ right: Tensor) {
    left.withUnsafePointer { (self.left.pointer + rows * leftWidth).update(from: $0, count: left.count) }
    right.withUnsafePointer { (self.right.pointer + rows * rightWidth).update(from: $0, count: right.count) }
    rows += left.shape[0]
  }

  /// Adds the products of all rows, or writes them.
  func add(to gradient: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
    MatrixProduct.multiply(
      left.pointer, transposed: true, right.pointer, into: gradient, rows: leftWidth, columns: rightWidth, inner: rows,
      accumulating: accumulating)
  }
}
