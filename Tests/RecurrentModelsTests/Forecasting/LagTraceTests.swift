import RecurrentModels
import Testing

@Suite struct LagTraceTests {
  private let horizon = 4

  private func trace(_ forecast: (_ values: [Double], _ row: Int, _ origin: Int) -> Double) -> LagTrace {
    var source = GeneratedSeries(seed: 61)
    let problem = problem([source.walk(200)], horizon: horizon, window: 5)
    var trace = LagTrace(problem: problem, scales: problem.scales)
    for origin in problem.origins(in: problem.test) {
      let values = (origin..<origin + horizon).map { forecast(problem.values[0], $0, origin) }
      trace.add(values[...], truth: problem.truth(from: origin), history: problem.history(before: origin))
    }
    return trace
  }

  @Test func theLastValueIsACopyAsOldAsTheHorizon() {
    let trace = trace { values, _, origin in values[origin - 1] + 0.01 }
    #expect(trace.bestLag == horizon)
    #expect(trace.isCopy)
    #expect(trace.movedShare! < 0.05)
  }

  @Test func theTruthHasNoLag() {
    let trace = trace { values, row, _ in values[row] }
    #expect(trace.bestLag == 0)
    #expect(trace.movedShare == 1)
    #expect(!trace.isCopy)
  }

  @Test func anOlderValueIsOlder() {
    let trace = trace { values, row, _ in values[row - horizon - 2] }
    #expect(trace.bestLag == horizon + 2)
    #expect(!trace.isCopy)
  }
}
