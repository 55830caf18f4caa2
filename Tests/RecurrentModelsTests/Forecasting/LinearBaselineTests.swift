import RecurrentModels
import Testing

@Suite struct LinearBaselineTests {
  /// A recurrence that does not care for the level: the best forecast is the recurrence without its noise.
  @Test func learnsALinearRecurrence() throws {
    var source = GeneratedSeries(seed: 12)
    var values = [0.0, 0, 0]
    func next(_ last: ArraySlice<Double>) -> Double {
      let end = last.endIndex
      return 1.5 * last[end - 1] - 0.8 * last[end - 2] + 0.3 * last[end - 3] + 0.05
    }
    for _ in 3..<4000 { values.append(next(values[...]) + source.normal()) }
    let problem = problem([values], horizon: 2, window: 5)
    let linear = try #require(LinearBaseline(fittedTo: problem))
    for origin in stride(from: 3200, to: 3990, by: 10) {
      let first = next(values[..<origin])
      let second = next(values[..<origin] + [first])
      let forecast = linear.forecast(after: problem.history(before: origin))
      #expect(abs(forecast[0] - first) < 0.2)
      #expect(abs(forecast[1] - second) < 0.4)
    }
  }

  @Test func choosesAStrongPenaltyForNoiseAndAWeakOneForASine() throws {
    var source = GeneratedSeries(seed: 1)
    let walk = source.walk(600)
    let sine = source.sine(600, period: 25, noise: 0)
    let linear = try #require(LinearBaseline(fittedTo: problem([walk, sine], horizon: 4, window: 30)))
    #expect(linear.chosenPenalties[0] >= 1)
    #expect(linear.chosenPenalties[1] <= 1e-5)
  }

  @Test func theMapGivesTheForecast() throws {
    var source = GeneratedSeries(seed: 2)
    let problem = problem([source.sine(200, period: 10, noise: 0.3)], horizon: 3, window: 12)
    let linear = try #require(LinearBaseline(fittedTo: problem))
    let (weights, intercepts) = linear.map(ofTarget: 0)
    let window = problem.values[0][138..<150].map { $0 }
    let forecast = (0..<3).map { step in
      (0..<11).reduce(window[11] + intercepts[step]) { $0 + (window[$1] - window[11]) * weights[$1 * 3 + step] }
    }
    for (value, expected) in zip(linear.forecast(after: problem.history(before: 150)), forecast) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test func missingValuesAreSurvivedAtEveryRate() throws {
    for share in [0.02, 0.3, 0.9, 1] {
      var source = GeneratedSeries(seed: 9)
      let values = source.sine(400, period: 20, noise: 0.1).map { source.uniform() < share ? .nan : $0 }
      let problem = problem([values], horizon: 6, window: 40)
      let linear = try #require(LinearBaseline(fittedTo: problem))
      let origins = problem.origins(in: problem.test)
      let forecasts = origins.map { linear.forecast(after: problem.history(before: $0)) }
      #expect(forecasts.joined().allSatisfy { $0.isFinite })
      guard share < 0.5 else { continue }
      let errors = zip(origins, forecasts).flatMap { origin, forecast in
        zip(forecast, problem.truth(from: origin)).map { abs($0 - $1) }.filter { !$0.isNaN }
      }
      #expect(errors.reduce(0, +) / Double(errors.count) < 0.3, "share \(share)")
    }
  }

  @Test func aWindowLongerThanTheTrainingPartRepeatsTheLastValue() throws {
    let problem = problem([(0..<20).map { Double($0 % 3) }], horizon: 2, window: 15)
    let linear = try #require(LinearBaseline(fittedTo: problem))
    #expect(linear.forecast(after: problem.history(before: 17)) == [1, 1])
  }

  @Test func withoutValidationTheDefaultPenaltyHolds() throws {
    var source = GeneratedSeries(seed: 4)
    let problem = ForecastProblem(
      targetNames: ["y"], values: [source.walk(100)], training: 0..<80, validation: 80..<80, test: 80..<100,
      horizon: 2, window: 5)
    let linear = try #require(LinearBaseline(fittedTo: problem))
    #expect(linear.chosenPenalties == [LinearBaseline.defaultPenalty])
  }

  /// Measured independently on the same file and split: 21.5 with windows of 96 to 192 rows, last value 32.9.
  @Test func sunspotsTwoYearsAheadAreForecastAsWellAsElsewhere() throws {
    let values = try sunspots()
    #expect(values.count == 2820)
    let problem = ForecastProblem(
      targetNames: ["sunspots"], values: [values], training: 0..<1974, validation: 1974..<2256, test: 2256..<2820,
      horizon: 24, window: 144, season: 132)
    let metrics = ForecastBacktest(of: problem).baselineMetrics()
    let errors = Dictionary(uniqueKeysWithValues: metrics.map { ($0.key, $0.metrics.overall.mae ?? .nan) })
    #expect(abs(errors["linear"]! - 21.5) < 0.3)
    #expect(abs(errors["naive"]! - 32.93) < 0.01)
    #expect(abs(errors["seasonalNaive"]! - 32.8) < 0.1)
  }
}
