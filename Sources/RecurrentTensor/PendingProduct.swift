import RecurrentKernels

/// Pairs of rows whose products are to be added to a gradient: those of a weight that is used at every step of a loop.
final class PendingProduct {
  private var left, right: RowTable
  /// What the rows lie in.
  private var storages: [TensorStorage] = []

  /// Whether few enough rows come at once that they had better wait for more.
  static func waits(rows: Int) -> Bool { rows <= fewestRows / 4 }

  /// Rows that are worth reading and writing a gradient on one thread.
  private static let fewestRows = 128
  /// The most that wait for work that is worth a second thread.
  private static let mostRows = 1024

  /// No rows yet, which will be as wide as those of these matrices.
  init(_ left: Tensor, _ right: Tensor) {
    self.left = RowTable(width: left.shape[1], capacity: Self.mostRows + Self.fewestRows / 4)
    self.right = RowTable(width: right.shape[1], capacity: Self.mostRows + Self.fewestRows / 4)
  }

  /// Whether there are so many rows that more would hardly make the product faster.
  var isWorthwhile: Bool {
    guard left.count > Self.fewestRows * 3 / 4 else { return false }
    guard WorkerPool.threadCount > 1, MatrixProduct.isShared(width: left.width), left.count < Self.mostRows else {
      return true
    }
    return 2 * left.count * left.width * right.width >= MatrixProduct.sleepingThreshold
  }

  /// Keeps the rows of two matrices of equally many rows.
  func append(_ left: Tensor, _ right: Tensor) {
    self.left.append(left.storage.pointer, count: left.shape[0])
    self.right.append(right.storage.pointer, count: right.shape[0])
    storages.append(left.storage)
    storages.append(right.storage)
  }

  /// Adds the products of all rows, or writes them.
  func add(to gradient: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
    MatrixProduct.multiplyRows(left, right, into: gradient, accumulating: accumulating)
    withExtendedLifetime(storages) {}
  }
}
