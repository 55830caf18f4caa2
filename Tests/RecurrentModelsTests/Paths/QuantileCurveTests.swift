import RecurrentModels
import Testing

@Suite struct QuantileCurveTests {
  private let probabilities = [0.02, 0.1, 0.35, 0.9, 0.99]

  @Test func aNormalDistributionIsDrawnExactly() {
    let curve = QuantileCurve(probabilities: probabilities)
    let quantiles = probabilities.map { 7 + 3 * normalQuantile($0) }
    for score in [-4, -2.2, -1.1, 0, 0.3, 1.9, 3.5] {
      #expect(abs(curve.value(at: score, through: quantiles) - (7 + 3 * score)) < 1e-12)
    }
  }

  @Test func otherDistributionsAreMetAtTheirQuantiles() {
    let curve = QuantileCurve(probabilities: probabilities)
    let quantiles = [-1, 0, 0, 2.5, 100.0]
    for (probability, quantile) in zip(probabilities, quantiles) {
      #expect(abs(curve.value(at: normalQuantile(probability), through: quantiles) - quantile) < 1e-12)
    }
    let scores = (-40...40).map { Double($0) / 10 }
    let values = scores.map { curve.value(at: $0, through: quantiles) }
    #expect(values == values.sorted())
    #expect(values[0] < -1 && values[80] > 100)
  }
}
