import RecurrentModels
import Testing

@Suite struct GaussianDistributionTests {
  @Test func quantilesAreScaledAndMoved() {
    let distribution = GaussianDistribution()
    #expect(abs(distribution.quantile(0.9, of: [3, 2]) - (3 + 2 * 1.2815515655446004)) < 1e-10)
    #expect(abs(distribution.quantile(0.025, of: [-3, 0.5]) - (-3 - 0.5 * 1.9599639845400545)) < 1e-10)
    #expect(abs(distribution.point(of: [3, 2]) - 3) < 1e-12)
  }
}
