import RecurrentTensor
import Testing

@Suite struct NumberTextTests {
  @Test(
    arguments: [
      (0, 4, "0"), (1, 4, "1.000"), (18.604, 3, "18.6"), (0.02974, 3, "0.0297"), (931_800_000, 4, "931800000"),
      (-12.3456, 4, "-12.35"), (999.96, 4, "1000.0"), (0.00001234, 3, "0.0000123"), (1.234e-7, 3, "1.23e-7"),
      (9.999e-7, 3, "1.00e-6"), (2.5e17, 2, "2.5e17"), (-6.02e23, 3, "-6.02e23"), (0.1 + 0.2, 3, "0.300"),
      (1000, 2, "1000"), (.infinity, 3, "∞"), (-.infinity, 3, "-∞"), (.nan, 3, "–"),
    ] as [(Double, Int, String)])
  func significantDigits(value: Double, digits: Int, text: String) {
    #expect(NumberText.significant(value, digits) == text)
  }

  @Test(
    arguments: [
      (2.5, 2, "2.50"), (-0.004, 2, "0.00"), (-0.005, 2, "-0.01"), (1234.5678, 0, "1235"), (0.1, 5, "0.10000"),
      (99.995, 2, "100.00"), (1e20, 2, "1e+20"),
    ] as [(Double, Int, String)])
  func fixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals) == text)
  }

  @Test func shorterForms() {
    #expect(NumberText.significant(2.5, 4, trimsZeros: true) == "2.5")
    #expect(NumberText.significant(2, 4, trimsZeros: true) == "2")
    #expect(NumberText.fixed(100, 0, trimsZeros: true) == "100")
    #expect(NumberText.percent(0.7931) == "79.3\u{A0}%")
    #expect(NumberText.percent(0.8, decimals: 0) == "80\u{A0}%")
    #expect(NumberText.percent(.nan) == "–")
    #expect(NumberText.duration(seconds: 8.24) == "8.2 s")
    #expect(NumberText.duration(seconds: 59) == "59 s")
    #expect(NumberText.duration(seconds: 200) == "3 min 20 s")
    #expect(NumberText.duration(seconds: 7500) == "2 h 5 min")
  }

  @Test func decimalsFollowTheLargestValue() {
    #expect(NumberText.decimals(for: [0.1, 41.7, .nan], digits: 4) == 2)
    #expect(NumberText.decimals(for: [0.00123], digits: 3) == 5)
    #expect(NumberText.decimals(for: [123_456], digits: 4) == 0)
    #expect(NumberText.decimals(for: [Double](), digits: 4) == 0)
  }
}
