import RecurrentKernels

/// Pairs of rows whose products are to be added to a gradient: those of a weight that is used at every step of a loop.
final class PendingProduct {
  private let widths: (left: Int, right: Int)
  private var pairs: RowPairs
  /// Whether another thread adds them while the loop goes on, as the loop's own products are too small for two.
  private let runsAside: Bool
  /// Products that another thread is adding.
  private var errand: WorkerErrand?

  /// Whether few enough rows come at once that they had better wait for more.
  static func waits(rows: Int) -> Bool { rows <= fewestRows / 4 }

  /// Rows that are worth reading and writing a gradient on one thread.
  private static let fewestRows = 128
  /// The most that wait for work that is worth a second thread.
  private static let mostRows = 1024

  /// No rows yet, which will be as wide as those of these matrices.
  init(_ left: Tensor, _ right: Tensor) {
    widths = (left.shape[1], right.shape[1])
    pairs = RowPairs(widths)
    runsAside = 2 * left.shape[0] * widths.left * widths.right < MatrixProduct.parallelThreshold
  }

  deinit { errand?.wait() }

  /// Whether there are so many rows that more would hardly make the product faster.
  var isWorthwhile: Bool {
    let count = pairs.left.count
    guard count > Self.fewestRows * 3 / 4 else { return false }
    guard WorkerPool.threadCount > 1, count < Self.mostRows else { return true }
    if runsAside { return !WorkerPool.isAtWork }
    guard MatrixProduct.isShared(width: widths.left) else { return true }
    return 2 * count * widths.left * widths.right >= MatrixProduct.sleepingThreshold
  }

  /// Keeps the rows of two matrices of equally many rows.
  func append(_ left: Tensor, _ right: Tensor) { pairs.append(left, right) }

  /// Waits for products that another thread is adding.
  func settle() {
    errand?.wait()
    errand = nil
  }

  /// Adds the products of all rows, or writes them.
  func add(to gradient: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
    settle()
    guard let pairs = takePairs() else { return }
    pairs.add(to: gradient, accumulating: accumulating)
  }

  /// Adds the products of all rows, or writes them; another thread does where one is free and the loop's own products leave it
  /// idle, until `settle`. The gradient must stay where it is until then.
  func startAdding(to gradient: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
    guard runsAside else { return add(to: gradient, accumulating: accumulating) }
    settle()
    guard let pairs = takePairs() else { return }
    let target = GradientPointer(pointer: gradient)
    errand = WorkerPool.errand { pairs.add(to: target.pointer, accumulating: accumulating) }
    if errand == nil { pairs.add(to: gradient, accumulating: accumulating) }
  }

  /// All rows so far, which are then none; nil if there are none.
  private func takePairs() -> RowPairs? {
    guard pairs.left.count > 0 else { return nil }
    defer { pairs = RowPairs(widths) }
    return pairs
  }

  /// Memory that one thread writes and another waits for.
  private struct GradientPointer: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Scalar>
  }

  /// Rows and what they lie in. No thread changes them once their products are being added.
  private final class RowPairs: @unchecked Sendable {
    private(set) var left, right: RowTable
    private var storages: [TensorStorage] = []

    init(_ widths: (left: Int, right: Int)) {
      left = RowTable(width: widths.left, capacity: mostRows + fewestRows / 4)
      right = RowTable(width: widths.right, capacity: mostRows + fewestRows / 4)
    }

    func append(_ left: Tensor, _ right: Tensor) {
      self.left.append(left.storage.pointer, count: left.shape[0])
      self.right.append(right.storage.pointer, count: right.shape[0])
      storages.append(left.storage)
      storages.append(right.storage)
    }

    func add(to gradient: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
      MatrixProduct.multiplyRows(left, right, into: gradient, accumulating: accumulating)
      withExtendedLifetime(storages) {}
    }
  }
}
