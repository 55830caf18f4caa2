import Foundation
import RecurrentData
import Testing

@Suite struct TimeFormatTests {
  /// Columns of times as files write them: the format found, the grid and the first time after the end.
  @Test(arguments: [
    (["2016-07-01 00:00:00", "2016-07-01 01:00:00"], "yyyy-MM-dd HH:mm:ss", "2016-07-01 02:00:00"),
    (["1/1/2010 0:00", "1/1/2010 1:00"], "M/d/yyyy H:mm", "1/1/2010 2:00"),
    (["12/30/2010 23:00", "12/31/2010 0:00"], "MM/dd/yyyy H:mm", "12/31/2010 1:00"),
    (["28.02.2020", "29.02.2020"], "dd.MM.yyyy", "01.03.2020"),
    (["2020/2/28", "2020/2/29"], "yyyy/M/dd", "2020/3/01"),
    (["20200228", "20200229"], "yyyyMMdd", "20200301"),
    (["2020-02-28T23:00:00Z", "2020-02-29T00:00:00Z"], "yyyy-MM-ddTHH:mm:ssXXX", "2020-02-29T01:00:00Z"),
    (
      ["2020-02-28T23:00:00.000+02:00", "2020-02-29T00:00:00.000+02:00"], "yyyy-MM-ddTHH:mm:ss.SSSXXX",
      "2020-02-29T01:00:00.000+02:00"
    ),
    (
      ["2020-02-28 23:00:00+00:00", "2020-02-29 00:00:00+00:00"], "yyyy-MM-dd HH:mm:ssxxx", "2020-02-29 01:00:00+00:00"
    ),
    (["2020-02-28 11:30 PM", "2020-02-29 12:00 AM"], "yyyy-MM-dd hh:mm a", "2020-02-29 12:30 AM"),
    (["Nov-49", "Dec-49"], "MMM-yy", "Jan-50"),
    (["30-Dec-1999", "31-Dec-1999"], "dd-MMM-yyyy", "01-Jan-2000"),
    (["November 30, 2020", "December 1, 2020"], "MMMM d, yyyy", "December 2, 2020"),
    (["2019Q3", "2019Q4"], "yyyy'Q'Q", "2020Q1"),
    (["2019-Q3", "2019-Q4"], "yyyy-'Q'Q", "2020-Q1"),
    (["Q3 2019", "Q4 2019"], "'Q'Q yyyy", "Q1 2020"),
    (["1749-11", "1749-12"], "yyyy-MM", "1750-01"),
    (["1-11", "1-12"], "y-MM", "2-01"),
    (["11/2019", "12/2019"], "MM/yyyy", "01/2020"),
    (["1998", "1999", "2000"], "yyyy", "2001"),
    (["1467331200", "1467334800", "1467338400"], "unix", "1467342000"),
    (["1467331200000", "1467334800000"], "unixms", "1467338400000"),
    (["2020-01-01 00", "2020-01-01 01"], "yyyy-MM-dd HH", "2020-01-01 02"),
    (["20200101T000000", "20200101T010000"], "yyyyMMddTHHmmss", "20200101T020000"),
  ])
  func formatsAreFoundAndContinued(_ times: [String], _ pattern: String, _ next: String) throws {
    let rows = times.enumerated().map { "\"\($0.element)\",\($0.offset * 7 % 5)" }
    let series = try read("time,x\n" + rows.joined(separator: "\n"))
    #expect(series.timeFormat?.pattern == pattern)
    #expect(series.timeColumn == "time")
    #expect(times.indices.map { series.timeText(row: $0) } == times)
    #expect(series.nextTimeTexts(1) == [next])
    let format = try JSONDecoder().decode(TimeFormat.self, from: JSONEncoder().encode(series.timeFormat!))
    #expect(format == series.timeFormat)
  }

  @Test(arguments: [
    ("yyyy-MM-dd", "2020-2-3", "2020-02-03"), ("d/M/yy", "03/12/68", "3/12/68"), ("d/M/yy", "3/12/69", "3/12/69"),
    ("yyyy''MM", "2020'07", "2020'07"), ("yyyy 'week of' d MMM", "2020 week of 4 JUL", "2020 week of 4 Jul"),
    ("yyyy-MM-dd HH:mm:ssxx", "2020-01-02 03:04:05+0000", "2020-01-02 03:04:05+0000"),
  ])
  func patternsReadAndWrite(_ pattern: String, _ text: String, _ written: String) throws {
    let format = try TimeFormat(pattern)
    let time = try #require(format.timestamp(from: text))
    #expect(format.text(for: time) == written)
  }

  @Test(arguments: [
    ("yyyy-MM-dd", "2020-02-30"), ("yyyy-MM-dd", "2021-02-29"), ("yyyy-MM-dd", "2020-13-01"),
    ("yyyy-MM-dd", "2020-00-01"),
    ("yyyy-MM-dd", "20-01-01"), ("yyyy-MM-dd", "2020-01-01 "), ("yyyy-MM-dd HH:mm", "2020-01-01 24:00"),
    ("yyyy-MM-dd HH:mm", "2020-01-01 10:60"), ("yyyy-MM-dd h:mm a", "2020-01-01 13:00 PM"), ("yyyy'Q'Q", "2020Q5"),
    ("yyyy-MM-dd HH:mm:ss.SSS", "2020-01-01 10:00:00.500"), ("unix", "99999999999999"), ("unixms", "1467331200001"),
    ("yyyyMMdd", "2020101"), ("yyyy MMM", "2020 Foo"),
  ])
  func otherTextIsRefused(_ pattern: String, _ text: String) throws {
    #expect(try TimeFormat(pattern).timestamp(from: text) == nil)
  }

  @Test(arguments: [
    ("MM-dd", "with no year"), ("yyyy-dd", "with a day without a month"), ("yyyy-MM-dd hh", "with only one of h and a"),
    ("yyyy'T", "with a quote that is not closed"), ("yyy", "with \"yyy\""),
  ])
  func patternsThatTellNoTimeAreRefused(_ pattern: String, _ reason: String) {
    #expect(message { _ = try TimeFormat(pattern) }.contains(reason))
  }

  @Test func changingZonesAreBroughtToOneClock() throws {
    let series = try read("t,x\n2020-03-29T00:00+01:00,1\n2020-03-29T01:00+01:00,2\n2020-03-29T03:00+02:00,3\n")
    #expect(series.grid.description == "hourly")
    #expect(series.timeText(row: 0) == "2020-03-28T23:00Z")
    #expect(series.notes == ["Times stand in different zones and were brought to UTC."])
    let steady = try read("t,x\n2020-03-29T00:00-03:30,1\n2020-03-29T01:00-03:30,2\n")
    #expect(steady.timestamps?[0] == Timestamp(year: 2020, month: 3, day: 29))
  }
}
