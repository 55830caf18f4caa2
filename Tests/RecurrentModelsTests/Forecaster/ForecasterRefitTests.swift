import Foundation
import RecurrentData
import RecurrentModels
import RecurrentTraining
import Testing

@Suite struct ForecasterRefitTests {
  private let configuration = quick { ($0.scaler, $0.season) = (.standard, 12) }

  private func split(_ series: TimeSeries) throws -> SeriesSplit {
    try SeriesSplit(series, rule: .rows(train: series.rowCount - 42, validation: 20, test: 22))
  }

  /// 20 origins.
  private func fitted(_ series: TimeSeries) throws -> Forecaster {
    try Forecaster(fittedTo: series, split: split(series), configuration: configuration)
  }

  @Test func oneFittingIsTheForecasterItself() throws {
    let series = try SampleSeries(rows: 160).series()
    let forecaster = try fitted(series)
    let never = try forecaster.backtest(on: series)
    #expect(try forecaster.backtest(on: series, refit: .every(20)).evaluation == never.evaluation)
    #expect(never.evaluation.originCount == 20)
  }

  @Test func eachFittingIsThatOfItsRows() throws {
    let series = try SampleSeries(rows: 160).series()
    let forecaster = try fitted(series)
    var notes: [String] = []
    let result = try forecaster.backtest(
      on: series, refit: .every(8), onEvent: { if case .note(let text) = $0 { notes.append(text) } })
    let never = try forecaster.backtest(on: series)
    #expect(
      notes == [
        "fitting 2 of 3: the 146 rows before 2002-03-01", "fitting 3 of 3: the 154 rows before 2002-11-01",
      ])
    let windows = result.samples.windows
    #expect(windows.map(\.origin) == Array(138..<158))
    for (number, window) in never.samples.windows.enumerated() {
      #expect((windows[number].forecast == window.forecast) == (number < 8), "\(number)")
    }
    // By hand: the rows before the origin, of which the last 20 validate.
    for first in [146, 154] {
      let byHand = try Forecaster(
        fittedTo: series,
        split: SeriesSplit(train: 0..<first - 20, validation: first - 20..<first, test: first..<series.rowCount),
        configuration: configuration)
      let expected = try byHand.backtest(on: series).samples.windows.first
      #expect(windows[first - 138].forecast == expected?.forecast)
    }
    // Baselines that learn are fitted anew as well; others have nothing to learn.
    #expect(result.evaluation[baseline: "linear"] != never.evaluation[baseline: "linear"])
    #expect(result.evaluation[baseline: "naive"]?.overall.mae == never.evaluation[baseline: "naive"]?.overall.mae)
  }

  @Test func aFittingThatItsRowsForbidIsLeftOut() throws {
    var series = try SampleSeries(rows: 160).series()
    // In the training part of none of the five fittings.
    series.columns[series.targetIndices[0]].values[150] = -1
    var logarithmic = configuration
    logarithmic.scaler = .log
    logarithmic.epochs = 1
    let forecaster = try Forecaster(fittedTo: series, split: split(series), configuration: logarithmic)
    var notes: [String] = []
    let result = try forecaster.backtest(
      on: series, refit: .every(4), onEvent: { if case .note(let text) = $0 { notes.append(text) } })
    #expect(result.evaluation.originCount == 20)
    #expect(notes.allSatisfy { !$0.contains("left out") }, "row 150 only validates")
    series.columns[series.targetIndices[0]].values[122] = -1
    let again = try forecaster.backtest(
      on: series, refit: .every(4), onEvent: { if case .note(let text) = $0 { notes.append(text) } })
    #expect(notes.contains { $0.contains("left out, the one before goes on") && $0.contains("-1.0") }, "\(notes)")
    #expect(again.evaluation.originCount == 20)
    let leftOut = notes.count { $0.contains("left out") }
    #expect(result.fittings == 5 && again.fittings == 5 - leftOut, "\(notes)")
  }

  @Test func doesNotLookAhead() throws {
    let series = try SampleSeries(rows: 160, gaps: [(60..<64, 0), (141..<143, 1)]).series()
    let forecaster = try fitted(series)
    let before = try forecaster.backtest(on: series, refit: .every(6)).samples.windows
    for row in [144, 145, 151] {
      let after = try forecaster.backtest(on: series.changed(from: row), refit: .every(6)).samples.windows
      for (old, new) in zip(before, after) where old.origin <= row {
        #expect(
          old.forecast == new.forecast && old.lower == new.lower && old.upper == new.upper, "\(row) \(old.origin)")
      }
      #expect(before[row + 1 - 138].forecast != after[row + 1 - 138].forecast)
    }
  }

  @Test func interruptedFittingsGoOn() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let series = try SampleSeries(rows: 160).series()
    let forecaster = try fitted(series)
    let whole = try forecaster.backtest(on: series, refit: .every(7))
    let checkpoints = FittingCheckpoints(scratch.path, every: .steps(2))
    var steps = 0
    _ = try forecaster.backtest(
      on: series, refit: .every(7), checkpoints: checkpoints, isCancelled: { steps >= 30 },
      onEvent: { if case .training(_, _, _, .step) = $0 { steps += 1 } })
    #expect(scratch.contents == ["fitting-2"])
    var later = 0
    let resumed = try forecaster.backtest(
      on: series, refit: .every(7), checkpoints: checkpoints,
      onEvent: { if case .training(_, _, _, .step) = $0 { later += 1 } })
    #expect(resumed.evaluation == whole.evaluation)
    #expect(later > 0)
  }

  /// Every window is read afresh, so that an origin costs and gives the same wherever a backtest begins and however far
  /// apart its origins are.
  @Test func originsAreIndependent() throws {
    let series = try SampleSeries(rows: 160).series()
    let forecaster = try fitted(series)
    let all = try forecaster.backtest(on: series).samples.windows
    let some = try forecaster.backtest(on: series, stride: 3).samples.windows
    #expect(some.count == 7)
    for window in some { #expect(all[window.origin - 138].forecast == window.forecast) }
    let alone = try forecaster.forecast(after: series[0..<150]).values
    for step in 0..<3 {
      for target in 0..<2 { #expect(all[150 - 138].forecast[step * 2 + target] == alone[target][step]) }
    }
  }
}
