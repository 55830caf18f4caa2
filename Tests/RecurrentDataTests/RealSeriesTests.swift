import Foundation
import RecurrentData
import Testing

/// Reads the public series that lie beside the checkout; skipped where they are absent.
private let folder: String = {
  if let given = ProcessInfo.processInfo.environment["RECURRENT_DATA"] { return given + "/series/" }
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return root.appending(path: "../shared/data/series/").standardizedFileURL.path() + "/"
}()
private let isThere = FileManager.default.fileExists(atPath: folder + "sp500.csv")

@Suite("Real series", .enabled(if: isThere, "the folder named by RECURRENT_DATA is absent"))
struct RealSeriesTests {
  struct Expectation: CustomTestStringConvertible, Sendable {
    var file: String
    var rows: Int
    var columns: Int
    var grid: String
    var format: String?
    var first: String
    var next: String
    var missingRows = 0
    var testDescription: String { file }
  }

  static let files: [Expectation] = [
    Expectation(
      file: "ETTh1.csv", rows: 17_420, columns: 7, grid: "hourly", format: "yyyy-MM-dd HH:mm:ss",
      first: "2016-07-01 00:00:00", next: "2018-06-26 20:00:00"),
    Expectation(
      file: "WTH.csv.gz", rows: 35_064, columns: 12, grid: "hourly", format: "M/d/yyyy H:mm", first: "1/1/2010 0:00",
      next: "1/1/2014 0:00"),
    Expectation(
      file: "exchange_rate.txt.gz", rows: 7588, columns: 8, grid: "row by row", format: nil, first: "1", next: "7589"),
    Expectation(
      file: "airline-passengers.csv", rows: 144, columns: 1, grid: "monthly", format: "yyyy-MM", first: "1949-01",
      next: "1961-01"),
    Expectation(
      file: "monthly-sunspots.csv", rows: 2820, columns: 1, grid: "monthly", format: "yyyy-MM", first: "1749-01",
      next: "1984-01"),
    Expectation(
      file: "monthly-car-sales.csv", rows: 108, columns: 1, grid: "monthly", format: "yyyy-MM", first: "1960-01",
      next: "1969-01"),
    Expectation(
      file: "monthly-shampoo-sales.csv", rows: 36, columns: 1, grid: "monthly", format: "y-MM", first: "1-01",
      next: "4-01"),
    Expectation(
      file: "daily-min-temperatures.csv", rows: 3652, columns: 1, grid: "daily", format: "yyyy-MM-dd",
      first: "1981-01-01", next: "1991-01-01", missingRows: 2),
    Expectation(
      file: "daily-total-female-births.csv", rows: 365, columns: 1, grid: "daily", format: "yyyy-MM-dd",
      first: "1959-01-01", next: "1960-01-01"),
    Expectation(
      file: "sp500.csv", rows: 4870, columns: 5, grid: "business-day", format: "dd-MM-yy", first: "03-01-00",
      next: "03-09-18", missingRows: 173),
    Expectation(
      file: "bike-sharing/day.csv", rows: 731, columns: 14, grid: "daily", format: "yyyy-MM-dd", first: "2011-01-01",
      next: "2013-01-01"),
  ]

  @Test(arguments: files)
  func isUnderstood(_ expectation: Expectation) throws {
    let series = try TimeSeries(contentsOf: folder + expectation.file)
    #expect(series.rowCount == expectation.rows)
    #expect(series.columns.count == expectation.columns, "\(series.columns.map(\.name)) \(series.leftOutColumns)")
    #expect(series.grid.description == expectation.grid)
    #expect(series.timeFormat?.pattern == expectation.format)
    #expect(series.timeText(row: 0) == expectation.first)
    #expect(series.nextTimeTexts(1) == [expectation.next])
    #expect(series.gaps.rowCount == expectation.missingRows, "\(series.notes)")
  }

  @Test func valuesAreThoseOfTheFile() throws {
    let series = try TimeSeries(contentsOf: folder + "ETTh1.csv", target: "OT")
    #expect(series["OT"]?.first == 30.5310001373291)
    #expect(series["OT"]?.last == 9.56700038909912)
    #expect(series["HUFL"]?.last == 10.11400032043457)
    #expect(series.targetIndices == [6])
    #expect(series.columns.map(\.missingCount) == Array(repeating: 0, count: 7))
    #expect(series.digest.count == 64)
  }

  @Test func largeFileIsReadAtOnce() throws {
    let clock = ContinuousClock()
    let best = try (0..<3).map { _ in
      try clock.measure { _ = try TimeSeries(contentsOf: folder + "ETTh1.csv") }
    }.min()!
    #expect(best < .milliseconds(300))
  }

  @Test func wideFileOfRaggedSeriesIsRead() throws {
    let series = try TimeSeries(contentsOf: folder + "m4/Hourly-train.csv.gz")
    #expect(series.rowCount == 414)
    #expect(series.columns[0].name == "V2")
  }

  @Test func daysAndHoursMakeOneTime() throws {
    let series = try TimeSeries(contentsOf: folder + "bike-sharing/hour.csv.gz")
    #expect(series.grid.description == "hourly")
    #expect(series.rowCount == 17_544 && series.gaps.rowCount == 165)
    #expect(series.timeText(row: 0) == "2011-01-01 00")
    #expect(series.nextTimeTexts(1) == ["2013-01-01 00"])
  }
}
