import RecurrentModels
import Testing

@Suite struct ForecastBaselineTests {
  private func fit(_ kind: any ForecastBaseline.Type, to problem: ForecastProblem) throws -> any ForecastBaseline {
    let baseline = kind.init(fittedTo: problem)
    return try #require(baseline)
  }

  @Test func naiveRepeatsTheLastKnownValueOfEachTarget() throws {
    let problem = problem(
      [[1, 2, 3, .nan, 5, 6, 7, 8, 9, 10], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]], horizon: 2, window: 1)
    let naive = try #require(NaiveBaseline(fittedTo: problem))
    #expect(naive.forecast(after: problem.history(before: 4)) == [3, 6, 3, 6])
  }

  @Test func seasonalNaiveRepeatsTheLastCycleBeyondOneCycle() throws {
    let problem = problem([(0..<20).map(Double.init)], horizon: 7, window: 1, season: 3)
    let seasonal = try #require(SeasonalNaiveBaseline(fittedTo: problem))
    #expect(seasonal.forecast(after: problem.history(before: 10)) == [7, 8, 9, 7, 8, 9, 7])
  }

  @Test func seasonalNaiveGoesBackACycleForMissingValues() throws {
    let problem = problem([[1, 2, 3, 4, .nan, 6, 7, 8, 9, 10]], horizon: 3, window: 1, season: 3)
    let seasonal = try #require(SeasonalNaiveBaseline(fittedTo: problem))
    #expect(seasonal.forecast(after: problem.history(before: 6)) == [4, 2, 6])
    // Neither row 0 nor any before it: the last known value.
    #expect(seasonal.forecast(after: problem.history(before: 2)) == [2, 1, 2])
  }

  @Test func seasonalNaiveNeedsASeason() {
    #expect(SeasonalNaiveBaseline(fittedTo: problem([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], horizon: 1, window: 1)) == nil)
  }

  @Test func driftContinuesTheLineFromFirstToLast() throws {
    let problem = problem([[.nan, 2, 9, 4, 8, .nan, 0, 0, 0, 0]], horizon: 3, window: 1)
    let drift = try #require(DriftBaseline(fittedTo: problem))
    #expect(drift.forecast(after: problem.history(before: 5)) == [10, 12, 14])
    #expect(drift.forecast(after: problem.history(before: 6)) == [12, 14, 16])
    #expect(drift.forecast(after: problem.history(before: 2)) == [2, 2, 2])
  }

  @Test func nothingKnownGivesTheTrainingMean() throws {
    let problem = problem([[.nan, .nan, 4, 8, 6, 6, 6, 6, 6, 6]], horizon: 1, window: 2)
    for kind in FittedBaselines.kinds
    where ![SeasonalNaiveBaseline.kind, KnownLinearBaseline.kind].contains(kind.kind) {
      let baseline = try fit(kind, to: problem)
      #expect(abs(baseline.forecast(after: problem.history(before: 1))[0] - 6) < 1, "\(kind)")
    }
  }

  /// Changing what lies at or after the origin changes no bit; changing the last known value changes the forecast.
  @Test(arguments: [0, 1, 2, 3]) func noBaselineLooksAhead(kind: Int) throws {
    var source = GeneratedSeries(seed: 5)
    let columns = [source.walk(120), source.sine(120, period: 12, noise: 0.2)]
    let original = problem(columns, horizon: 5, window: 9, season: 12)
    let baseline = try fit(FittedBaselines.kinds[kind], to: original)
    let origin = 100
    let forecast = baseline.forecast(after: original.history(before: origin))
    for row in origin..<120 {
      var changed = columns
      changed[0][row] += 1000
      changed[1][row] = .nan
      let other = problem(changed, horizon: 5, window: 9, season: 12)
      #expect(baseline.forecast(after: other.history(before: origin)).map(\.bitPattern) == forecast.map(\.bitPattern))
      let refitted = try fit(FittedBaselines.kinds[kind], to: other)
      #expect(refitted.forecast(after: other.history(before: origin)).map(\.bitPattern) == forecast.map(\.bitPattern))
    }
    let last = FittedBaselines.kinds[kind].kind == SeasonalNaiveBaseline.kind ? origin - 12 : origin - 1
    var changed = columns
    changed[0][last] += 1
    let other = problem(changed, horizon: 5, window: 9, season: 12)
    let moved = baseline.forecast(after: other.history(before: origin))
    #expect(moved[0] != forecast[0])
    #expect(moved[1].bitPattern == forecast[1].bitPattern)
  }
}
