import RecurrentModels
import Testing

@Suite struct StudentTDistributionTests {
  /// Against numbers of scipy 1.17 (`stats.t.ppf`).
  @Test func quantilesAreThoseOfScipy() {
    let probabilities = [0.001, 0.1, 0.45, 0.8, 0.995]
    let expected: [(freedom: Double, quantiles: [Double])] = [
      (2.05, [-21.029083038465224, -1.865525181741326, -0.1417297295859112, 1.054305240825378, 9.52708704198289]),
      (3.3, [-8.951595109462504, -1.5983669585600868, -0.13559091888878483, 0.964567280124389, 5.344306069721078]),
      (5, [-5.893429531356009, -1.4758840488244813, -0.1321751752316873, 0.9195437802408271, 4.032142983555228]),
      (30, [-3.385184866829305, -1.3104150253913955, -0.12672961313207354, 0.8537672614712979, 2.7499956535672254]),
      (1e5, [-3.090313809427238, -1.2815600314493614, -0.1256616659695919, 0.8416248279969009, 2.575878469908375]),
    ]
    let distribution = StudentTDistribution()
    for (freedom, quantiles) in expected {
      for (probability, value) in zip(probabilities, quantiles) {
        let own = distribution.quantile(probability, of: [2, 3, freedom])
        #expect(abs(own - (2 + 3 * value)) < 1e-7 * max(1, abs(value)), "\(freedom) at \(probability): \(own)")
      }
      #expect(distribution.point(of: [2, 3, freedom]) == 2)
    }
  }
}
