import Foundation
import RecurrentData
import RecurrentModels
import Testing

@Suite struct PanelEvaluationTests {
  @Test func scoresAreMeansOverSeriesOfTheirOwnScale() throws {
    let panel = try SamplePanel().panel()
    let history = panel.droppingLast(3)
    let forecaster = try PanelForecaster(fittedTo: history, configuration: quick { $0.season = 12 })
    var truth: [[Double]?] = panel.lastRows(3)
    truth[4] = nil
    truth[6]?[1] = .nan
    let judged = try forecaster.evaluate(after: history, truth: truth)
    #expect(judged.evaluation.metrics.targets.map(\.name) == ["s0", "s1", "s2", "s3", "s5", "s6", "s7"])
    #expect(judged.summary.count == 7)
    let forecast = forecaster.forecast(after: history)
    var smape: [Double] = [], mase: [Double] = [], counts = 0
    for (number, member) in history.members.enumerated() {
      guard let truth = truth[number] else { continue }
      let values = member.values
      let changes = (12..<values.count).map { abs(values[$0] - values[$0 - 12]) }
      let scale = changes.reduce(0, +) / Double(changes.count)
      for (value, truth) in zip(forecast.values[number], truth) where !truth.isNaN {
        smape.append(200 * abs(value - truth) / (abs(value) + abs(truth)))
        mase.append(abs(value - truth) / scale)
        counts += 1
      }
    }
    let overall = judged.evaluation.metrics.overall
    #expect(abs((overall.smape ?? 0) - smape.reduce(0, +) / Double(counts)) < 1e-9)
    #expect(abs((overall.mase ?? 0) - mase.reduce(0, +) / Double(counts)) < 1e-9)
  }

  @Test func skillIsAgainstTheBestSimpleForecast() throws {
    let panel = try SamplePanel().panel()
    let history = panel.droppingLast(3)
    let forecaster = try PanelForecaster(fittedTo: history, configuration: quick { $0.season = 12 })
    let judged = try forecaster.evaluate(after: history, truth: panel.lastRows(3))
    #expect(judged.summary.reference == "seasonalNaive")
    let forecast = forecaster.forecast(after: history)
    for (number, member) in history.members.enumerated() {
      let truth = panel.lastRows(3)[number], cycle = member.values.suffix(12).prefix(3)
      let own = zip(forecast.values[number], truth).reduce(0) { $0 + abs($1.0 - $1.1) }
      let other = zip(cycle, truth).reduce(0) { $0 + abs($1.0 - $1.1) }
      #expect(abs((judged.skills[number] ?? 9) - (1 - own / other)) < 1e-9)
    }
    let better = judged.skills.count { ($0 ?? 0) > 0 }
    #expect(judged.summary.betterShare == Double(better) / 8)
    #expect(judged.summary.worst.count == 8)
    let sizes = judged.summary.worst.compactMap(\.mase)
    #expect(sizes == sizes.sorted(by: >))
    #expect(judged.worst.map(\.id) == judged.summary.worst.map(\.id))
    #expect(judged.summary.skillQuantiles.map(\.skill) == judged.summary.skillQuantiles.map(\.skill).sorted())
  }

  @Test func truthDoesNotChangeForecasts() throws {
    let panel = try SamplePanel().panel()
    let forecaster = try PanelForecaster(fittedTo: panel.droppingLast(3), configuration: quick())
    let history = panel.droppingLast(3)
    let one = try forecaster.evaluate(after: history, truth: panel.lastRows(3))
    let other = try forecaster.evaluate(after: history, truth: panel.lastRows(3).map { $0.map { $0 + 5 } })
    let forecasts = Dictionary(uniqueKeysWithValues: one.worst.map { ($0.id, $0.forecast) })
    for sample in other.worst { #expect(forecasts[sample.id] == sample.forecast) }
    #expect(one.evaluation.metrics != other.evaluation.metrics)
  }

  @Test func withoutTruthThereIsNoJudgement() throws {
    let panel = try SamplePanel().panel()
    let forecaster = try PanelForecaster(fittedTo: panel, configuration: quick())
    #expect(throws: DataError.self) {
      try forecaster.evaluate(after: panel, truth: panel.members.map { _ in [Double.nan, .nan, .nan] })
    }
  }
}
