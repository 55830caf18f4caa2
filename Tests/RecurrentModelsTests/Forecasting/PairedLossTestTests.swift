import Foundation
import RecurrentModels
import Testing

@Suite struct PairedLossTestTests {
  /// Table values of Student's distribution.
  @Test(arguments: [
    (6.3138, 1, 0.05), (4.3027, 2, 0.025), (2.3534, 3, 0.05), (3.7469, 4, 0.01), (2.0150, 5, 0.05),
    (3.1693, 10, 0.005), (1.6973, 30, 0.05),
  ])
  func upperTailsAreThoseOfTheTables(value: Double, degrees: Int, probability: Double) {
    #expect(abs(studentUpperTail(value, degreesOfFreedom: degrees) - probability) < 2e-5)
    #expect(abs(studentUpperTail(-value, degreesOfFreedom: degrees) - (1 - probability)) < 2e-5)
  }

  @Test func tooFewForecastsCannotBeTested() {
    #expect(PairedLossTest([1, 2, 3], overlap: 2) == nil)
    #expect(PairedLossTest([], overlap: 1) == nil)
    #expect(PairedLossTest(Array(repeating: 1, count: 40), overlap: 24) == nil)
    #expect(PairedLossTest(Array(repeating: 1, count: 48), overlap: 24)?.degreesOfFreedom == 2)
  }

  @Test func constantDifferencesAreCertain() {
    #expect(PairedLossTest(Array(repeating: 1, count: 40), overlap: 2)?.probability ?? 1 < 1e-6)
    #expect(PairedLossTest(Array(repeating: 0, count: 40), overlap: 2)?.probability == 1)
    #expect(PairedLossTest(Array(repeating: -1, count: 40), overlap: 2)?.probability ?? 0 > 1 - 1e-6)
  }

  @Test func independentDifferencesGiveNearlyTheOrdinaryTTest() throws {
    var source = GeneratedSeries(seed: 31)
    let differences = source.noise(2000).map { $0 + 0.05 }
    let test = try #require(PairedLossTest(differences, overlap: 1))
    let mean = differences.reduce(0, +) / 2000
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1999
    let ordinary = studentUpperTail(mean / (variance / 2000).squareRoot(), degreesOfFreedom: 1999)
    #expect(abs(test.probability - ordinary) < 0.03)
    #expect(test.meanDifference == mean)
  }

  /// Averages over 12 overlapping rows with mean zero: five in a hundred are below 0.05, where a test that took them
  /// as independent finds about forty.
  @Test func overlapDoesNotCountAsEvidence() {
    var source = GeneratedSeries(seed: 32)
    var found = 0
    for _ in 0..<400 {
      let rows = source.noise(211)
      let differences = (0..<200).map { rows[$0..<$0 + 12].reduce(0, +) }
      if PairedLossTest(differences, overlap: 12)!.probability < 0.05 { found += 1 }
    }
    #expect(found >= 8 && found <= 34)
  }

  @Test func aRealAdvantageIsFound() {
    var source = GeneratedSeries(seed: 33)
    let rows = source.noise(311).map { $0 + 0.8 }
    let differences = (0..<300).map { rows[$0..<$0 + 12].reduce(0, +) }
    #expect(PairedLossTest(differences, overlap: 12)!.probability < 0.01)
  }
}
