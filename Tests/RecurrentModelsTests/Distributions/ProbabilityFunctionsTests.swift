import RecurrentModels
import Testing

/// Against numbers of scipy 1.17 (`stats.norm.ppf`, `special.betainc`).
@Suite struct ProbabilityFunctionsTests {
  @Test func normalQuantiles() {
    let expected = [
      (1e-9, -5.9978070150076865), (0.001, -3.090232306167813), (0.025, -1.9599639845400545),
      (0.3, -0.5244005127080409), (0.9, 1.2815515655446004), (0.999999, 4.753424308817087),
    ]
    for (probability, value) in expected { #expect(abs(normalQuantile(probability) - value) < 1e-10 * abs(value)) }
    #expect(abs(normalQuantile(0.5)) < 1e-14)
    #expect(normalQuantile(0) == -.infinity && normalQuantile(1) == .infinity)
  }

  @Test func incompleteBetaFunction() {
    let expected = [
      (0.5, 0.5, 0.2, 0.2951672353008665), (2, 7, 0.6, 0.99148032), (1e4, 3, 0.9999, 0.9196710091346667),
      (300, 500, 0.37, 0.3872604701597622), (1.2, 0.5, 1e-6, 2.9357067941135397e-08),
    ]
    for (a, b, x, value) in expected {
      let own = incompleteBeta(a, b, at: x, complement: 1 - x)
      #expect(abs(own - value) < 1e-9 * value, "I_\(x)(\(a), \(b)) is \(own)")
      #expect(abs(incompleteBeta(b, a, at: 1 - x, complement: x) - (1 - value)) < 1e-9)
    }
    #expect(incompleteBeta(2, 3, at: 0, complement: 1) == 0 && incompleteBeta(2, 3, at: 1, complement: 0) == 1)
    #expect(incompleteBeta(2, 3, at: .nan, complement: .nan).isNaN)
  }
}
