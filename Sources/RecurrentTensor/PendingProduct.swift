import RecurrentKernels

/// Pairs of rows whose products are to be added to a gradient: those of a weight that is used at every step of a loop.
///
/// The first pair of matrices waits as it is, since most weights are used once; only the second one makes room for more.
final class PendingProduct {
  /// The most rows that wait.
  static let mostRows = 128

  private(set) var rows: Int
  private let first: (left: Tensor, right: Tensor)
  private var gathered: (left: Workspace, right: Workspace)?

  init(_ left: Tensor, _ right: Tensor) {
    first = (left, right)
    rows = left.shape[0]
  }

  private var leftWidth: Int { first.left.shape[1] }
  private var rightWidth: Int { first.right.shape[1] }

  /// Copies the rows of two matrices of equally many rows.
  func append(_ left: Tensor, _ right: Tensor) {
    if let gathered { return copy(left, right, behind: rows, into: gathered) }
    let room = (
      left: Workspace(count: Self.mostRows * leftWidth), right: Workspace(count: Self.mostRows * rightWidth)
    )
    gathered = room
    copy(first.left, first.right, behind: 0, into: room)
    copy(left, right, behind: rows, into: room)
  }

  private func copy(_ left: Tensor, _ right: Tensor, behind count: Int, into room: (left: Workspace, right: Workspace))
  {
    left.withUnsafePointer { (room.left.pointer + count * leftWidth).update(from: $0, count: left.count) }
    right.withUnsafePointer { (room.right.pointer + count * rightWidth).update(from: $0, count: right.count) }
    rows = count + left.shape[0]
  }

  /// Adds the products of all rows, or writes them.
  func add(to gradient: UnsafeMutablePointer<Scalar>, accumulating: Bool) {
    if let gathered {
      return add(gathered.left.pointer, gathered.right.pointer, to: gradient, accumulating)
    }
    first.left.withUnsafePointer { left in
      first.right.withUnsafePointer { right in add(left, right, to: gradient, accumulating) }
    }
  }

  private func add(
    _ left: UnsafePointer<Scalar>, _ right: UnsafePointer<Scalar>, to gradient: UnsafeMutablePointer<Scalar>,
    _ accumulating: Bool
  ) {
    MatrixProduct.multiply(
      left, transposed: true, right, into: gradient, rows: leftWidth, columns: rightWidth, inner: rows,
      accumulating: accumulating)
  }
}
