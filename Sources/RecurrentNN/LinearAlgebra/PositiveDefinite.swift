/// Solves `A X = B` for a symmetric positive definite `A` by Cholesky's factorisation `A = U'U`; nil when `A` is not
/// positive definite to the precision of the arithmetic. `matrix` is `A`, `[size, size]`, of which
/// only the upper triangle is read; `rightSides` is `B`, `[size, columns]`.
package func solvePositiveDefinite(_ matrix: [Double], _ rightSides: [Double], size: Int, columns: Int) -> [Double]? {
  var factor = matrix
  var solution = rightSides
  // Rows are updated whole and in order: contiguous, without sums whose order a compiler would have to change.
  let isPositive = factor.withUnsafeMutableBufferPointer { u in
    solution.withUnsafeMutableBufferPointer { x in
      for k in 0..<size {
        let pivot = u[k * size + k]
        guard pivot > 0, pivot.isFinite else { return false }
        let scale = 1 / pivot.squareRoot()
        for j in k..<size { u[k * size + j] *= scale }
        for c in 0..<columns { x[k * columns + c] *= scale }
        for i in k + 1..<max(k + 1, size) {
          let multiple = u[k * size + i]
          for j in i..<size { u[i * size + j] -= multiple * u[k * size + j] }
          for c in 0..<columns { x[i * columns + c] -= multiple * x[k * columns + c] }
        }
      }
      for k in stride(from: size - 1, through: 0, by: -1) {
        for i in k + 1..<max(k + 1, size) {
          let multiple = u[k * size + i]
          for c in 0..<columns { x[k * columns + c] -= multiple * x[i * columns + c] }
        }
        let scale = 1 / u[k * size + k]
        for c in 0..<columns { x[k * columns + c] *= scale }
      }
      return true
    }
  }
  return isPositive ? solution : nil
}
