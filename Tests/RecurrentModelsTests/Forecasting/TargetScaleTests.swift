import RecurrentModels
import Testing

@Suite struct TargetScaleTests {
  @Test func measuresTheTrainingPartOnly() {
    let scale = TargetScale(of: [1, 3, .nan, 8, 1000, -1000], training: 0..<4)
    #expect(scale.mean == 4)
    #expect(abs(scale.standardDeviation - (26.0 / 3).squareRoot()) < 1e-12)
    #expect(scale.seasonalNaiveError == 2)
  }

  @Test func seasonalErrorComparesRowsACycleApart() {
    let values: [Double] = [1, 5, 9, 2, 7, 9]
    #expect(TargetScale(of: values, training: 0..<6, season: 3).seasonalNaiveError == 1)
    #expect(TargetScale(of: values, training: 0..<6).seasonalNaiveError == 22.0 / 5)
    #expect(TargetScale(of: values, training: 0..<3, season: 3).seasonalNaiveError == 4)
  }

  @Test func nothingKnownHasNoScale() {
    let scale = TargetScale(of: [.nan, .nan], training: 0..<2)
    #expect(scale.standardDeviation == 0)
    #expect(scale.seasonalNaiveError == nil)
  }
}
