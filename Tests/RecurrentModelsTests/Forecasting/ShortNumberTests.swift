import RecurrentModels
import Testing

@Suite struct ShortNumberTests {
  @Test(arguments: [
    (0.0, "0"), (0.29704, "0.297"), (18.649, "18.6"), (-2.5, "-2.50"), (999.6, "1000"), (3699.7, "3700"),
    (0.09996, "0.1000"), (0.05, "0.0500"), (9.999, "10.00"), (1.23e-7, "1.2e-7"), (2.5e12, "2.5e12"),
    (.infinity, "inf"), (0.00019, "0.000190"),
  ])
  func threeDigitsAreShown(value: Double, text: String) { #expect(shortNumber(value) == text) }

  @Test func sharesAreWholePercent() {
    #expect(shortPercent(0.834) == "83 %")
    #expect(shortPercent(-0.016) == "-2 %")
  }
}
