import RecurrentKernels
import Testing

@Suite struct MatrixProductTests {
  @Test(arguments: [
    (1, 1, 1), (1, 40, 7), (3, 17, 0), (8, 32, 16), (9, 33, 100), (23, 5, 64), (70, 130, 51), (200, 257, 65),
  ])
  func equalsPlainLoopsOnEverySet(rows: Int, columns: Int, inner: Int) {
    var numbers = Numbers(rows + columns + inner)
    let left = numbers.array(rows * inner), right = numbers.array(inner * columns)
    let bias = numbers.array(columns), before = numbers.array(rows * columns)
    for form in 0..<12 {
      let (leftTransposed, rightTransposed) = (form % 2 == 1, form / 2 % 2 == 1)
      let (withBias, accumulating) = (form / 4 == 1, form / 4 == 2)
      var results: [[KernelScalar]] = []
      for set in InstructionSet.allCases where set.isAvailable {
        for threads in [1, 3] {
          var result = before
          with(threads: threads, set: set) {
            MatrixProduct.multiply(
              left, transposed: leftTransposed, right, transposed: rightTransposed, into: &result, rows: rows,
              columns: columns, inner: inner, bias: withBias ? bias : nil, accumulating: accumulating)
          }
          var worst = 0.0
          for row in 0..<rows {
            for column in 0..<columns {
              var sum = accumulating ? Double(before[row * columns + column]) : withBias ? Double(bias[column]) : 0
              for k in 0..<inner {
                let a = leftTransposed ? left[k * rows + row] : left[row * inner + k]
                let b = rightTransposed ? right[column * inner + k] : right[k * columns + column]
                sum += Double(a) * Double(b)
              }
              worst = max(worst, abs(sum - Double(result[row * columns + column])))
            }
          }
          #expect(worst < 2e-5, "\(set.rawValue) form \(form): \(worst)")
          if InstructionSet.fused.contains(set) { results.append(result) }
        }
      }
      #expect(results.allSatisfy { $0 == results[0] }, "bits differ between sets, form \(form)")
    }
  }
}
