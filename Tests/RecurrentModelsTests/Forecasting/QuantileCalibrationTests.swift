import RecurrentModels
import Testing

@Suite struct QuantileCalibrationTests {
  @Test func ranksAreThoseOfSplitConformalPrediction() {
    let sorted = (1...9).map(Double.init)
    #expect(empiricalQuantile(of: sorted, probability: 0.9) == 9)
    #expect(empiricalQuantile(of: sorted, probability: 0.1) == 1)
    #expect(empiricalQuantile(of: sorted, probability: 0.75) == 8)
    #expect(empiricalQuantile(of: sorted, probability: 0.25) == 2)
    #expect(empiricalQuantile(of: sorted, probability: 0.5) == 5)
    #expect(empiricalQuantile(of: [3], probability: 0.99) == 3)
    #expect(empiricalQuantile(of: [], probability: 0.5) == nil)
  }

  @Test func intervalsAroundAForecastHoldTheirLevelForEachStep() {
    var source = GeneratedSeries(seed: 8)
    var calibrator = QuantileCalibrator(probabilities: [0.1, 0.9], entryCount: 2)
    // The second step's errors are thrice as large, and lean upwards.
    func errors() -> [Double] { [source.normal(), 3 * source.normal() + 1] }
    for origin in 0..<1000 {
      let forecast = [Double(origin), -Double(origin)]
      calibrator.add(forecast: forecast, truth: zip(forecast, errors()).map { $0 + $1 })
    }
    let calibration = calibrator.calibration
    var inside = [0, 0]
    for _ in 0..<4000 {
      let truth = errors().map { 7 + $0 }
      let quantiles = calibration.quantiles(around: [7, 7])
      for step in 0..<2 where truth[step] >= quantiles[step] && truth[step] <= quantiles[2 + step] { inside[step] += 1 }
    }
    #expect(abs(Double(inside[0]) / 4000 - 0.8) < 0.03)
    #expect(abs(Double(inside[1]) / 4000 - 0.8) < 0.03)
    #expect(abs(calibration.corrections[1] + 2.845) < 0.4)
    #expect(abs(calibration.corrections[3] - 4.845) < 0.4)
  }

  @Test func predictedQuantilesAreWidenedOrNarrowedOnEachSide() {
    var calibrator = QuantileCalibrator(probabilities: [0.25, 0.75], entryCount: 1)
    for value in 1...7 { calibrator.add(quantiles: [0, 10], truth: [Double(value)]) }
    // Rank 2 of y - 0 and rank 6 of y - 10.
    #expect(calibrator.calibration.corrections == [2, -4])
    #expect(calibrator.calibration.corrected([100, 110]) == [102, 106])
  }

  @Test func sizesScaleTheCorrections() {
    var calibrator = QuantileCalibrator(probabilities: [0.25, 0.75], entryCount: 1)
    for value in 1...7 { calibrator.add(forecast: [0], truth: [Double(value * value)], sizes: [Double(value)]) }
    #expect(calibrator.calibration.corrections == [2, 6])
    #expect(calibrator.calibration.quantiles(around: [1], sizes: [10]) == [21, 61])
  }

  @Test func missingTruthIsLeftOut() {
    var calibrator = QuantileCalibrator(probabilities: [0.5], entryCount: 2)
    calibrator.add(forecast: [1, 1], truth: [.nan, 4])
    #expect(calibrator.calibration.corrections == [0, 3])
  }

  @Test func crossingQuantilesAreSorted() {
    #expect(QuantileCalibration.rising([5, 1, 3, 2, 4, 0], probabilities: 3) == [3, 0, 4, 1, 5, 2])
    #expect(QuantileCalibration.rising([5, 1, 3, 2], probabilities: 2) == [3, 1, 5, 2])
  }
}
