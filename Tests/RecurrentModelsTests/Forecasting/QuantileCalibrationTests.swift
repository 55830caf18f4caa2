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

  @Test func sizesScaleTheCorrections() {
    let calibration = QuantileCalibration(probabilities: [0.25, 0.75], corrections: [-1, -2, 2, 3])
    #expect(calibration.quantiles(around: [1, 10]) == [0, 8, 3, 13])
    #expect(calibration.quantiles(around: [1, 10], sizes: [10, 1]) == [-9, 8, 21, 13])
    #expect(calibration.corrected([5, 5, 6, 6]) == [4, 3, 8, 9])
  }

  @Test func crossingQuantilesAreSorted() {
    #expect(QuantileCalibration.rising([5, 1, 3, 2, 4, 0], probabilities: 3) == [3, 0, 4, 1, 5, 2])
    #expect(QuantileCalibration.rising([5, 1, 3, 2], probabilities: 2) == [3, 1, 5, 2])
  }
}
