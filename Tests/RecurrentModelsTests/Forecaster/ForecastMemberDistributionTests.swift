import Foundation
import RecurrentData
import RecurrentModels
import RecurrentTensor
import Testing

/// Counts with a season of 12 rows, in which they rise to twenty times what they are at its lowest.
func countSeries(rows: Int = 480) -> TimeSeries {
  let random = RandomSource(seed: 11)
  let values = (0..<rows).map { row in
    let mean = exp(2.2 + 1.5 * sin(2 * .pi * Double(row) / 12))
    return NegativeBinomialDistribution().quantile(Double(random.uniform(at: row)) + 1e-9, of: [mean, 0.05])
  }
  return TimeSeries(columns: [.init(name: "visits", values: values)])
}

@Suite struct ForecastMemberDistributionTests {
  private func configuration(
    _ distribution: String?, _ change: (inout ForecasterConfiguration) -> Void = { _ in }
  ) -> ForecasterConfiguration {
    quick(horizon: 12) {
      ($0.distribution, $0.epochs, $0.hiddenSize, $0.season) = (distribution, 12, 16, 12)
      change(&$0)
    }
  }

  /// The widths of the intervals of the next 12 steps.
  private func widths(_ forecast: Forecast) -> [Double] { zip(forecast.upper[0][0], forecast.lower[0][0]).map(-) }

  /// Where values scatter depends on the season: a distribution follows it, also after calibration.
  @Test(arguments: ["gaussian", "student-t"]) func intervalsFollowTheScatter(distribution: String) throws {
    var random = GeneratedSeries(seed: 7)
    let values = (0..<600).map { 10 + ($0 % 12 < 6 ? 0.2 : 3) * random.normal() }
    let series = TimeSeries(columns: [
      .init(name: "y", values: values), .init(name: "phase", role: .input, values: (0..<600).map { Double($0 % 12) }),
    ])
    let forecaster = try Forecaster(
      fittedTo: series,
      configuration: configuration(distribution) {
        ($0.scaler, $0.allowsShortcut, $0.epochs, $0.patience) = (.standard, false, 100, 100)
      })
    let widths = widths(try forecaster.forecast(after: series))
    let (calm, wild) = (widths[..<6].reduce(0, +), widths[6...].reduce(0, +))
    // Without a distribution every step has about the same width: calibration knows no seasons.
    #expect(wild > 1.5 * calm, "\(widths)")
    let coverage = try #require(forecaster.backtest(on: series).evaluation.metrics.overall.coverage)
    #expect(abs(coverage - 0.8) < 0.12)
  }

  @Test func countsHaveIntervalsOfTheirSize() throws {
    let series = countSeries()
    let forecaster = try Forecaster(fittedTo: series, configuration: configuration("negative-binomial"))
    let forecast = try forecaster.forecast(after: series)
    let widths = widths(forecast)
    // The sine rises in the first half of a season.
    #expect(widths[1...4].reduce(0, +) > 3 * widths[7...10].reduce(0, +), "\(widths)")
    #expect(forecast.lower[0][0].allSatisfy { $0 >= 0 })
    #expect(forecast.values[0].allSatisfy { $0 >= 0 && 2 * $0 == (2 * $0).rounded() }, "\(forecast.values)")
    let scores = try forecaster.backtest(on: series).evaluation.metrics.overall
    #expect(abs(try #require(scores.coverage) - 0.8) < 0.12)
    let plain = try Forecaster(fittedTo: series, configuration: configuration(nil)).backtest(on: series)
    #expect(try #require(scores.intervalScore) < #require(plain.evaluation.metrics.overall.intervalScore))
    // The levels of intervals are quantiles of one distribution.
    let several = try Forecaster(
      fittedTo: series, configuration: configuration("negative-binomial") { $0.levels = [0.5, 0.9] })
    #expect(several.weightsDigest == forecaster.weightsDigest)
    let bounds = try several.forecast(after: series)
    for step in 0..<12 {
      let own = [
        bounds.lower[1][0][step], bounds.lower[0][0][step], bounds.values[0][step], bounds.upper[0][0][step],
        bounds.upper[1][0][step],
      ]
      #expect(own == own.sorted() && own[4] > own[0])
    }
  }

  /// The base of values as they are is far larger than its errors: single precision knows it to 64.
  @Test func largeValuesKeepTheirDigits() throws {
    var random = GeneratedSeries(seed: 5)
    let values = (0..<300).map { 1e9 + 10 * sin(2 * .pi * Double($0) / 12) + random.normal() }
    let series = TimeSeries(columns: [.init(name: "y", values: values)])
    let forecaster = try Forecaster(
      fittedTo: series, configuration: configuration("gaussian") { $0.scaler = Scaler.Kind.none })
    let next = try forecaster.forecast(after: series).values[0]
    #expect(Set(next.map { $0.truncatingRemainder(dividingBy: 64) }).count > 6, "\(next)")
    #expect(next.allSatisfy { abs($0 - 1e9) < 30 }, "\(next)")
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let series = countSeries(rows: 200)
    func refused(_ series: TimeSeries, _ configuration: ForecasterConfiguration) throws -> DataError {
      try #require(throws: DataError.self) { try Forecaster(fittedTo: series, configuration: configuration) }
    }
    var half = series
    half.columns[0].values[37] = 2.5
    let error = try refused(half, configuration("negative-binomial"))
    #expect(error.received.contains("2.5 in row 38") && error.expected.contains("\"visits\""), "\(error)")
    var negative = series
    negative.columns[0].values[0] = -3
    #expect(try refused(negative, configuration("negative-binomial")).received.contains("-3.0 in row 1"))
    // What is not learned from need not be counts, and missing values are none.
    half.columns[0].values[37] = .nan
    half.columns[0].values[199] = 0.5
    _ = try ForecastOutline(of: half, split: nil, configuration("negative-binomial"))
    _ = try refused(series, configuration("negative-binomial") { $0.difference = .first })
    _ = try refused(series, configuration("negative-binomial") { $0.scaler = .log })
    _ = try refused(series, configuration("negative-binomial") { $0.scaler = .boxCox })
    _ = try refused(series, configuration("negative-binomial") { $0.augmentations = ["jitter"] })
    _ = try refused(series, configuration("gaussian") { $0.hasQuantileHeads = true })
    #expect(try refused(series, configuration("poisson")).expected.contains("negative-binomial"))
  }
}
