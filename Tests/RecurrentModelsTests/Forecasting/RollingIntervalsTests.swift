import RecurrentModels
import Testing

@Suite struct RollingIntervalsTests {
  /// A walk whose steps grow tenfold over the series: fixed quantiles of the validation part are soon too narrow.
  private func growing() -> ForecastProblem {
    var source = GeneratedSeries(seed: 91)
    var position = 0.0
    let values = (0..<4000).map { row in
      position += source.normal() * (1 + 9 * Double(row) / 4000)
      return position
    }
    return problem([values], horizon: 3, window: 30)
  }

  private func coverage(of problem: ForecastProblem, memory: Int?, rolling: Bool) throws -> Double {
    let scales = problem.scales
    var calibrator = QuantileCalibrator(probabilities: [0.1, 0.9], horizon: 3, targetCount: 1, memory: memory)
    let naive = try #require(NaiveBaseline(fittedTo: problem))
    for origin in problem.origins(in: problem.validation) {
      calibrator.add(
        origin: origin, forecast: naive.forecast(after: problem.history(before: origin)),
        truth: problem.truth(from: origin))
    }
    let fixed = calibrator.calibration()
    var intervals = RollingIntervals(calibrator, refresh: 10)
    var accumulator = ForecastAccumulator(targetNames: ["y"], scales: scales, horizon: 3)
    for origin in problem.origins(in: problem.test) {
      let forecast = naive.forecast(after: problem.history(before: origin))
      let truth = problem.truth(from: origin)
      let quantiles =
        rolling
        ? intervals.quantiles(at: origin, around: forecast, truth: truth) : fixed.quantiles(around: forecast)
      accumulator.add(forecast[...], truth: truth, lower: quantiles[..<3], upper: quantiles[3...])
    }
    return try #require(accumulator.metrics.overall.coverage)
  }

  @Test func theyFollowAGrowingError() throws {
    let problem = growing()
    let fixed = try coverage(of: problem, memory: nil, rolling: false)
    let rolling = try coverage(of: problem, memory: 200, rolling: true)
    #expect(fixed < 0.77)
    #expect(abs(rolling - 0.8) < 0.03)
  }

  @Test func boundsDependOnNothingAfterTheOrigin() throws {
    let original = growing()
    let naive = try #require(NaiveBaseline(fittedTo: original))
    func bounds(of problem: ForecastProblem, until last: Int) -> [Double] {
      var intervals = RollingIntervals(
        QuantileCalibrator(probabilities: [0.1, 0.9], horizon: 3, targetCount: 1, memory: 100), refresh: 1)
      var bounds: [Double] = []
      for origin in 3200...last {
        bounds = intervals.quantiles(
          at: origin, around: naive.forecast(after: problem.history(before: origin)),
          truth: problem.truth(from: origin), sizes: problem.errorSizes(before: origin, scales: original.scales))
      }
      return bounds
    }
    let expected = bounds(of: original, until: 3400)
    func changing(_ row: Int) -> ForecastProblem {
      var values = original.values
      values[0][row] += 500
      return problem(values, horizon: 3, window: 30)
    }
    for row in 3400...3403 { #expect(bounds(of: changing(row), until: 3400) == expected, "row \(row)") }
    #expect(bounds(of: changing(3399), until: 3400) != expected)
  }

  @Test func sizesAreThoseOfTheWindow() {
    let problem = ForecastProblem(
      targetNames: ["a", "b"], values: [[9, 1, 3, .nan, 5, 100], [2, 2, 2, 2, 2, 2]], training: 0..<2,
      validation: 2..<2, test: 2..<6, horizon: 2, window: 4)
    // Window 1, 3, 5; the training rows 9 and 1 have deviation 4. A constant has size 1.
    let size = (8.0 / 3).squareRoot() + 0.8
    #expect(problem.errorSizes(before: 5, scales: problem.scales) == [size, 1, size, 1])
  }

  @Test func predictedQuantilesAreCorrectedByTheSameOutcomes() {
    var source = GeneratedSeries(seed: 92)
    let calibrator = QuantileCalibrator(probabilities: [0.1, 0.9], horizon: 1, targetCount: 1, memory: 60)
    var points = RollingIntervals(calibrator, refresh: 7)
    var quantiles = RollingIntervals(calibrator, refresh: 7)
    for origin in 0..<100 {
      let truth = source.noise(1)
      let expected = points.quantiles(at: origin, around: [0], truth: truth)
      #expect(quantiles.corrected([0, 0], at: origin, truth: truth) == expected)
      if origin == 6 { #expect(expected == [0, 0]) }
      if origin == 7 { #expect(expected[0] < 0 && expected[1] > 0) }
    }
  }
}
