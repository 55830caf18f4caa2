import RecurrentData
import Testing

@Suite struct MissingValuesTests {
  private let mean = 177.0 / 5
  private let values: [Double] = [10, 20, .nan, 40, .nan, .nan, 100, .nan, 7]

  private func filled(_ method: MissingValues.Method, _ rows: Range<Int>) -> [Double] {
    MissingValues(method, fitting: [[0, 0], values], period: 3).filled(rows, of: values, column: 1)
  }

  @Test func methodsFillAsNamed() {
    #expect(filled(.forward, 0..<8) == [10, 20, 20, 40, 40, 40, 100, 100])
    #expect(filled(.mask, 0..<8) == [10, 20, 20, 40, 40, 40, 100, 100])
    #expect(filled(.linear, 0..<8) == [10, 20, 30, 40, 60, 80, 100, 100])
    #expect(filled(.zero, 0..<5) == [10, 20, 0, 40, 0])
    #expect(filled(.mean, 0..<3) == [10, 20, mean])
    #expect(filled(.seasonal, 1..<8) == [20, 20, 40, 20, 20, 100, 20])
    #expect(MissingValues.indicator(values[1..<5]) == [0, 1, 0, 1])
  }

  @Test func startOfAWindowLooksBackThenForward() {
    #expect(filled(.forward, 4..<7) == [40, 40, 100])
    #expect(filled(.forward, 5..<7) == [40, 100])
    #expect(filled(.forward, 5..<6) == [mean])
  }

  @Test(arguments: MissingValues.Method.allCases)
  func nothingAfterTheWindowIsSeen(_ method: MissingValues.Method) {
    for end in 1..<values.count {
      var changed = values
      for row in end..<values.count { changed[row] = values[row].isNaN ? 5 : .nan }
      let filler = MissingValues(method, fitting: [values], period: 3)
      let window = max(0, end - 4)..<end
      let result = filler.filled(window, of: values, column: 0)
      #expect(result == filler.filled(window, of: changed, column: 0))
      #expect(result.allSatisfy { !$0.isNaN })
    }
  }

  @Test func columnWithoutValuesIsFilled() {
    let filler = MissingValues(.linear, fitting: [[.nan, .nan]])
    #expect(filler.filled(0..<2, of: [.nan, .nan], column: 0) == [0, 0])
  }

  @Test func unknownNamesAreRefused() throws {
    #expect(try MissingValues.method(named: "seasonal") == .seasonal)
    #expect {
      try MissingValues.method(named: "drop")
    } throws: {
      "\($0)" == "expected one of mask, forward, linear, mean, seasonal, zero, received \"drop\""
    }
  }
}
