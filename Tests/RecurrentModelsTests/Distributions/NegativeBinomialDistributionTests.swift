import RecurrentModels
import Testing

@Suite struct NegativeBinomialDistributionTests {
  /// Against numbers of scipy 1.17 (`stats.nbinom.ppf`).
  @Test func quantilesAreThoseOfScipy() {
    let probabilities = [0.01, 0.1, 0.5, 0.9, 0.99]
    let expected: [(mean: Double, dispersion: Double, quantiles: [Double])] = [
      (0.05, 2, [0, 0, 0, 0, 1]), (0.7, 0.01, [0, 0, 1, 2, 3]), (4, 0.5, [0, 0, 3, 9, 15]),
      (180, 0.2, [44, 86, 168, 289, 421]), (180, 1e-4, [149, 163, 180, 197, 212]),
      (25000, 3, [0, 53, 7164, 72717, 207444]),
    ]
    let distribution = NegativeBinomialDistribution()
    for (mean, dispersion, quantiles) in expected {
      #expect(
        probabilities.map { distribution.quantile($0, of: [mean, dispersion]) } == quantiles, "\(mean), \(dispersion)")
    }
  }

  @Test func whatIsNotFiniteShows() {
    let distribution = NegativeBinomialDistribution()
    #expect(distribution.quantile(0.5, of: [.nan, 1]).isNaN && distribution.quantile(0.5, of: [1, .nan]).isNaN)
    #expect(distribution.quantile(0, of: [4, 1]) == 0 && distribution.quantile(1, of: [4, 1]) == .infinity)
    // Numbers far beyond any count still end.
    #expect(distribution.quantile(0.5, of: [1e12, 0.1]) > 1e11)
  }
}
