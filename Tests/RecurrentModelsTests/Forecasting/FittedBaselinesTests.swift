import Foundation
import RecurrentModels
import Testing

@Suite struct FittedBaselinesTests {
  private func columns(changingTestBy change: Double = 0) -> [[Double]] {
    var source = GeneratedSeries(seed: 21)
    return [source.sine(300, period: 12, noise: 0.3), source.walk(300)].map { column in
      column.enumerated().map { $0 >= 240 ? $1 + change : $1 }
    }
  }

  @Test func readsBackToTheSameForecasts() throws {
    let problem = problem(columns(), horizon: 4, window: 15, season: 12)
    let fitted = FittedBaselines(fittedTo: problem)
    let read = try JSONDecoder().decode(FittedBaselines.self, from: JSONEncoder().encode(fitted))
    #expect(read.entries.map(\.kind.key) == ["naive", "seasonalNaive", "drift", "linear"])
    #expect(read.scales == fitted.scales && read.level == fitted.level)
    let history = problem.history(before: 250)
    for (entry, other) in zip(fitted.entries, read.entries) {
      #expect(entry.forecast(after: history).point == other.forecast(after: history).point)
      #expect(entry.forecast(after: history).lower == other.forecast(after: history).lower)
    }
  }

  @Test func withoutASeasonThereIsNoSeasonalNaive() {
    let fitted = FittedBaselines(fittedTo: problem(columns(), horizon: 4, window: 15))
    #expect(fitted.entries.map(\.kind.key) == ["naive", "drift", "linear"])
    #expect(fitted["seasonalNaive"] == nil)
  }

  @Test func nothingDependsOnTheTestPart() throws {
    let original = problem(columns(), horizon: 4, window: 15, season: 12)
    let changed = problem(columns(changingTestBy: 100), horizon: 4, window: 15, season: 12)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let first = try encoder.encode(FittedBaselines(fittedTo: original))
    #expect(try encoder.encode(FittedBaselines(fittedTo: changed)) == first)
  }

  @Test func intervalsHoldAboutTheirLevel() throws {
    var source = GeneratedSeries(seed: 22)
    let problem = problem([source.noise(3000)], horizon: 2, window: 3)
    for level in [0.5, 0.9] {
      for baseline in ForecastBacktest(of: problem, level: level).baselineMetrics() {
        let coverage = try #require(baseline.metrics.overall.coverage)
        #expect(abs(coverage - level) < 0.06, "\(baseline.key) \(level)")
      }
    }
  }
}
