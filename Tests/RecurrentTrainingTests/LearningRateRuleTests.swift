import Foundation
import RecurrentTraining
import Testing

@Suite struct LearningRateRuleTests {
  @Test func textsAndJSON() throws {
    #expect(LearningRateRule("0.5") == 0.5 && LearningRateRule("find") == .found)
    for text in ["0", "-1", "nan", "inf", "auto", ""] { #expect(LearningRateRule(text) == nil, "\(text)") }
    #expect([LearningRateRule.found, .standard, 2e-3].map(\.description) == ["find", "standard", "0.002"])
    let rules: [LearningRateRule] = [.found, .standard, 0.25]
    let data = try JSONEncoder().encode(rules)
    #expect(String(decoding: data, as: UTF8.self) == "[\"find\",\"standard\",0.25]")
    #expect(try JSONDecoder().decode([LearningRateRule].self, from: data) == rules)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([LearningRateRule].self, from: Data("[\"best\"]".utf8))
    }
  }
}
