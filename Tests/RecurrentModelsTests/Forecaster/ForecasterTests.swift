import Foundation
import RecurrentData
import RecurrentKernels
import RecurrentModels
import Testing

/// Ways to build a forecaster that differ in what reads the series.
private let ways: [(name: String, configuration: ForecasterConfiguration)] = [
  ("automatic", quick()),
  ("standard, no shortcut", quick { ($0.scaler, $0.allowsShortcut) = (.standard, false) }),
  ("min-max, filled forward", quick { ($0.scaler, $0.missing) = (.minMax, .forward) }),
  ("log, filled linearly", quick { ($0.scaler, $0.missing) = (.log, .linear) }),
  ("window, first differences", quick { ($0.scaler, $0.difference) = (.window, .first) }),
  (
    "none, seasonal differences",
    quick { ($0.scaler, $0.difference, $0.missing) = (.some(.none), .seasonal, .seasonal) }
  ),
  ("both differences, mean", quick { ($0.difference, $0.missing) = (.both, .mean) }),
  ("quantile heads, zero", quick { ($0.hasQuantileHeads, $0.missing, $0.levels) = (true, .zero, [0.5, 0.9]) }),
  ("window chosen", quick { $0.window = nil }),
  ("box-cox", quick { $0.scaler = .boxCox }),
  ("robust, seasonal differences", quick { ($0.scaler, $0.difference) = (.robust, .seasonal) }),
  ("gaussian, first differences", quick { ($0.distribution, $0.difference) = ("gaussian", .first) }),
  ("student-t, log", quick { ($0.distribution, $0.scaler, $0.levels) = ("student-t", .log, [0.5, 0.9]) }),
]

private func gappy() throws -> TimeSeries {
  try SampleSeries(gaps: [(40..<44, 0), (90..<91, 1), (60..<75, 2), (205..<207, 0), (211..<212, 1)]).series()
}

/// Parts that leave `origins` origins to the test.
private func split(_ series: TimeSeries, horizon: Int, origins: Int) throws -> SeriesSplit {
  let test = horizon + origins - 1
  return try SeriesSplit(
    series, rule: .rows(train: series.rowCount - 30 - test, validation: 30, test: test))
}

@Suite struct ForecasterTests {
  @Test(arguments: ways.indices) func doesNotLookAhead(way: Int) throws {
    let series = try gappy()
    let split = try split(series, horizon: 3, origins: 4)
    let forecaster = try Forecaster(fittedTo: series, split: split, configuration: ways[way].configuration)
    let windows = try forecaster.backtest(on: series).samples.windows
    #expect(windows.map(\.origin) == Array(split.test.lowerBound..<split.test.lowerBound + 4))
    let changed = try forecaster.backtest(on: series.changed(from: windows[1].origin)).samples.windows
    for number in 0...1 {
      #expect(windows[number].forecast == changed[number].forecast, "\(ways[way].name), origin \(number)")
      #expect(windows[number].lower == changed[number].lower, "\(ways[way].name), origin \(number)")
      #expect(windows[number].upper == changed[number].upper, "\(ways[way].name), origin \(number)")
    }
    // From the next origin on the first changed row is the last known one.
    for target in 0..<2 { #expect(windows[2].forecast[target] != changed[2].forecast[target], "\(ways[way].name)") }
  }

  @Test(arguments: ways.indices) func followsTheLastKnownValue(way: Int) throws {
    let series = try gappy()
    let forecaster = try Forecaster(fittedTo: series, configuration: ways[way].configuration)
    let before = try forecaster.forecast(after: series)
    let after = try forecaster.forecast(after: series.changed(from: series.rowCount - 1))
    for (old, new) in zip(before.values, after.values) {
      #expect(zip(old, new).allSatisfy { $0 != $1 }, "\(ways[way].name)")
    }
    #expect(before.values.joined().allSatisfy { $0 > 0 && $0 < 60 }, "\(ways[way].name): \(before.values)")
  }

  @Test(arguments: [0, 6, 7, 8, 9]) func fittingDoesNotReadTheTestPart(way: Int) throws {
    let series = try gappy()
    let split = try split(series, horizon: 3, origins: 30)
    func fit(_ series: TimeSeries) throws -> (Forecaster, [UInt8]) {
      let forecaster = try Forecaster(fittedTo: series, split: split, configuration: ways[way].configuration)
      return (forecaster, try ModelFolder.json(forecaster.encoders) + ModelFolder.json(forecaster.baselines))
    }
    let (first, firstParts) = try fit(series)
    let (second, secondParts) = try fit(series.changed(from: split.test.lowerBound))
    #expect(first.weightsDigest == second.weightsDigest)
    #expect(first.season == second.season)
    #expect(first.window == second.window)
    #expect(firstParts == secondParts)
    // The rows before it are read. (An untrained network may remain the best.)
    let (third, _) = try fit(series.changed(from: split.test.lowerBound - 60))
    #expect(try first.forecast(after: series) != third.forecast(after: series))
  }

  @Test func weightsDependOnTheSeedAlone() throws {
    let series = try gappy()
    func digest(_ change: (inout ForecasterConfiguration) -> Void = { _ in }) throws -> String {
      let configuration = quick {
        ($0.hiddenSize, $0.batchSize, $0.epochs) = (24, 64, 1)
        change(&$0)
      }
      return try Forecaster(fittedTo: series, configuration: configuration).weightsDigest
    }
    let expected = try WorkerPool.using(threads: 1) { try digest() }
    #expect(expected.count == 64)
    for threads in [1, 2, 3, 7] {
      #expect(try WorkerPool.using(threads: threads) { try digest() } == expected, "\(threads) threads")
    }
    let sets = InstructionSet.fused
    let fused =
      try sets.contains(.current) ? expected : sets.first.map { try InstructionSet.using($0) { try digest() } }
    for set in sets { #expect(try InstructionSet.using(set) { try digest() } == fused, "\(set)") }
    #expect(try digest { $0.seed = 2 } != expected)
    #expect(try digest { $0.epochs = 0 } != expected)
  }

  @Test func nextRowsContinueTheGrid() throws {
    let series = try SampleSeries().series()
    let forecast = try Forecaster(fittedTo: series, configuration: quick()).forecast(after: series)
    #expect(forecast.times == ["2008-05-01", "2008-06-01", "2008-07-01"])
    #expect(forecast.targets == ["load", "price"])
    #expect(forecast.values.map(\.count) == [3, 3])
    let counted = try SampleSeries(hasTimes: false).series()
    let next = try Forecaster(fittedTo: counted, configuration: quick()).forecast(after: counted)
    #expect(next.times == ["221", "222", "223"])
  }

  @Test func cancellationEndsTraining() throws {
    let series = try SampleSeries().series()
    var steps = 0
    let configuration = quick { $0.epochs = 1_000 }
    _ = try Forecaster(
      fittedTo: series, configuration: configuration, isCancelled: { true },
      onEvent: { if case .training(_, _, _, .step) = $0 { steps += 1 } })
    #expect(steps == 3)
  }
}
