import RecurrentNN
import RecurrentTensor

/// Which rows of tables have ever had a gradient: only those can have memories that are not zero.
struct TouchedRows: Sendable {
  /// By where a table begins in the arena; those not there are found in the memories when they are asked for.
  private var tables: [Int: [Bool]] = [:]

  /// Forgets a table whose memories other code has written.
  mutating func forget(_ range: Range<Int>) { tables[range.lowerBound] = nil }

  /// The rows that were touched before or are held now; none where nothing is remembered.
  mutating func rows(
    of table: OptimizerState.Span, at range: Range<Int>, holding held: SparseRows, quantities: Int
  ) -> [Bool] {
    let (length, count) = (held.rowLength, table.count / held.rowLength)
    guard quantities > 0 else { return [Bool](repeating: false, count: count) }
    var touched =
      tables.removeValue(forKey: range.lowerBound)
      ?? (0..<count).map { row in
        (0..<quantities).contains { quantity in
          (row * length..<(row + 1) * length).contains { table.memory[quantity][$0] != 0 }
        }
      }
    held.forEachRow { row, _ in touched[row] = true }
    tables[range.lowerBound] = touched
    return touched
  }
}

extension OptimizerState.Span {
  /// Calls `body` for the rows of a table in order, each with its gradient or zeros; rows that are not `wanted` are left out.
  func forEachPart(of held: SparseRows, wanted: [Bool]?, _ body: (OptimizerState.Span) -> Void) {
    let length = held.rowLength
    let most = max(1, 4096 / length)
    Tensor(zeros: [most * length]).withUnsafePointer { zeros in
      /// Rows without a gradient, as many at once as there are zeros.
      func passOver(_ rows: Range<Int>) {
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: most) {
          let count = min(most, rows.upperBound - first)
          guard let wanted else {
            body(part(at: first * length, count: count * length, gradient: zeros))
            continue
          }
          for row in first..<first + count where wanted[row] {
            body(part(at: row * length, count: length, gradient: zeros))
          }
        }
      }
      var next = 0
      held.forEachRow { row, gradient in
        passOver(next..<row)
        body(part(at: row * length, count: length, gradient: gradient))
        next = row + 1
      }
      passOver(next..<count / length)
    }
  }

  private func part(
    at offset: Int, count: Int, gradient: UnsafePointer<Scalar>
  ) -> OptimizerState.Span {
    OptimizerState.Span(
      weights: weights + offset, gradient: gradient, memory: memory.advanced(by: offset), count: count,
      options: options)
  }
}
