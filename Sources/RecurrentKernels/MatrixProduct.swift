/// Dense matrix products over row-major buffers.
package enum MatrixProduct {
  /// `result[rows, columns] = start + left · right`.
  ///
  /// `left` is `[rows, inner]`, or `[inner, rows]` if `leftTransposed`; `right` is `[inner, columns]`, or
  /// `[columns, inner]` if `rightTransposed`. The start is the present content of `result` if `accumulating`,
  /// else `bias[columns]` for every row, else zero.
  package static func multiply(
    _ left: UnsafePointer<KernelScalar>, transposed leftTransposed: Bool = false,
    _ right: UnsafePointer<KernelScalar>, transposed rightTransposed: Bool = false,
    into result: UnsafeMutablePointer<KernelScalar>, rows: Int, columns: Int, inner: Int,
    bias: UnsafePointer<KernelScalar>? = nil, accumulating: Bool = false
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = accumulating ? result[row * columns + column] : bias?[column] ?? 0
        for index in 0..<inner {
          let a = leftTransposed ? left[index * rows + row] : left[row * inner + index]
          let b = rightTransposed ? right[column * inner + index] : right[index * columns + column]
          sum += a * b
        }
        result[row * columns + column] = sum
      }
    }
  }
}
