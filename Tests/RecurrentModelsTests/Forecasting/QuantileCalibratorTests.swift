import RecurrentModels
import Testing

@Suite struct QuantileCalibratorTests {
  @Test func intervalsAroundAForecastHoldTheirLevelForEachStep() {
    var source = GeneratedSeries(seed: 8)
    var calibrator = QuantileCalibrator(probabilities: [0.1, 0.9], horizon: 2, targetCount: 1)
    // The second step's errors are thrice as large, and lean upwards.
    func errors() -> [Double] { [source.normal(), 3 * source.normal() + 1] }
    for origin in 0..<1000 {
      let forecast = [Double(origin), -Double(origin)]
      calibrator.add(origin: origin, forecast: forecast, truth: zip(forecast, errors()).map { $0 + $1 })
    }
    let calibration = calibrator.calibration()
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

  @Test func predictedQuantilesAreMovedOnEachSide() {
    var calibrator = QuantileCalibrator(probabilities: [0.25, 0.75], horizon: 1, targetCount: 1)
    for value in 1...31 { calibrator.add(origin: value, quantiles: [0, 10], truth: [Double(value)]) }
    // Rank 8 of y - 0 and rank 24 of y - 10.
    #expect(calibrator.calibration().corrections == [8, 14])
    #expect(calibrator.calibration().corrected([100, 110]) == [108, 124])
  }

  @Test func errorsAreMeasuredInTheirSizes() {
    var calibrator = QuantileCalibrator(probabilities: [0.25, 0.75], horizon: 1, targetCount: 1)
    for value in 1...31 {
      calibrator.add(origin: value, forecast: [5], truth: [5 + Double(value * value)], sizes: [Double(value)])
    }
    #expect(calibrator.calibration().corrections == [8, 24])
  }

  @Test func missingTruthIsLeftOutAndTargetsAreKeptApart() {
    var calibrator = QuantileCalibrator(probabilities: [0.5], horizon: 1, targetCount: 2)
    for value in 1...61 {
      calibrator.add(origin: value, forecast: [0, 0], truth: [value % 2 == 0 ? .nan : Double(value), -1])
    }
    #expect(calibrator.calibration().corrections == [31, -1])
  }

  @Test func fewErrorsAreSharedWithTheNearestSteps() {
    var calibrator = QuantileCalibrator(probabilities: [0.5], horizon: 5, targetCount: 1)
    // 11 origins with error 10 s at step s: a step and its two neighbours have 33 errors, at the ends two steps 22.
    for origin in 0..<11 { calibrator.add(origin: origin, forecast: [0, 0, 0, 0, 0], truth: [0, 10, 20, 30, 40]) }
    #expect(calibrator.calibration().corrections == [10, 10, 20, 30, 30])
    let nothing = QuantileCalibrator(probabilities: [0.1, 0.9], horizon: 3, targetCount: 2)
    #expect(nothing.calibration().corrections == Array(repeating: 0, count: 12))
  }

  @Test func anOutcomeCountsFromTheRowAfterItAndUntilItIsForgotten() {
    var calibrator = QuantileCalibrator(probabilities: [0.5], horizon: 2, targetCount: 1, memory: 40)
    for origin in 0..<150 {
      calibrator.add(origin: origin, forecast: [0, 0], truth: [Double(origin), 1000 + Double(origin)])
    }
    // At row 150 the newest known errors are those of origin 149 one row ahead and of origin 148 two rows ahead, and
    // the median of an even number of errors is the upper one.
    #expect(calibrator.calibration(at: 150).corrections == [130, 1129])
    #expect(calibrator.calibration(at: 149).corrections == [129, 1128])
    #expect(calibrator.calibration().corrections == [130, 1130])
  }

  @Test func trimmingForgetsNothingThatCounts() {
    var short = QuantileCalibrator(probabilities: [0.2, 0.8], horizon: 3, targetCount: 1, memory: 50)
    var long = QuantileCalibrator(probabilities: [0.2, 0.8], horizon: 3, targetCount: 1)
    var source = GeneratedSeries(seed: 9)
    for origin in 0..<333 {
      let truth = source.noise(3)
      short.add(origin: origin, forecast: [0, 0, 0], truth: truth)
      if origin >= 333 - 50 { long.add(origin: origin, forecast: [0, 0, 0], truth: truth) }
    }
    #expect(short.calibration() == long.calibration())
  }

  @Test func pointForecastsBeforeQuantilesCountForEveryProbability() {
    var mixed = QuantileCalibrator(probabilities: [0.2, 0.8], horizon: 2, targetCount: 1)
    var spelled = mixed
    var source = GeneratedSeries(seed: 10)
    for origin in 0..<80 {
      let truth = source.noise(2)
      let width = origin < 40 ? 0.0 : 1
      let quantiles = [-width, -width, width, 2 * width]
      if origin < 20 {
        mixed.add(origin: origin, forecast: [0, 0], truth: truth)
      } else {
        mixed.add(origin: origin, quantiles: quantiles, truth: truth)
      }
      // A hair's breadth makes them quantiles from the start.
      spelled.add(origin: origin, quantiles: origin == 0 ? [0, 0, 1e-300, 0] : quantiles, truth: truth)
    }
    #expect(mixed.calibration() == spelled.calibration())
  }
}
