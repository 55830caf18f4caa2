import Foundation
import RecurrentModels
import Testing

@Suite struct SearchSpaceTests {
  private let space = SearchSpace([
    .init("rate", standard: .number(0.002), .logarithmic(1e-4...1e-1)),
    .init("hidden", standard: .whole(20), .oneOf([.whole(16), .whole(64)])),
    .init("cell", standard: .word("gru"), .oneOf([.word("gru"), .word("lstm"), .word("elman")])),
  ])

  @Test func firstCandidateIsTheStandardOne() {
    let first = space.candidate(1, seed: 7)
    #expect(first.settings.map(\.value) == [.number(0.002), .whole(20), .word("gru")])
    #expect(first.options == "--rate 0.002 --hidden 20 --cell gru")
    #expect(first == space.candidate(1, seed: 8))
  }

  @Test func logarithmsAreEvenlySpread() throws {
    var counts = [0, 0, 0]
    for number in 2...601 {
      guard case .number(let rate) = try #require(space.candidate(number, seed: 3)["rate"]) else { continue }
      #expect(rate >= 1e-4 && rate <= 1e-1)
      counts[min(2, Int(log10(rate) + 4))] += 1
      // Three digits, so that a command line holds the number itself.
      #expect(Double(String(format: "%.2e", rate)) == rate)
    }
    #expect(counts.allSatisfy { $0 > 150 && $0 < 250 }, "\(counts)")
  }

  @Test func everyValueOfAListIsDrawn() {
    let cells = Set((2...40).map { space.candidate($0, seed: 1)["cell"] })
    #expect(cells == [.word("gru"), .word("lstm"), .word("elman")])
    #expect(space.candidate(2, seed: 1)["nothing"] == nil)
  }

  @Test func valuesDependOnSeedNumberAndNameAlone() {
    let shorter = SearchSpace([space.dimensions[2], space.dimensions[0]])
    for number in 2...9 {
      let (whole, part) = (space.candidate(number, seed: 5), shorter.candidate(number, seed: 5))
      #expect(whole["rate"] == part["rate"] && whole["cell"] == part["cell"])
    }
    #expect((2...9).contains { space.candidate($0, seed: 5)["rate"] != space.candidate($0, seed: 6)["rate"] })
    #expect(Set((2...9).map { space.candidate($0, seed: 5)["rate"] }).count > 6)
  }

  @Test func valuesAreReadBack() throws {
    let values: [SearchValue] = [.whole(3), .number(0.25), .word("lstm")]
    #expect(try JSONDecoder().decode([SearchValue].self, from: JSONEncoder().encode(values)) == values)
    #expect([SearchValue.number(0), .number(0.3), .whole(0)].map(\.description) == ["0", "0.3", "0"])
  }
}
