import RecurrentKernels
import Testing

@Suite struct MatrixProductTests {
  /// The last shapes are large enough for some of the tiles below each other to fetch panels to come, and for rows in several parts.
  @Test(arguments: [
    (1, 1, 1), (1, 40, 7), (3, 17, 0), (8, 32, 16), (9, 33, 100), (23, 5, 64), (70, 130, 51), (200, 257, 65),
    (13, 70, 2600), (10, 25, 12), (36, 68, 1700), (75, 33, 1500),
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
          var brokenChains = 0
          let isFused = InstructionSet.fused.contains(set)
          for row in 0..<rows {
            for column in 0..<columns {
              var chain = accumulating ? before[row * columns + column] : withBias ? bias[column] : 0
              var sum = Double(chain)
              for k in 0..<inner {
                let a = leftTransposed ? left[k * rows + row] : left[row * inner + k]
                let b = rightTransposed ? right[column * inner + k] : right[k * columns + column]
                sum += Double(a) * Double(b)
                chain.addProduct(a, b)
              }
              worst = max(worst, abs(sum - Double(result[row * columns + column])))
              if isFused, chain != result[row * columns + column] { brokenChains += 1 }
            }
          }
          #expect(worst < 2e-5 * max(1, Double(inner) / 100), "\(set.rawValue) form \(form): \(worst)")
          #expect(brokenChains == 0, "\(set.rawValue) form \(form): elements that are not one chain")
          if isFused { results.append(result) }
        }
      }
      #expect(results.allSatisfy { $0 == results[0] }, "bits differ between sets, form \(form)")
    }
  }
}
