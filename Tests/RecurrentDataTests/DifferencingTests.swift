import RecurrentData
import Testing

@Suite struct DifferencingTests {
  @Test func differencesAreThoseOfTheLags() {
    let squares = (0..<6).map { Double($0 * $0) }
    let first = Differencing(order: 1).differences(of: squares)
    #expect(first[0].isNaN)
    #expect(Array(first[1...]) == [1, 3, 5, 7, 9])
    #expect(Array(Differencing(order: 2).differences(of: squares)[2...]) == [2, 2, 2, 2])
    let seasonal = Differencing(order: 1, seasonalOrder: 1, period: 3)
    #expect(seasonal.lags == [3, 1])
    #expect(seasonal.lostRows == 4)
    #expect(Array(seasonal.differences(of: squares)[4...]) == [6, 6])
  }

  @Test(arguments: [(0, 0, 1), (1, 0, 1), (2, 0, 1), (0, 1, 7), (1, 1, 12), (2, 1, 5), (1, 2, 4)])
  func wayBackIsExact(_ order: Int, _ seasonalOrder: Int, _ period: Int) {
    let differencing = Differencing(order: order, seasonalOrder: seasonalOrder, period: period)
    // Whole numbers, so that floating point loses nothing.
    let values = (0..<90).map { Double(($0 * 37) % 101 + $0 * $0) }
    let origin = 60
    let differences = Array(differencing.differences(of: values)[origin...])
    let history = Array(values[..<origin])
    #expect(differencing.values(of: differences, after: history) == Array(values[origin...]))
    let tail = Array(history.suffix(max(1, differencing.lostRows)))
    #expect(differencing.values(of: differences, after: tail) == Array(values[origin...]))
  }

  @Test func missingValuesSpreadToDifferencesAndHaveStandIns() {
    let differences = Differencing(seasonalOrder: 1, period: 2).differences(of: [1, .nan, 4, 5, 7])
    #expect(differences.map(\.isNaN) == [true, true, false, true, false])
    #expect(Differencing(order: 1).values(of: [1, 2], after: [5, 8, .nan]) == [9, 11])
    // The row two before is missing, so the one four before stands in.
    #expect(
      Differencing(seasonalOrder: 1, period: 2).values(of: [1, 1, 1], after: [10, 20, .nan, 40]) == [11, 41, 12])
    #expect(Differencing(order: 1).values(of: [3], after: []) == [3])
  }
}
