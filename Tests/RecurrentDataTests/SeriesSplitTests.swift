import RecurrentData
import Testing

@Suite struct SeriesSplitTests {
  private func series(_ count: Int, daily: Bool = false) -> TimeSeries {
    let start = Timestamp(year: 2020)
    let times = (0..<count).map { Timestamp(secondsSince1970: start.secondsSince1970 + Int64($0) * 86_400) }
    return TimeSeries(
      columns: [TimeSeries.Column(name: "x", values: (0..<count).map(Double.init))], timestamps: daily ? times : nil,
      grid: daily ? Grid(.seconds(86_400)) : .rows, timeFormat: try? TimeFormat("yyyy-MM-dd"))
  }

  @Test func standardFractionsCoverAllRows() throws {
    let split = try SeriesSplit(series(2821))
    #expect(split.train == 0..<1974)
    #expect(split.validation == 1974..<2257)
    #expect(split.test == 2257..<2821)
  }

  @Test func fractionsBelowOneLeaveRowsUnused() throws {
    let series = series(100)
    let split = try SeriesSplit(series, rule: SeriesSplit.Rule("0.5, 0.1,0.2"))
    #expect(split == SeriesSplit(train: 0..<50, validation: 50..<60, test: 60..<80))
    #expect(split.text(for: series).last == "not used: the last 20 rows")
  }

  @Test func rowsAreTakenFromTheStart() throws {
    let split = try SeriesSplit(series(17_420), rule: SeriesSplit.Rule("8640:2880:2880"))
    #expect(split == SeriesSplit(train: 0..<8640, validation: 8640..<11_520, test: 11_520..<14_400))
  }

  @Test func datesBeginValidationAndTest() throws {
    let series = series(60, daily: true)
    let rule = try SeriesSplit.Rule("2020-01-31,2020-02-15", timeFormat: series.timeFormat)
    let split = try SeriesSplit(series, rule: rule)
    #expect(split == SeriesSplit(train: 0..<30, validation: 30..<45, test: 45..<60))
    #expect(split.text(for: series)[1] == "validation: 15 rows, 2020-01-31 to 2020-02-14")
    #expect(try SeriesSplit.Rule("2020-01-31 00:00:00,2020-02-15 00:00:00") == rule)
  }

  @Test(arguments: [
    ("0.7,0.1,0.3", "expected three fractions above 0 with a sum of at most 1, received 0.7,0.1,0.3"),
    ("0.7,0,0.3", "expected three fractions above 0 with a sum of at most 1, received 0.7,0.0,0.3"),
    ("80:20:1", "expected a split of at most 100 rows, received 80:20:1; the series has 100 rows"),
    ("-1:20:1", "expected at least one row in each part, received -1 in the training part of 100 rows"),
    (
      "9223372036854775807:9223372036854775807:5",
      "expected a split of at most 100 rows, received 9223372036854775807:9223372036854775807:5"
    ),
    ("half", "expected a split, received \"half\"; for example --split 0.7,0.1,0.2"),
    ("2020-01-01,2020-02-01", "expected a split by fractions or rows, received dates for a series without times"),
  ])
  func mistakesAreNamed(_ text: String, _ message: String) {
    #expect {
      try SeriesSplit(series(100), rule: SeriesSplit.Rule(text))
    } throws: {
      "\($0)".hasPrefix(message)
    }
  }

  @Test func shortPartsAreNamed() throws {
    let series = try read("x\n" + (0..<100).map { "\($0 % 7)\n" }.joined())
    let split = try SeriesSplit(series, rule: .rows(train: 30, validation: 10, test: 5))
    try split.check(window: 20, horizon: 5, in: series)
    #expect(throws: DataError.self) { try split.check(window: 26, horizon: 5, in: series) }
    #expect {
      try split.check(window: 10, horizon: 6, in: series)
    } throws: {
      "\($0)" == "a.csv:101:1: expected at least 6 rows in the test part for a horizon of 6, received 5; "
        + "give more rows, a shorter --horizon or --window, or another --split"
    }
  }

  @Test func separateFilesGiveTheParts() throws {
    var series = series(100)
    for (index, rows) in [60, 25, 15].enumerated() {
      series.sources.append(
        TimeSeries.Source(
          file: "\(index)", digest: "", byteCount: 0, rowCount: rows, firstRow: [0, 60, 85][index],
          lineCount: rows + 1))
    }
    #expect(
      try SeriesSplit(series, validationFile: 1, testFile: 2)
        == SeriesSplit(train: 0..<60, validation: 60..<85, test: 85..<100))
    #expect(
      try SeriesSplit(series, validationFile: nil, testFile: 2)
        == SeriesSplit(train: 0..<75, validation: 75..<85, test: 85..<100))
    #expect(
      try SeriesSplit(series, validationFile: 2, testFile: nil)
        == SeriesSplit(train: 0..<85, validation: 85..<92, test: 92..<100))
  }
}
