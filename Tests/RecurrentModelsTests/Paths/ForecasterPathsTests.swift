import Foundation
import RecurrentData
import RecurrentModels
import Testing

@Suite struct ForecasterPathsTests {
  private func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  /// The share of values at or below a bound.
  private func share(_ values: [Double], below bound: Double) -> Double {
    Double(values.count { $0 <= bound }) / Double(values.count)
  }

  private static let ways: [(name: String, configuration: ForecasterConfiguration)] = [
    ("automatic", quick { $0.levels = [0.5, 0.8] }),
    ("logarithms", quick { $0.scaler = .log }),
    ("heads", quick { ($0.hasQuantileHeads, $0.levels) = (true, [0.6, 0.9]) }),
    ("student-t", quick { ($0.distribution, $0.levels) = ("student-t", [0.5, 0.8]) }),
  ]

  @Test(arguments: ways.indices) func eachStepHasTheDistributionOfItsIntervals(way: Int) throws {
    let series = try SampleSeries().series()
    let forecaster = try Forecaster(fittedTo: series, configuration: Self.ways[way].configuration)
    for end in [series.rowCount, series.rowCount - 7] {
      let history = series[0..<end]
      let forecast = try forecaster.forecast(after: history)
      let paths = try forecaster.samplePaths(after: history, count: 2_000, seed: 4)
      #expect(paths.times == forecast.times && paths.targets == forecast.targets && paths.values.count == 2_000)
      for target in 0..<2 {
        for step in 0..<3 {
          let values = paths.values.map { $0[target][step] }
          for (index, level) in forecast.levels.enumerated() {
            // A bound may stand where many values are equal, such as at the point forecast.
            let (lower, upper) = (forecast.lower[index][target][step], forecast.upper[index][target][step])
            let below = share(values, below: lower - 1e-6)...share(values, below: lower + 1e-6)
            let above = (1 - share(values, below: upper + 1e-6))...(1 - share(values, below: upper - 1e-6))
            let tail = (1 - level) / 2
            for range in [below, above] {
              #expect(
                range.lowerBound - 0.02 < tail && tail < range.upperBound + 0.02,
                "\(Self.ways[way].name), \(level): \(below) below, \(above) above")
            }
          }
        }
      }
    }
  }

  /// y_t = 0.95 y_{t-1} + e_t: the errors of one forecast are nearly of one sign, so that the sum of twelve steps scatters
  /// almost three times as much as that of independent draws.
  @Test(arguments: [nil, "gaussian"]) func sumsHaveTheRightSpread(distribution: String?) throws {
    var random = GeneratedSeries(seed: 5)
    var value = 0.0
    let values = (0..<3_000).map { _ in
      value = 0.95 * value + random.normal()
      return value
    }
    let series = TimeSeries(columns: [.init(name: "y", values: values)])
    let configuration = quick(horizon: 12) { ($0.season, $0.distribution) = (1, distribution) }
    let forecaster = try Forecaster(fittedTo: series, configuration: configuration)
    let paths = try forecaster.samplePaths(after: series, count: 1_000)
    let totals = paths.values.map { path in path[0].reduce(0, +) }
    let weights = (1...12).map { (1 - pow(0.95, Double($0))) / 0.05 }
    let truth = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let own = deviation(totals)
    let steps = (0..<12).map { step in deviation(paths.values.map { $0[0][step] }) }
    let independent = steps.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(own > 0.75 * truth && own < 1.3 * truth, "\(own), true \(truth)")
    #expect(independent < 0.5 * truth, "\(independent), true \(truth)")
  }

  /// Two targets that are disturbed together.
  @Test func targetsHangTogether() throws {
    var random = GeneratedSeries(seed: 8)
    let shared = random.noise(700)
    let columns = (0..<2).map { number in shared.map { (number == 0 ? $0 : -$0) + 0.2 * random.normal() } }
    let series = TimeSeries(columns: [.init(name: "a", values: columns[0]), .init(name: "b", values: columns[1])])
    let forecaster = try Forecaster(fittedTo: series, configuration: quick { $0.season = 1 })
    let paths = try forecaster.samplePaths(after: series, count: 500)
    for step in 0..<3 {
      let (a, b) = (paths.values.map { $0[0][step] }, paths.values.map { $0[1][step] })
      #expect(deviation(zip(a, b).map(+)) < 0.5 * deviation(zip(a, b).map(-)))
    }
  }

  @Test func theSeedDecides() throws {
    let series = try SampleSeries().series()
    let forecaster = try Forecaster(fittedTo: series, configuration: quick())
    let first = try forecaster.samplePaths(after: series, count: 3, seed: 9)
    #expect(try forecaster.samplePaths(after: series, count: 3, seed: 9) == first)
    #expect(try forecaster.samplePaths(after: series, count: 3, seed: 10) != first)
    #expect(Set(first.values.map { $0[0][0] }).count == 3)
    for count in [0, -1, Forecaster.mostPaths + 1] {
      #expect(throws: DataError.self) { try forecaster.samplePaths(after: series, count: count) }
    }
  }

  @Test func countsStayCounts() throws {
    let series = countSeries(rows: 300)
    let forecaster = try Forecaster(
      fittedTo: series, configuration: quick { ($0.distribution, $0.season) = ("negative-binomial", 12) })
    let paths = try forecaster.samplePaths(after: series, count: 200)
    #expect(paths.values.joined().joined().allSatisfy { $0 >= 0 && $0 == $0.rounded() })
    #expect(Set(paths.values.joined().joined()).count > 5)
  }

  /// Away from the last row nothing of the test part is in the paths.
  @Test func pathsDoNotLookAhead() throws {
    let series = try SampleSeries(gaps: [(190..<196, 0)]).series()
    let split = try SeriesSplit(series, rule: .rows(train: 140, validation: 40, test: 40))
    func paths(_ series: TimeSeries) throws -> ForecastPaths {
      try Forecaster(fittedTo: series, split: split, configuration: quick())
        .samplePaths(after: series[0..<180], count: 20)
    }
    #expect(try paths(series) == paths(series.changed(from: 180)))
  }

  @Test func whatIsKeptIsBounded() {
    #expect(PathErrors.mostTrajectories(entries: 24) == 400)
    #expect(PathErrors.mostTrajectories(entries: 720 * 7) * 720 * 7 <= 400_000)
    #expect(PathErrors.mostTrajectories(entries: 1_000_000) == 40)
    let probabilities = PathErrors.probabilities(with: [0.1, 0.123, 0.9])
    #expect(probabilities == probabilities.sorted() && probabilities.count == 23)
    #expect(!probabilities.contains(0.5) && probabilities.contains { abs($0 - 0.123) < 1e-6 })
  }
}
