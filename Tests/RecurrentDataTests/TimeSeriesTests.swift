import Foundation
import RecurrentData
import Testing

@Suite struct TimeSeriesTests {
  @Test func rowsAreSlicedWithTheirTimes() throws {
    let series = try read("date,x,y\n2020-01-01,1,5\n2020-01-02,2,7\n2020-01-03,,9\n2020-01-04,4,8\n")
    let part = series[1..<3]
    #expect(part.rowCount == 2)
    #expect(part["y"] == [7, 9])
    #expect(part.timeText(row: 0) == "2020-01-02")
    #expect(part.nextTimeTexts(2) == ["2020-01-04", "2020-01-05"])
    #expect(part.digest == series.digest)
    #expect(series["z"] == nil)
  }

  @Test func rowsWithoutTimeAreNumbered() {
    let series = TimeSeries(columns: [TimeSeries.Column(name: "x", values: [1, 2])])
    #expect(series.timeText(row: 1) == "2")
    #expect(series.nextTimeTexts(2) == ["3", "4"])
    #expect(series.nextTimestamps(1) == nil)
    #expect(series.digest == "")
  }

  @Test func summaryGoesThroughJSON() throws {
    let series = try read("date,x,y\n2020-01-01,1,5\n2020-01-03,NA,7\n2020-01-04,3,9\n", ReadingOptions(targets: ["y"]))
    let summary = series.summary
    #expect(summary.columns.map(\.missingCount) == [2, 1])
    #expect(summary.columns[0].role == .input)
    #expect(summary.columns[1].minimum == 5 && summary.columns[1].maximum == 9)
    #expect(summary.lastTime == "2020-01-04" && summary.rowCount == 4 && summary.frequency == "daily")
    let decoded = try JSONDecoder().decode(SeriesSummary.self, from: JSONEncoder().encode(summary))
    #expect(decoded == summary)
  }
}
