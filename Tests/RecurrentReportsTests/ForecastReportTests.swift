import RecurrentData
import RecurrentModels
import RecurrentReports
import RecurrentTensor
import Testing

/// Runs a backtest of the last value, a little improved, on waves with noise, and makes the report of it.
private func report(
  names: [String] = ["load"], rows: Int = 240, horizon: Int = 6, season: Int? = 12, hasTimes: Bool = true,
  testRows: Int = 60, absent: Range<Int> = 0..<0
) throws -> (content: ForecastReportContent, html: String) {
  let columns = names.enumerated().map { target, name in
    let values = (0..<rows).map { row -> Double in
      if row % 41 == 7 { return .nan }
      let place = Double((row + target) % 12)
      return 20 + 3 * abs(place - 6) + Double((row * 7919 + target * 31) % 97) / 40
    }
    return TimeSeries.Column(name: name, values: values)
  }
  let times = (0..<rows).map { Timestamp(year: 2000 + $0 / 12, month: $0 % 12 + 1) }
  let format = try TimeFormat("yyyy-MM")
  var series = TimeSeries(
    columns: columns, timestamps: hasTimes ? times : nil, grid: hasTimes ? Grid(.months(1)) : .rows,
    timeFormat: hasTimes ? format : nil)
  if !absent.isEmpty {
    let lines = (0..<rows).filter { !absent.contains($0) }.map { row in
      ([format.text(for: times[row])] + columns.map { "\($0.values[row])" }).joined(separator: ",")
    }
    let text = (["month," + names.joined(separator: ",")] + lines).joined(separator: "\n")
    series = try TimeSeries(bytes: Array(text.utf8), named: "load.csv")
  }
  let parts = (rows * 6 / 10, rows - testRows)
  let problem = ForecastProblem(
    targetNames: names, values: series.columns.map(\.values), training: 0..<parts.0, validation: parts.0..<parts.1,
    test: parts.1..<rows, horizon: horizon, window: 24, season: season)
  func forecast(_ origin: Int) -> [Double] {
    let history = problem.history(before: origin)
    return (0..<horizon).flatMap { step in
      names.indices.map { target in
        let row = origin + step - 12 * (step / 12 + 1)
        let value = history[target, row: row]
        return value.isNaN ? history.lastKnown(target: target) ?? 0 : value
      }
    }
  }
  let result = try ForecastBacktest(of: problem).run { origins in
    let point = origins.flatMap(forecast)
    return ForecastBatch(point: point, lower: point.map { $0 - 1 }, upper: point.map { $0 + 1 })
  }
  let point = forecast(rows)
  var content = ForecastReportContent(
    series: series, problem: problem, evaluation: result.evaluation, samples: result.samples,
    next: .init(
      point: point,
      intervals: [
        .init(level: 0.95, lower: point.map { $0 - 2 }, upper: point.map { $0 + 2 }),
        .init(level: 0.8, lower: point.map { $0 - 1 }, upper: point.map { $0 + 1 }),
      ]), command: "recurrent train forecast 'a b.csv' --horizon \(horizon)")
  content.epochs = [
    .init(number: 1, trainingLoss: 1, validationLoss: 1.5), .init(number: 2, trainingLoss: 0.5, validationLoss: nil),
    .init(number: 3, trainingLoss: 0.4, validationLoss: 0.75),
  ]
  content.bestEpoch = 3
  content.seasonExplanation = season.map { "a season of \($0) rows" }
  content.warnings = ["mind the <gap>"]
  content.model = [.init("cell", "gru")]
  content.configuration = [.init("hidden", "64")]
  return (content, ForecastReport(content).html)
}

/// The text of a page without its tags, every kind of space made plain.
private func words(of html: String) -> String {
  let parts = html.split(separator: "<").map { $0.drop { $0 != ">" }.dropFirst() }
  return parts.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

@Suite struct ForecastReportTests {
  @Test func everythingTheReportPromisesIsThere() throws {
    let (content, html) = try report()
    let text = words(of: html)
    #expect(nestingProblem(in: html) == nil)
    for part in [
      "load, 6 months ahead", "240 rows from 2000-01 to 2019-12", "mind the &lt;gap&gt;", "The next values",
      "What comes after 2019-12", "2020-01", "2020-06", "80 % from", "95 % to", "Best", "Median", "Worst",
      "Forecast against truth", "Correlation", "Scores on the test part", "last value", "last cycle", "average trend",
      "Error by step of the horizon", "Coverage by step of the horizon", "kept: epoch 3", "with a loss of 0.7500",
      "The whole series and its parts", "training", "validation", "6 missing", "A season of 12 rows.",
      "recurrent train forecast &#39;a b.csv&#39; --horizon 6", "hidden", "64",
    ] {
      let isThere = text.contains(part)
      #expect(isThere, "\(part)")
    }
    let (word, rest) = ForecastReport.headline(content.evaluation.verdict.sentence)
    #expect(text.contains(word) && text.contains(Markup.escaped(rest)))
    #expect(!html.contains("nan") && !html.contains("inf\""))
  }

  @Test func numbersOfTheReportAreThoseOfTheContent() throws {
    let (content, html) = try report()
    let text = words(of: html)
    let point = try #require(content.next).point
    let decimals = NumberText.decimals(for: point)
    let value = point[2]
    let numbers = [value, value - 1, value + 1, value - 2, value + 2].map { NumberText.fixed($0, decimals) }
    #expect(text.contains((["2020-03"] + numbers).joined(separator: " ")))
    let mae = try #require(content.evaluation.metrics.overall.mae)
    #expect(text.contains("Mean absolute error \(NumberText.significant(mae, 3))"))
    let worst = try #require(content.samples.worst)
    let first = content.series.timeText(row: worst.origin)
    #expect(text.contains("load from \(first) to \(content.series.timeText(row: worst.origin + 5))"))
  }

  @Test func everyPictureHasATextAlternative() throws {
    let html = try report().html
    for figure in html.split(separator: "<figure ").dropFirst() {
      let figure = figure.split(separator: "</figure>")[0]
      #expect(figure.contains("<figcaption>"))
      #expect(figure.contains("<desc>") && !figure.contains("<desc></desc>"))
      #expect(figure.contains("<table>") || figure.contains("What comes after"))
    }
  }

  @Test func severalTargetsWithHostileNames() throws {
    let names = ["a<script>alert(1)</script>", "b\"&'", "c"] + (0..<9).map { "d\($0)" }
    let (_, html) = try report(names: names)
    #expect(nestingProblem(in: html) == nil)
    #expect(!html.contains("<script"))
    #expect(html.contains("12 columns, 6 months ahead"))
    #expect(html.contains("Scaled mean absolute error"))
    #expect(html.contains("Pictures show the first 8 of 12 targets"))
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func seriesWithoutTimesSeasonOrTest() throws {
    let bare = try report(horizon: 1, season: nil, hasTimes: false).html
    #expect(nestingProblem(in: bare) == nil)
    #expect(bare.contains("load, 1 row ahead") && bare.contains("No season."))
    #expect(!bare.contains("Error by step"))
    let untested = try report(testRows: 0)
    #expect(untested.content.samples.best == nil)
    #expect(nestingProblem(in: untested.html) == nil)
    #expect(!untested.html.contains("beside what happened"))
  }

  @Test func largeSeriesGiveSmallFiles() throws {
    let html = try report(names: (0..<8).map { "column\($0)" }, rows: 6000, horizon: 24, testRows: 400).html
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func onlyACycleThatExplainsSomethingIsDrawn() throws {
    #expect(try report(season: 12).html.contains("The median of load at each place of the cycle of 12 months"))
    #expect(try !report(season: 7).html.contains("at each place of the cycle"))
  }

  @Test func gapsAreTold() throws {
    let (content, html) = try report(absent: 30..<35)
    #expect(content.series.gaps.rowCount == 5)
    #expect(nestingProblem(in: html) == nil)
    #expect(html.contains("The dashed line marks the longest gap, of 5 months."))
    #expect(content.series.notes.allSatisfy { html.contains(Markup.escaped($0)) })
    #expect(!html.contains("No rows are missing"))
    #expect(html.contains("load.csv · monthly · 240 rows from 2000-01 to 2019-12"))
  }

  @Test func headlinesAreCutAtTheColon() {
    #expect(ForecastReport.headline("Not better: mean error 3.") == ("Not better", "Mean error 3."))
    #expect(ForecastReport.headline("No colon here.") == ("", "No colon here."))
  }
}
