import Foundation
import RecurrentData
import RecurrentModels
import Testing

@Suite struct ForecasterConfigurationTests {
  /// A season that repeats exactly upon a straight line: differences leave nothing to learn.
  private func exact(rows: Int = 160) -> TimeSeries {
    let values = (0..<rows).map { 100 + 2 * Double($0) + [0, 8, -5, 3, 1, -7][$0 % 6] }
    return TimeSeries(columns: [.init(name: "y", values: values)])
  }

  private func forecast(_ series: TimeSeries, _ configuration: ForecasterConfiguration) throws -> [Double] {
    try Forecaster(fittedTo: series, configuration: configuration).forecast(after: series).values[0]
  }

  @Test func differencesAreUndoneExactly() throws {
    let series = exact()
    let truth = (160..<167).map { 100 + 2 * Double($0) + [0, 8, -5, 3, 1, -7][$0 % 6] }
    for difference in [ForecasterConfiguration.Difference.seasonal, .both] {
      let values = try forecast(
        series, quick(horizon: 7) { ($0.season, $0.difference, $0.epochs) = (6, difference, 1) })
      for (value, truth) in zip(values, truth) { #expect(abs(value - truth) < 1e-2, "\(difference)") }
    }
    let line = TimeSeries(columns: [.init(name: "y", values: (0..<160).map { 3 - 0.5 * Double($0) })])
    let values = try forecast(line, quick(horizon: 7) { ($0.season, $0.difference) = (1, .first) })
    for (step, value) in values.enumerated() { #expect(abs(value - (3 - 0.5 * Double(160 + step))) < 1e-2) }
  }

  @Test func scalersAreUndone() throws {
    // A column far from zero and 1: a forgotten way back is off by orders of magnitude.
    let series = TimeSeries(columns: [
      .init(name: "y", values: (0..<160).map { 5e4 + 1e3 * sin(2 * .pi * Double($0) / 12) })
    ])
    for scaler in Scaler.Kind.allCases where scaler != .none {
      let values = try forecast(series, quick { $0.scaler = scaler })
      #expect(values.allSatisfy { $0 > 4.8e4 && $0 < 5.2e4 }, "\(scaler): \(values)")
    }
  }

  @Test func logarithmsAndPowersRefuseNegativeValues() throws {
    var series = exact()
    series.columns[0].values[20] = -1
    for scaler in [Scaler.Kind.log, .boxCox] {
      let error = try #require(throws: DataError.self) {
        try Forecaster(fittedTo: series, configuration: quick { $0.scaler = scaler })
      }
      #expect(error.received == "-1.0 in row 21")
    }
  }

  @Test(arguments: MissingValues.Method.allCases) func missingValuesEverywhere(method: MissingValues.Method) throws {
    // In training, at the end of the window, a whole window of an input.
    let gaps = [(30..<38, 0), (20..<21, 1), (216..<220, 0), (100..<130, 2), (205..<220, 2)]
    let series = try SampleSeries(gaps: gaps.map { (rows: $0.0, column: $0.1) }).series()
    let forecaster = try Forecaster(fittedTo: series, configuration: quick { $0.missing = method })
    let forecast = try forecaster.forecast(after: series)
    #expect(forecast.values.joined().allSatisfy { $0 > 0 && $0 < 60 }, "\(forecast.values)")
    #expect(try forecaster.backtest(on: series).evaluation.metrics.overall.mae?.isFinite == true)
  }

  @Test func aGapAtTheEndStandsOnTheLastKnownValue() throws {
    // A walk far from its mean: standing on the mean of the training part would be off by hundreds.
    var values = (0..<200).map { 10 * Double($0) + Double($0 * $0 % 7) }
    for row in 196..<200 { values[row] = .nan }
    let series = TimeSeries(columns: [.init(name: "y", values: values)])
    let configuration = quick { ($0.allowsShortcut, $0.epochs, $0.scaler) = (false, 1, .standard) }
    let result = try forecast(series, configuration)
    #expect(result.allSatisfy { $0 > 1800 }, "\(result)")
  }

  @Test func quantilesAreOrdered() throws {
    let series = try SampleSeries().series()
    for heads in [false, true] {
      let configuration = quick { ($0.levels, $0.hasQuantileHeads) = ([0.9, 0.5, 0.8], heads) }
      let forecast = try Forecaster(fittedTo: series, configuration: configuration).forecast(after: series)
      #expect(forecast.levels == [0.5, 0.8, 0.9])
      for target in 0..<2 {
        for step in 0..<3 {
          let bounds =
            forecast.lower.reversed().map { $0[target][step] } + forecast.upper.map { $0[target][step] }
          #expect(bounds == bounds.sorted())
          #expect(bounds[0] < bounds[5])
        }
      }
    }
  }

  @Test func cellsAndLayersAreUsed() throws {
    let series = try SampleSeries(columns: ["load"], targets: ["load"]).series()
    var counts: [String: Int] = [:]
    for cell in ["elman", "gru", "lstm"] {
      for layers in 1...2 {
        let configuration = quick {
          ($0.cell, $0.layers, $0.scaler, $0.allowsShortcut, $0.epochs) = (cell, layers, .standard, false, 1)
        }
        let forecaster = try Forecaster(fittedTo: series, configuration: configuration)
        counts["\(cell)\(layers)"] = forecaster.parameterCount
        #expect(try forecaster.forecast(after: series).values[0].allSatisfy { $0.isFinite })
      }
    }
    // A layer of 6 units has 6 * (6 + 6) weights and 12 biases a gate.
    for (cell, gates) in [("elman", 1), ("gru", 3), ("lstm", 4)] {
      let (one, two) = (try #require(counts["\(cell)1"]), try #require(counts["\(cell)2"]))
      #expect(two - one == gates * (6 * 12 + 12), "\(cell)")
    }
    #expect(throws: DataError.self) { try Forecaster(fittedTo: series, configuration: quick { $0.cell = "rnn" }) }
  }

  @Test func sizesAreAsGiven() throws {
    let series = try SampleSeries().series()
    let given = try Forecaster(
      fittedTo: series, configuration: quick(horizon: 1) { ($0.window, $0.segment, $0.season) = (21, 7, 5) })
    #expect(given.window == 21)
    #expect(given.season?.period == 5)
    #expect(try given.forecast(after: series).values.map(\.count) == [1, 1])
    let free = try Forecaster(fittedTo: series, configuration: quick { ($0.window, $0.season) = (nil, 1) })
    #expect(free.season == nil)
    #expect(free.baselines["seasonalNaive"] == nil)
    let found = try Forecaster(fittedTo: series, configuration: quick())
    #expect(found.season?.period == 12)
    let segmented = try Forecaster(fittedTo: series, configuration: quick { ($0.window, $0.segment) = (nil, 7) })
    #expect(segmented.window % 7 == 0)
  }

  @Test func filesFromBeforeAreRead() throws {
    let text = String(decoding: try JSONEncoder().encode(ForecasterConfiguration(horizon: 3)), as: UTF8.self)
    for name in ["augmentations", "ensembleSize"] { #expect(!text.contains(name)) }
    #expect(
      try JSONDecoder().decode(ForecasterConfiguration.self, from: Data(text.utf8))
        == ForecasterConfiguration(horizon: 3))
  }

  @Test func shortcutCanBeForbidden() throws {
    let series = exact()
    var notes: [String] = []
    _ = try Forecaster(
      fittedTo: series, configuration: quick { $0.allowsShortcut = false },
      onEvent: { if case .trained(let name, _) = $0 { notes.append(name) } })
    #expect(notes.count == 2 && notes.allSatisfy { !$0.contains("linear") })
  }
}
