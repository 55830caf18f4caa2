import CRecurrentKernels

/// Elementwise operations over rows of scalars. The result may be an operand.
package enum Elementwise {
  /// What becomes of the values.
  package enum Mode: Sendable {
    /// They are the result.
    case replacing
    /// They are added to the result.
    case adding
    /// They are the first of a sum, which knows no negative zero.
    case startingSum

    fileprivate var mode: rk_mode {
      switch self {
      case .replacing: RK_FROM_ZERO
      case .adding: RK_ADD_BLOCK
      case .startingSum: RK_SET_BLOCK
      }
    }
  }

  /// Makes `count` scalars of those of `a`, and of `b` unless the operation has one operand.
  package static func apply(
    _ operation: PointwiseOperation, _ a: UnsafePointer<KernelScalar>, _ b: UnsafePointer<KernelScalar>? = nil,
    into result: UnsafeMutablePointer<KernelScalar>, count: Int, mode: Mode = .replacing
  ) {
    applyRows(operation, (a, 0), b.map { ($0, 0) }, into: (result, 0), rows: 1, count: count, mode: mode)
  }

  /// The same for rows of `count` scalars, each array with its own distance of rows; a row of distance 0 meets all others.
  package static func applyRows(
    _ operation: PointwiseOperation, _ a: (row: UnsafePointer<KernelScalar>, stride: Int),
    _ b: (row: UnsafePointer<KernelScalar>, stride: Int)? = nil,
    into result: (row: UnsafeMutablePointer<KernelScalar>, stride: Int), rows: Int, count: Int, mode: Mode = .replacing
  ) {
    let b = b ?? a
    var rowsOfAll = rk_elementwise(
      result: result.row, a: a.row, b: b.row, resultStride: Int64(result.stride), aStride: Int64(a.stride),
      bStride: Int64(b.stride), rows: Int64(rows), count: Int64(count))
    InstructionSet.kernels.pointee.elementwise(operation.index, mode.mode, &rowsOfAll)
  }
}
