import Foundation
import RecurrentModels
import Testing

@Suite struct ForecastVerdictTests {
  private func verdict(
    _ problem: ForecastProblem, stride: Int = 1, leaks: [TargetLeak] = [], _ model: (Int) -> [Double]
  ) throws -> ForecastVerdict {
    try ForecastBacktest(of: problem, stride: stride).run(leaks: leaks) {
      ForecastBatch(point: $0.flatMap(model))
    }.evaluation.verdict
  }

  private func sine(_ seed: Int, noise: Double = 0.3) -> ForecastProblem {
    var source = GeneratedSeries(seed: seed)
    return problem([source.sine(800, period: 20, noise: noise)], horizon: 10, window: 30, season: 20)
  }

  @Test func twentyNoisySinesAreForecastBetter() throws {
    for seed in 0..<20 {
      let problem = sine(seed)
      let linear = try #require(LinearBaseline(fittedTo: problem))
      let verdict = try verdict(problem) { linear.forecast(after: problem.history(before: $0)) }
      #expect(verdict.kind == .better, "\(seed): \(verdict.sentence)")
      #expect(verdict.bestBaseline == "linear")
      #expect(verdict.skill == 0)
    }
  }

  @Test func randomWalksAreNotForecastBetter() throws {
    var counts: [ForecastVerdict.Kind: Int] = [:]
    for seed in 0..<20 {
      var source = GeneratedSeries(seed: 700 + seed)
      let problem = problem([source.walk(600)], horizon: 8, window: 24)
      let linear = try #require(LinearBaseline(fittedTo: problem))
      let verdict = try verdict(problem) { linear.forecast(after: problem.history(before: $0)) }
      counts[verdict.kind, default: 0] += 1
    }
    #expect(counts[.notBetter, default: 0] >= 19, "\(counts)")
  }

  /// A sure but tiny edge over the best baseline without weights, made by peeking.
  @Test(arguments: [(0.015, ForecastVerdict.Kind.notBetter), (0.1, .better)])
  func anEdgeOfLessThanTwoPercentIsNotBetter(edge: Double, kind: ForecastVerdict.Kind) throws {
    var source = GeneratedSeries(seed: 11)
    let problem = problem([source.walk(800)], horizon: 4, window: 12)
    let scores = ForecastBacktest(of: problem).baselineMetrics().filter { $0.key != "linear" }
    let best = try #require(scores.min { ($0.metrics.overall.mae ?? 0) < ($1.metrics.overall.mae ?? 0) })
    let baseline = try #require(FittedBaselines(fittedTo: problem)[best.key])
    let verdict = try verdict(problem) { origin in
      let forecast = baseline.forecast(after: problem.history(before: origin)).point
      return zip(forecast, problem.truth(from: origin)).map { $0 + edge * ($1 - $0) }
    }
    #expect(verdict.kind == kind, "\(verdict.sentence)")
    #expect(verdict.sentence.contains("too small a difference") == (kind == .notBetter), "\(verdict.sentence)")
  }

  @Test func aModelThatTheLinearMapBeatsIsNotBetter() throws {
    let problem = sine(1)
    let linear = try #require(LinearBaseline(fittedTo: problem))
    var source = GeneratedSeries(seed: 2)
    let verdict = try verdict(problem) { origin in
      linear.forecast(after: problem.history(before: origin)).map { $0 + 0.15 * source.normal() }
    }
    #expect(verdict.kind == .notBetter)
    #expect(verdict.sentence.contains("a linear map of the window is more accurate"))
    let skill = try #require(verdict.skill)
    #expect(skill < -0.05)
  }

  @Test func theLastValueIsALaggedCopyWhereMoreCanBeHad() throws {
    let problem = sine(3)
    let verdict = try verdict(problem) { origin in
      Array(repeating: problem.values[0][origin - 1] + 0.01, count: 10)
    }
    #expect(verdict.kind == .laggedCopy)
    #expect(verdict.bestLag == 10)
    #expect(verdict.sentence.contains("repeating the last cycle"))
  }

  @Test func aLeakDecides() throws {
    let problem = sine(4)
    let leak = TargetLeak(target: "column0", input: "tomorrow", lead: 1, explained: 1)
    let verdict = try verdict(problem, leaks: [leak]) { problem.truth(from: $0) }
    #expect(verdict.kind == .targetLeak)
    #expect(verdict.sentence.contains("column tomorrow already holds column0 1 row ahead"))
  }

  @Test func aShortTestPartIsTooShort() throws {
    var source = GeneratedSeries(seed: 5)
    let problem = problem([source.walk(100)], horizon: 11, window: 12)
    let verdict = try verdict(problem) { problem.truth(from: $0) }
    #expect(verdict.kind == .testTooShort)
    #expect(verdict.skill == 1)
    #expect(verdict.sentence.contains("10 overlapping forecasts"))
    let empty = ForecastProblem(
      targetNames: ["y"], values: problem.values, training: 0..<80, validation: 80..<100, test: 100..<100, horizon: 3,
      window: 5)
    let nothing = try self.verdict(empty) { problem.truth(from: $0) }
    #expect(nothing.kind == .testTooShort)
  }

  @Test func severalTargetsAreComparedByScaledErrors() throws {
    var source = GeneratedSeries(seed: 6)
    // The large column is a walk, where the model repeats the last value; the small one is a sine it knows.
    let columns = [source.walk(600).map { $0 * 1000 }, source.sine(600, period: 12, noise: 0.1)]
    let problem = problem(columns, horizon: 6, window: 12, season: 12)
    let linear = try #require(LinearBaseline(fittedTo: problem))
    let verdict = try verdict(problem) { origin in
      linear.forecast(after: problem.history(before: origin)).enumerated().map {
        $0 % 2 == 0 ? columns[0][origin - 1] : $1
      }
    }
    #expect(verdict.kind == .better)
    #expect(verdict.sentence.contains("scaled mean absolute error"))
  }

  @Test func theSameForecastsGiveTheSameVerdict() throws {
    let problem = sine(8)
    let first = try verdict(problem, stride: 3) { _ in Array(repeating: 0, count: 10) }
    let second = try verdict(problem, stride: 3) { _ in Array(repeating: 0, count: 10) }
    #expect(second == first)
    let read = try JSONDecoder().decode(ForecastVerdict.self, from: JSONEncoder().encode(first))
    #expect(read == first)
  }
}
