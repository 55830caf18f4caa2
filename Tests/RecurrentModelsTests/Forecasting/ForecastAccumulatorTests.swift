import RecurrentModels
import Testing

@Suite struct ForecastAccumulatorTests {
  /// Two targets with deviations 2 and 10 and seasonal-naive errors 1 and 4; a horizon of 2.
  private func accumulator(level: Double = 0.8) -> ForecastAccumulator {
    let scales = [
      TargetScale(of: [0, 4, 4, 0], training: 0..<4, season: 3), TargetScale(of: [0, 20], training: 0..<2),
    ]
    return ForecastAccumulator(targetNames: ["a", "b"], scales: scales, horizon: 2, level: level)
  }

  private func isClose(_ value: Double?, _ expected: Double) -> Bool {
    value.map { abs($0 - expected) < 1e-12 } ?? false
  }

  @Test func scoresAreThoseComputedByHand() {
    var accumulator = accumulator()
    // Errors: a 1, 3 and missing, 2; b 10, 20 and 0, missing.
    accumulator.add([1, 10, 7, 40], truth: [2, 20, 4, 20])
    accumulator.add([5, 6, 3, 9], truth: [.nan, 6, 1, .nan])
    let metrics = accumulator.metrics
    #expect(isClose(metrics.overall.mae, 36.0 / 6))
    #expect(isClose(metrics.overall.mse, 514.0 / 6))
    #expect(isClose(metrics.overall.rmse, (514.0 / 6).squareRoot()))
    #expect(isClose(metrics[target: "a"]?.mae, 2))
    #expect(isClose(metrics[target: "b"]?.mae, 10))
    #expect(isClose(metrics.byStep[0].mae, 11.0 / 3))
    #expect(isClose(metrics.byStep[1].mae, 25.0 / 3))
    let symmetric: [Double] = [1.0 / 3, 3.0 / 11, 2.0 / 4, 10.0 / 30, 20.0 / 60, 0]
    let smape = 200 * symmetric.reduce(0, +) / 6
    #expect(isClose(metrics.overall.smape, smape))
    #expect(isClose(metrics[target: "a"]?.scaledMAE, 1))
    #expect(isClose(metrics[target: "b"]?.scaledMSE, 500.0 / 3 / 100))
    #expect(isClose(metrics.overall.scaledMAE, 1.0))
    // Seasonal-naive errors: a |0 - 0| is no size to divide by, b |20 - 0| = 20.
    #expect(metrics[target: "a"]?.mase == nil)
    #expect(isClose(metrics[target: "b"]?.mase, 0.5))
    #expect(isClose(metrics.overall.mase, 0.5))
    #expect(metrics.overall.coverage == nil && metrics.overall.intervalScore == nil)
  }

  @Test func intervalsAreScoredByWidthAndMisses() {
    var accumulator = accumulator(level: 0.5)
    // Below by 1, on the bound, above by 2, missing.
    accumulator.add([1, 1, 1, 1], truth: [-1, 4, 6, .nan], lower: [0, 0, 0, 0], upper: [2, 4, 4, 8])
    let scores = accumulator.metrics.overall
    #expect(isClose(scores.coverage, 1.0 / 3))
    #expect(isClose(scores.intervalScore, 22.0 / 3))
    #expect(isClose(accumulator.metrics.byStep[0].coverage, 0.5))
  }

  @Test func nothingAddedLeavesEveryScoreUndefined() {
    #expect(accumulator().metrics.overall == ForecastScores())
    #expect(accumulator().metrics.targets.map(\.name) == ["a", "b"])
    #expect(accumulator().metrics.byStep.count == 2)
  }

  @Test func slicesOfABatchAreReadAtTheirOwnStart() {
    var accumulator = accumulator()
    let batch: [Double] = [9, 9, 9, 9, 1, 2, 3, 4]
    accumulator.add(batch[4...], truth: [1, 2, 3, 4])
    #expect(accumulator.metrics.overall.mae == 0)
  }
}
