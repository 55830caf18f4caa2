import Foundation
import RecurrentData
import RecurrentModels
import Testing

@Suite struct ForecasterFutureTests {
  private let sample = CovariateSeries()

  private func fitted() throws -> (series: TimeSeries, forecaster: Forecaster) {
    let series = try sample.series()
    return (series, try Forecaster(fittedTo: series, configuration: quick(horizon: 5)))
  }

  @Test func readsTheRowsThatFollow() throws {
    let (series, forecaster) = try fitted()
    let forecast = try forecaster.forecast(after: series, future: sample.future(240..<245, of: series))
    #expect(forecast.times == ["2020-08-28", "2020-08-29", "2020-08-30", "2020-08-31", "2020-09-01"])
    // Rows before and after the ones needed do not matter.
    let longer = try forecaster.forecast(after: series, future: sample.future(200..<260, of: series))
    #expect(longer == forecast)
    var other = try sample.future(240..<245, of: series)
    other.columns[0].values[3] += 10
    let warmer = try forecaster.forecast(after: series, future: other)
    #expect(warmer.values[0][3] > forecast.values[0][3] + 1)
    // It is the forecast that a backtest makes from that row.
    let whole = try TimeSeries(
      bytes: Array(sample.text(0..<245).utf8), named: "sales.csv", options: CovariateSeries.options())
    let judged = try forecaster.backtest(onAllOf: whole[120..<245]).samples.windows.last
    for (value, other) in zip(forecast.values[0], try #require(judged).forecast) { #expect(abs(value - other) < 1e-4) }
  }

  @Test func refusalsSayWhichRowsAreExpected() throws {
    let (series, forecaster) = try fitted()
    func refusal(_ future: TimeSeries?) throws -> DataError {
      try #require(throws: DataError.self) { try forecaster.forecast(after: series, future: future) }
    }
    let span = "5 rows, 2020-08-28 to 2020-09-01"
    let none = try refusal(nil)
    #expect(none.expected == "the columns known for the rows to be forecast (temperature, campaign): \(span)")
    #expect(none.hint?.contains("--future") == true)
    let short = try refusal(sample.future(240..<243, of: series))
    #expect(short.expected == span)
    #expect(short.received == "3 rows, up to 2020-08-30")
    #expect([short.file, short.line.map { "\($0)" }] == ["future.csv", "4"])
    let late = try refusal(sample.future(241..<250, of: series))
    #expect(late.expected == span)
    #expect(late.received == "rows from 2020-08-29 to 2020-09-06")
    #expect(late.line == 2)
    var text = sample.text(240..<245, isFuture: true).split(separator: "\n").map(String.init)
    text[3] = "2020-08-30,,none"
    let hole = try refusal(CovariateSeries.future(text.joined(separator: "\n") + "\n", of: series))
    #expect(hole.expected == "a value of \"temperature\" at 2020-08-30")
    #expect(hole.line == 4)
    let counted = TimeSeries(columns: try sample.future(240..<245, of: series).columns)
    #expect(try refusal(counted).received == "rows without times")
    var renamed = try sample.future(240..<245, of: series)
    renamed.columns[0].name = "wind"
    #expect(try refusal(renamed).received == "the columns wind, campaign")
  }

  @Test func modelsWithoutKnownColumnsTakeNone() throws {
    let series = try SampleSeries().series()
    let forecaster = try Forecaster(fittedTo: series, configuration: quick())
    #expect(forecaster.knownNames.isEmpty)
    let error = try #require(throws: DataError.self) { try forecaster.forecast(after: series, future: series) }
    #expect(error.expected.hasPrefix("no rows to come"))
  }

  @Test func wrongColumnsAreRefused() throws {
    let series = try SampleSeries().series()
    let forecaster = try Forecaster(fittedTo: series, configuration: quick())
    var fewer = series
    fewer.columns.removeLast()
    let error = try #require(throws: DataError.self) { try forecaster.forecast(after: fewer) }
    #expect(error.expected == "the columns load, price, wind")
    #expect(error.received == "load, price")
    #expect(!forecaster.canContinue(fewer))
    let rows = try #require(throws: DataError.self) { try forecaster.forecast(after: series[0..<7]) }
    #expect(rows.expected.hasPrefix("at least 12 rows") && rows.received == "7")
    var timeless = series
    timeless.timestamps = nil
    #expect(throws: DataError.self) { try forecaster.forecast(after: timeless) }
  }

  @Test func categoriesThatTrainingDidNotSeeCountAsNone() throws {
    let (series, forecaster) = try fitted()
    let text = sample.text(240..<245, isFuture: true)
    let strange = try CovariateSeries.future(text.replacing("none", with: "cinema"), of: series)
    let whole = try forecaster.continued(series, by: strange)
    let count = text.split(separator: "\n").count { $0.hasSuffix("none") }
    let remarks = forecaster.remarks(on: whole, rows: 240..<245)
    #expect(count > 0 && remarks.count == 1)
    #expect(remarks.first?.hasPrefix("campaign is \"cinema\" in \(count) row") == true, "\(remarks)")
    #expect(forecaster.remarks(on: series, rows: 0..<240).isEmpty)
    // Any two strange names have the same code.
    let other = try CovariateSeries.future(text.replacing("none", with: "zoo"), of: series)
    let forecast = try forecaster.forecast(after: series, future: strange)
    #expect(try forecaster.forecast(after: series, future: other) == forecast)
    #expect(try forecaster.forecast(after: series, future: sample.future(240..<245, of: series)) != forecast)
  }

  @Test func foldersKeepKnownColumns() throws {
    let (series, forecaster) = try fitted()
    let scratch = try ScratchFolder()
    let folder = ModelFolder(scratch.path + "/model")
    try folder.write(
      forecaster.files(continuing: series) + [("config.json", ModelFolder.json(forecaster.record))], overwriting: false)
    let record = try folder.value(ForecasterRecord.self, from: "config.json")
    let copy = try Forecaster(from: folder, record: record)
    let tail = try folder.value(SeriesTail.self, from: "data.json").series(file: "data.json")
    #expect(tail.columns.map(\.categories?.count) == series.columns.map(\.categories?.count))
    let future = try sample.future(240..<245, of: series)
    let expected = try forecaster.forecast(after: series, future: future)
    #expect(try copy.forecast(after: tail, future: future) == expected)
  }
}
