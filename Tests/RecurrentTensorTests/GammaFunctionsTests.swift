import Foundation
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct GammaFunctionsTests {
  /// The Euler-Mascheroni constant.
  private let euler = 0.577_215_664_901_532_9

  @Test func knownValues() {
    // Factorials, the half, and the recurrence far out.
    var factorial = 1.0
    for number in 1...20 {
      factorial *= Double(number)
      #expect(abs(logarithmOfGamma(Double(number) + 1) - log(factorial)) < 1e-13 * max(1, log(factorial)))
    }
    #expect(abs(logarithmOfGamma(0.5) - 0.5 * log(Double.pi)) < 1e-14)
    #expect(abs(logarithmOfGamma(1)) < 1e-14 && abs(logarithmOfGamma(2)) < 1e-14)
    #expect(abs(digamma(1) + euler) < 1e-14)
    #expect(abs(digamma(0.5) + euler + 2 * log(2.0)) < 1e-13)
    for x in [1e-3, 0.37, 3.2, 9.99, 10.01, 47, 1e4] {
      #expect(abs(logarithmOfGamma(x + 1) - logarithmOfGamma(x) - log(x)) < 1e-14 * max(1, x * log(x + 2)))
      #expect(abs(digamma(x + 1) - digamma(x) - 1 / x) < 1e-14 * max(10, 1 / x))
    }
  }

  /// Two series meet at 10; the derivative is the derivative on both sides.
  @Test(arguments: [0.02, 0.9, 1.7, 6.4, 9.999, 10.001, 250]) func digammaIsTheDerivative(x: Double) {
    let step = 1e-3 * min(1, x)
    func difference(_ step: Double) -> Double {
      (logarithmOfGamma(x + step) - logarithmOfGamma(x - step)) / (2 * step)
    }
    let derivative = (4 * difference(step) - difference(2 * step)) / 3
    #expect(abs(derivative - digamma(x)) < 1e-8 * max(1, abs(digamma(x))))
  }

  @Test func numbersThatAreNotAboveZeroShow() {
    for x in [0, -1.5, Double.nan] { #expect(logarithmOfGamma(x).isNaN && digamma(x).isNaN) }
    #expect(Tensor([1, -1], shape: [2]).logGamma().scalars[1].isNaN)
    #expect(
      Comparison.relativeError(
        Tensor([3, 4.5], shape: [2]).logGamma().scalars.map { Double($0) }, [log(2), 2.453_736_570_842_442]) < 1e-6)
  }
}
