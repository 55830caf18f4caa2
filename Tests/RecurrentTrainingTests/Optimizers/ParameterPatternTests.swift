import RecurrentTraining
import Testing

@Suite struct ParameterPatternTests {
  @Test(arguments: [
    ("encoder.weight_hh_l0", "encoder.weight_hh_l0", true), ("encoder", "encoder.weight_hh_l0", true),
    ("enc", "encoder.weight_hh_l0", false), ("encoder.weight", "encoder.weight_hh_l0", false),
    ("*.weight_hh_*", "encoder.weight_hh_l0", true), ("*.bias", "encoder.weight_hh_l0", false),
    ("*", "encoder.weight_hh_l0", true), ("blocks.*.gate", "blocks.1.inner.gate.weight", true),
    ("blocks.1", "blocks.10.gate", false), ("", "encoder", false), ("encoder.", "encoder.weight", false),
    ("*l0", "encoder.weight_hh_l0_reverse", false),
  ])
  func matches(_ pattern: String, _ path: String, _ expected: Bool) {
    #expect(ParameterPattern(pattern).matches(path) == expected)
  }
}
