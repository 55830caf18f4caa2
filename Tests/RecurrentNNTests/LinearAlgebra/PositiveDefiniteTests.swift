import RecurrentNN
import RecurrentTestSupport
import Testing

@Suite struct PositiveDefiniteTests {
  @Test func solutionTimesMatrixIsTheRightSide() throws {
    var source = TestData(seed: 3)
    let size = 7
    let root = (0..<size * size).map { _ in source.number(in: -2...2) }
    var matrix = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0..<size {
        for k in 0..<size { matrix[i * size + j] += root[k * size + i] * root[k * size + j] }
      }
    }
    let rightSides = (0..<size * 2).map { _ in source.number() }
    let solution = try #require(solvePositiveDefinite(matrix, rightSides, size: size, columns: 2))
    for i in 0..<size {
      for c in 0..<2 {
        let product = (0..<size).reduce(0) { $0 + matrix[i * size + $1] * solution[$1 * 2 + c] }
        #expect(abs(product - rightSides[i * 2 + c]) < 1e-8)
      }
    }
  }

  @Test func anIndefiniteMatrixHasNoSolution() {
    #expect(solvePositiveDefinite([1, 2, 2, 1], [1, 1], size: 2, columns: 1) == nil)
    #expect(solvePositiveDefinite([.nan], [1], size: 1, columns: 1) == nil)
  }

  @Test func nothingIsSolvedByNothing() {
    #expect(solvePositiveDefinite([], [], size: 0, columns: 3) == [])
  }
}
