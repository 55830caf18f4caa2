import RecurrentData
import Testing

@Suite struct GridTests {
  private func series(_ times: [String], _ change: (inout ReadingOptions) -> Void = { _ in }) throws -> TimeSeries {
    let rows = times.enumerated().map { "\($0.element),\($0.offset * 7 % 5)" }
    return try read("date,x\n" + rows.joined(separator: "\n"), options(change))
  }

  @Test(arguments: [
    (["2020-01-31", "2020-02-29", "2020-03-31"], "monthly", "2020-04-30"),
    (["2020-02-29", "2020-03-31", "2020-04-30"], "monthly", "2020-05-31"),
    (["2020-01-30", "2020-02-29", "2020-03-30"], "monthly", "2020-04-30"),
    (["2020-01-15", "2020-04-15", "2020-07-15"], "quarterly", "2020-10-15"),
    (["2018-02-28", "2019-02-28", "2020-02-29"], "yearly", "2021-02-28"),
    (["2020-01-06", "2020-01-13", "2020-01-20"], "weekly", "2020-01-27"),
    (["2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07"], "business-day", "2020-01-08"),
    (["2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05"], "daily", "2020-01-06"),
    (["2020-01-01 00:00", "2020-01-01 00:15", "2020-01-01 00:30"], "every 15 minutes", "2020-01-01 00:45"),
    (["2020-01-01 00:00", "2020-01-01 06:00", "2020-01-01 12:00"], "every 6 hours", "2020-01-01 18:00"),
    (["2020-01-01", "2020-01-11", "2020-01-21"], "every 10 days", "2020-01-31"),
    (["1990", "1995", "2000"], "every 5 years", "2005"),
  ])
  func gridsAreFoundAndContinued(_ times: [String], _ name: String, _ next: String) throws {
    let series = try series(times)
    #expect(series.grid.description == name)
    #expect(series.nextTimeTexts(1) == [next])
    #expect(series.gaps.count == 0)
  }

  @Test func gapsAreFilledAndReported() throws {
    let series = try series(["2020-01-01", "2020-01-02", "2020-01-04", "2020-01-05", "2020-01-09", "2020-01-10"])
    #expect(series.rowCount == 10)
    #expect(series["x"]?.map(\.isNaN) == [false, false, true, false, false, true, true, true, false, false])
    #expect(series.gaps.count == 2 && series.gaps.rowCount == 4)
    #expect(series.gaps.first?.row == 2 && series.gaps.longest?.rowCount == 3)
    #expect(series.timeText(row: 6) == "2020-01-07")
    #expect(series.sources.first?.rowCount == 6)
    #expect(
      series.notes == [
        "4 of 10 rows of the daily grid are not in the file and count as missing, in 2 gaps: the first at 2020-01-03, "
          + "the longest of 3 at 2020-01-06."
      ])
    let kept = try self.series(["2020-01-01", "2020-01-02", "2020-01-04"]) { $0.fillsGaps = false }
    #expect(kept.rowCount == 3 && kept.gaps.count == 0)
  }

  @Test func businessDaysSkipWeekends() throws {
    let grid = Grid(.businessDays)
    for start in 0..<5 {
      let first = Timestamp(year: 2020, month: 1, day: 6 + start)
      var day = first
      for count in 1...25 {
        repeat { day.secondsSince1970 += 86_400 } while day.dayOfWeek > 4
        #expect(grid.timestamp(count, after: first) == day)
        #expect(grid.timestamp(-count, after: day) == first)
        #expect(grid.steps(from: first, to: day) == count)
      }
    }
    #expect(
      grid.steps(from: Timestamp(year: 2020, month: 1, day: 6), to: Timestamp(year: 2020, month: 1, day: 11)) == nil)
  }

  @Test func frequencyGoesBeforeWhatIsFound() throws {
    let times = ["2020-01-06", "2020-01-08", "2020-01-10", "2020-01-14"]
    #expect(try series(times) { $0.frequency = "daily" }.rowCount == 9)
    #expect(try series(times) { $0.frequency = "business-day" }.rowCount == 7)
    #expect(try series(times) { $0.frequency = "rows" }.rowCount == 4)
    #expect(
      message { _ = try series(times) { $0.frequency = "weekly" } }
        == "a.csv:3:1: expected 2020-01-13 or a later time on the weekly grid, received \"2020-01-08\"; "
        + "mend the row, give another --frequency, or --time none to count rows")
  }

  @Test func unevenTimesAreCounted() throws {
    let series = try series(["2020-01-01 00:00", "2020-01-01 07:13", "2020-01-04 11:11", "2020-01-09 00:02"])
    #expect(series.grid == .rows)
    #expect(series.notes == ["The times are not evenly spaced, so rows are counted; --frequency sets a grid."])
    #expect(series.nextTimestamps(1) != nil)
  }

  @Test func stepsOfSeveralLengthsShareAShorterOne() throws {
    let series = try series((0..<12).map { "2020-01-01 0\($0 / 2):\($0 % 2 == 0 ? "00" : "20")" })
    #expect(series.grid.description == "every 20 minutes")
    #expect(series.rowCount == 17)
  }

  @Test func tradingHoursAreCounted() throws {
    let times = (6...10).flatMap { day in (10...13).map { "2020-01-\(day < 10 ? "0" : "")\(day) \($0):30" } }
    let series = try series(times)
    #expect(series.grid == .rows && series.rowCount == 20)
    #expect(series.notes[0].hasPrefix("More than half of the rows of an hourly grid would be missing"))
    #expect(try self.series(times) { $0.frequency = "hourly" }.rowCount == 100)
  }

  @Test func newestFirstIsTurnedAround() throws {
    let series = try series(["2020-01-05", "2020-01-04", "2020-01-02"])
    #expect(series["x"]?.first == 4)
    #expect(series.timeText(row: 0) == "2020-01-02")
    #expect(series.notes.first == "The rows run from the newest to the oldest and were turned around.")
  }

  @Test(arguments: [
    ("15min", "every 15 minutes", "30 minutes"), ("hourly", "hourly", "2 hours"), ("2h", "every 2 hours", "4 hours"),
    ("daily", "daily", "2 days"), ("weekly", "weekly", "2 weeks"), ("monthly", "monthly", "2 months"),
    ("quarterly", "quarterly", "2 quarters"), ("yearly", "yearly", "2 years"),
    ("6months", "every 6 months", "12 months"),
    ("business-day", "business-day", "2 business days"), ("rows", "row by row", "2 rows"),
    ("45 s", "every 45 seconds", "90 seconds"),
  ])
  func namesAreRead(_ name: String, _ description: String, _ twoSteps: String) throws {
    let grid = try Grid(named: name)
    #expect(grid.description == description)
    #expect(grid.text(steps: 2) == twoSteps)
  }

  @Test(arguments: ["", "0d", "often", "5", "-1h", "9999999999999999999s"])
  func otherNamesAreRefused(_ name: String) {
    #expect(throws: DataError.self) { try Grid(named: name) }
  }
}
