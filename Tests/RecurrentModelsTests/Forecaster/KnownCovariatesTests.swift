import Foundation
import RecurrentData
import RecurrentModels
import Testing

private let ways: [(name: String, configuration: ForecasterConfiguration)] = [
  ("automatic", quick(horizon: 5)),
  ("no shortcut, levels", quick(horizon: 5) { ($0.allowsShortcut, $0.scaler) = (false, .standard) }),
  ("shapes, first differences", quick(horizon: 5) { ($0.scaler, $0.difference) = (.window, .first) }),
  ("log, quantile heads", quick(horizon: 5) { ($0.scaler, $0.hasQuantileHeads) = (.log, true) }),
  ("seasonal differences", quick(horizon: 5) { ($0.season, $0.difference) = (7, .seasonal) }),
]

/// A change of some columns in some rows: numbers grow, categories become others.
private func changed(_ series: TimeSeries, _ roles: Set<TimeSeries.Role>, rows: Range<Int>) -> TimeSeries {
  var other = series
  for index in other.columns.indices where roles.contains(other.columns[index].role) {
    let count = Double(other.columns[index].categories?.count ?? 0)
    for row in rows {
      let value = other.columns[index].values[row]
      other.columns[index].values[row] = count > 0 ? (value + 1).truncatingRemainder(dividingBy: count) : value + 7
    }
  }
  return other
}

@Suite struct KnownCovariatesTests {
  private func split(_ series: TimeSeries) throws -> SeriesSplit {
    try SeriesSplit(series, rule: .rows(train: series.rowCount - 40 - 8, validation: 40, test: 8))
  }

  @Test(arguments: ways.indices) func onlyKnownColumnsOfTheHorizonAreReadAhead(way: Int) throws {
    let series = try CovariateSeries().series()
    let forecaster = try Forecaster(fittedTo: series, split: split(series), configuration: ways[way].configuration)
    #expect(forecaster.knownNames == ["temperature", "campaign"])
    func windows(_ series: TimeSeries) throws -> [ForecastWindow] {
      try forecaster.backtest(on: series).samples.windows
    }
    let before = try windows(series)
    #expect(before.count == 4)
    let origin = before[1].origin
    func expectEqual(_ after: [ForecastWindow], _ numbers: ClosedRange<Int>, _ what: String) {
      for number in numbers {
        #expect(before[number].forecast == after[number].forecast, "\(ways[way].name), \(what), origin \(number)")
        #expect(before[number].lower == after[number].lower, "\(ways[way].name), \(what), origin \(number)")
      }
    }
    let unknown = try windows(changed(series, [.target, .input], rows: origin..<series.rowCount))
    expectEqual(unknown, 0...1, "target and past inputs")
    #expect(unknown[2].forecast != before[2].forecast)
    expectEqual(try windows(changed(series, [.known], rows: origin + 5..<series.rowCount)), 0...1, "beyond the horizon")
    let last = try windows(changed(series, [.known], rows: origin + 4..<origin + 5))
    expectEqual(last, 0...0, "beyond the horizon of the origin before")
    // Steps are read each by itself.
    #expect(Array(last[1].forecast[..<4]) == Array(before[1].forecast[..<4]), "\(ways[way].name)")
    #expect(last[1].forecast[4] != before[1].forecast[4], "\(ways[way].name)")
    let first = try windows(changed(series, [.known], rows: origin..<origin + 1))
    #expect(first[1].forecast[0] != before[1].forecast[0], "\(ways[way].name)")
    #expect(first[0].forecast[1] != before[0].forecast[1], "\(ways[way].name)")
  }

  @Test(arguments: [0, 3]) func fittingDoesNotReadTheTestPart(way: Int) throws {
    let series = try CovariateSeries().series()
    let split = try split(series)
    func fit(_ series: TimeSeries) throws -> (String, [UInt8]) {
      let forecaster = try Forecaster(fittedTo: series, split: split, configuration: ways[way].configuration)
      return (
        forecaster.weightsDigest, try ModelFolder.json(forecaster.encoders) + ModelFolder.json(forecaster.baselines)
      )
    }
    let first = try fit(series)
    let second = try fit(changed(series, [.target, .input, .known], rows: split.test.lowerBound..<series.rowCount))
    #expect(first == second)
    let third = try fit(changed(series, [.known], rows: split.test.lowerBound - 60..<series.rowCount))
    #expect(first.1 != third.1)
  }

  @Test func knownColumnsHelp() throws {
    let sample = CovariateSeries(rows: 400)
    func metrics(_ known: [String]) throws -> ForecastEvaluation {
      let series = try sample.series(known: known)
      let configuration = quick(horizon: 5) { ($0.window, $0.epochs, $0.hiddenSize) = (14, 12, 12) }
      return try Forecaster(fittedTo: series, configuration: configuration).backtest(on: series).evaluation
    }
    let without = try metrics([]), with = try metrics(["temperature", "campaign"])
    let (before, after) = (try #require(without.metrics.overall.mae), try #require(with.metrics.overall.mae))
    #expect(after < 0.35 * before, "\(after) beside \(before)")
    #expect(without[baseline: "linearKnown"] == nil)
    let linear = try #require(with[baseline: "linear"]?.overall.mae)
    let known = try #require(with[baseline: "linearKnown"]?.overall.mae)
    #expect(known < 0.4 * linear, "\(known) beside \(linear)")
  }

  @Test func columnsThatSayNothingDoNotHurtMuch() throws {
    var series = try CovariateSeries(rows: 400).series(known: ["campaign"])
    var random = GeneratedSeries(seed: 4)
    let index = try #require(series.columns.firstIndex { $0.name == "campaign" })
    for row in 0..<series.rowCount { series.columns[index].values[row] = (random.uniform() * 2.99).rounded(.down) }
    let evaluation = try Forecaster(fittedTo: series, configuration: quick(horizon: 5)).backtest(on: series).evaluation
    let linear = try #require(evaluation[baseline: "linear"]?.overall.mae)
    let known = try #require(evaluation[baseline: "linearKnown"]?.overall.mae)
    #expect(known < 1.05 * linear)
  }

  @Test func weightsDependOnTheSeedAlone() throws {
    let series = try CovariateSeries(gap: 60..<63).series()
    func digest(seed: UInt64) throws -> String {
      try Forecaster(fittedTo: series, configuration: quick(horizon: 5) { $0.seed = seed }).weightsDigest
    }
    let first = try digest(seed: 1)
    #expect(try digest(seed: 1) == first)
    #expect(try digest(seed: 2) != first)
  }
}
