import Foundation
import RecurrentData
import RecurrentKernels
import RecurrentModels
import RecurrentNN
import Testing

/// Forecasters with each decoder, from a series to its next values.
@Suite struct DecoderForecastTests {
  private static let ways: [(name: String, configuration: ForecasterConfiguration)] =
    [DecoderKind.recursive, .encoderDecoder].flatMap { decoder in
      [
        ("automatic", quick(horizon: 5) { $0.decoder = decoder }),
        (
          "lstm of two layers, no shortcut, levels",
          quick(horizon: 5) {
            ($0.cell, $0.layers, $0.allowsShortcut, $0.scaler) = ("lstm", 2, false, .standard)
            ($0.decoder, $0.segment) = (decoder, 2)
          }
        ),
        (
          "elman, shapes, differences, quantile heads",
          quick(horizon: 5) {
            ($0.cell, $0.scaler, $0.difference, $0.hasQuantileHeads) = ("elman", .window, .seasonal, true)
            ($0.decoder, $0.segment) = (decoder, 3)
          }
        ),
      ].map { ("\(decoder.name), \($0.0)", $0.1) }
    }

  private func gappy() throws -> TimeSeries {
    try SampleSeries(gaps: [(40..<44, 0), (90..<91, 1), (60..<75, 2), (205..<207, 0), (211..<212, 1)]).series()
  }

  @Test(arguments: ways.indices) func doesNotLookAhead(way: Int) throws {
    let series = try gappy()
    let split = try SeriesSplit(series, rule: .rows(train: series.rowCount - 38, validation: 30, test: 8))
    let (name, configuration) = Self.ways[way]
    let forecaster = try Forecaster(fittedTo: series, split: split, configuration: configuration)
    let windows = try forecaster.backtest(on: series).samples.windows
    let other = series.changed(from: windows[1].origin, keepsTimes: true)
    let changed = try forecaster.backtest(on: other).samples.windows
    for number in 0...1 {
      #expect(windows[number].forecast == changed[number].forecast, "\(name), origin \(number)")
      #expect(windows[number].lower == changed[number].lower, "\(name), origin \(number)")
    }
    for target in 0..<2 { #expect(windows[2].forecast[target] != changed[2].forecast[target], "\(name)") }
    // Fitting reads nothing of the test part either.
    let again = try Forecaster(fittedTo: other, split: split, configuration: configuration)
    #expect(again.weightsDigest == forecaster.weightsDigest, "\(name)")
  }

  /// The forecast after the last row is the one that a backtest makes there, with the calendar of rows that the series
  /// does not have.
  @Test(arguments: ways.indices) func nextValuesAreThoseOfABacktest(way: Int) throws {
    let whole = try SampleSeries().series()
    let part = whole[0..<215]
    let forecaster = try Forecaster(fittedTo: part, configuration: Self.ways[way].configuration)
    let next = try forecaster.forecast(after: part)
    let judged = try #require(try forecaster.backtest(onAllOf: whole).samples.windows.last { $0.origin == 215 })
    for target in 0..<2 {
      for step in 0..<5 {
        #expect(abs(next.values[target][step] - judged.forecast[step * 2 + target]) < 1e-3, "\(Self.ways[way].name)")
      }
    }
  }

  @Test(arguments: DecoderKind.all.map(\.name)) func weightsDoNotDependOnThreads(decoder: String) throws {
    let series = try gappy()
    let kind = try #require(DecoderKind(named: decoder))
    let configuration = quick(horizon: 7) {
      ($0.decoder, $0.segment, $0.hiddenSize, $0.batchSize, $0.epochs) = (kind, 3, 24, 64, 1)
    }
    func digest(_ threads: Int) throws -> String {
      try WorkerPool.using(threads: threads) {
        try Forecaster(fittedTo: series, configuration: configuration).weightsDigest
      }
    }
    let expected = try digest(1)
    for threads in [2, 3, 7] { #expect(try digest(threads) == expected, "\(threads) threads") }
  }

  /// An untrained network forecasts its base.
  @Test(arguments: DecoderKind.all.map(\.name)) func untrainedForecastsAreTheLastValue(decoder: String) throws {
    let series = try SampleSeries().series()
    let kind = try #require(DecoderKind(named: decoder))
    let configuration = quick(horizon: 5) { ($0.decoder, $0.epochs, $0.allowsShortcut) = (kind, 0, false) }
    let forecast = try Forecaster(fittedTo: series, configuration: configuration).forecast(after: series)
    for target in 0..<2 {
      let last = try #require(series.columns[target].values.last)
      #expect(forecast.values[target].allSatisfy { abs($0 - last) < 1e-6 }, "\(decoder)")
    }
  }

  /// Known columns, of which the second half of the horizon has no influence on the first.
  @Test(arguments: ["recursive", "encoder-decoder"]) func readsKnownColumns(decoder: String) throws {
    let sample = CovariateSeries()
    let series = try sample.series()
    let kind = try #require(DecoderKind(named: decoder))
    let configuration = quick(horizon: 5) { ($0.decoder, $0.segment) = (kind, 2) }
    let forecaster = try Forecaster(fittedTo: series, configuration: configuration)
    let future = try sample.future(240..<245, of: series)
    let forecast = try forecaster.forecast(after: series, future: future)
    var warmer = future
    warmer.columns[0].values[3] += 10
    let other = try forecaster.forecast(after: series, future: warmer)
    #expect(other.values[0][3] > forecast.values[0][3] + 1)
    #expect(Array(other.values[0][..<2]) == Array(forecast.values[0][..<2]))
  }

  /// A sine of 12 rows in noise, without help of a linear map: what is left is mostly noise.
  @Test(arguments: DecoderKind.all.map(\.name)) func learnsASine(decoder: String) throws {
    var random = GeneratedSeries(seed: 5)
    let series = TimeSeries(columns: [.init(name: "y", values: random.sine(400, period: 12, noise: 0.1))])
    let kind = try #require(DecoderKind(named: decoder))
    let configuration = quick(horizon: 9) {
      ($0.decoder, $0.segment, $0.window, $0.scaler, $0.allowsShortcut) = (kind, 2, 24, .standard, false)
      ($0.hiddenSize, $0.epochs) = (16, 30)
    }
    let judged = try Forecaster(fittedTo: series, configuration: configuration).backtest(on: series)
    let error = try #require(judged.evaluation.metrics.overall.mae)
    // The mean size of the noise is 0.08, that of the changes around 0.8.
    #expect(error < 0.16, "\(decoder): \(error)")
  }

  @Test(arguments: DecoderKind.all.map(\.name)) func forecastsSunspots(decoder: String) throws {
    let series = TimeSeries(columns: [.init(name: "Sunspots", values: try sunspots())])
    var configuration = ForecasterConfiguration(horizon: 24)
    configuration.decoder = try #require(DecoderKind(named: decoder))
    (configuration.window, configuration.segment, configuration.epochs) = (96, 6, 3)
    (configuration.allowsShortcut, configuration.scaler) = (false, .standard)
    let judged = try Forecaster(fittedTo: series, configuration: configuration).backtest(on: series, stride: 7)
    let naive = try #require(judged.evaluation.baselines.first { $0.key == "naive" }?.metrics.overall.mae)
    let error = try #require(judged.evaluation.metrics.overall.mae)
    #expect(error < 0.85 * naive, "\(decoder): \(error) beside \(naive)")
  }
}
