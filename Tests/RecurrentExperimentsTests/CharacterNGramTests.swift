import Foundation
import RecurrentExperiments
import Testing

@Suite struct CharacterNGramTests {
  private let text = [0, 1, 2, 0, 1, 1, 0, 2]

  @Test func countsAreInterpolated() {
    let model = CharacterNGram(text, order: 2, characters: 4)
    // Of 8 numbers 3 are 0, 3 are 1 and 2 are 2: three kinds. After 0 came 1, 1 and 2; after 1 came 2, 1 and 0.
    let alone = [3, 3, 2, 0].map { ($0 + 3.0 / 4) / 11 }
    for (number, count) in [0, 2, 1, 0].enumerated() {
      let expected = (Double(count) + 2 * alone[number]) / 5
      #expect(abs(model.probability(of: number, after: [0]) - expected) < 1e-12)
    }
    #expect(abs(model.probability(of: 3, after: [2, 1]) - 3 * alone[3] / 6) < 1e-12)
    #expect(abs(model.probability(of: 2, after: []) - alone[2]) < 1e-12)
    // Nothing ever followed 3.
    #expect(abs(model.probability(of: 1, after: [3]) - alone[1]) < 1e-12)
  }

  @Test(arguments: [1, 2, 3, 5]) func probabilitiesSumToOne(_ order: Int) {
    let model = CharacterNGram(text, order: order, characters: 4)
    for history: [Int] in [[], [0], [1, 1], [2, 0, 1, 1], [3, 3]] {
      let sum = (0..<4).reduce(0) { $0 + model.probability(of: $1, after: history[...]) }
      #expect(abs(sum - 1) < 1e-12)
    }
  }

  @Test func bitsAreTheMeanSurprise() {
    let model = CharacterNGram(text, order: 3, characters: 4)
    let expected =
      -[
        log2(model.probability(of: 1, after: [])), log2(model.probability(of: 0, after: [1])),
        log2(model.probability(of: 3, after: [1, 0])), log2(model.probability(of: 2, after: [0, 3])),
      ].reduce(0, +) / 4
    #expect(abs(model.bits(of: [1, 0, 3, 2]) - expected) < 1e-12)
    let alternating = (0..<500).map { $0 % 2 }
    #expect(CharacterNGram(alternating, order: 2, characters: 2).bits(of: alternating) < 0.05)
  }
}
