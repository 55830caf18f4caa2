import RecurrentModels
import RecurrentTensor
import Testing

@Suite struct SchaakeShuffleTests {
  /// Of three quantities the second falls as the first rises; the third has two values only.
  private let examples = (0..<37).map { number -> [Double] in
    let value = Double(number * 11 % 37)
    return [value, -value * value, Double(number % 2)]
  }

  private func ranks(_ values: [Double]) -> [Int] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = values.map { _ in 0 }
    for (rank, index) in order.enumerated() { ranks[index] = rank }
    return ranks
  }

  @Test(arguments: [1, 5, 37, 100]) func drawsAreSpreadAndOrderedLikeTheExamples(count: Int) {
    let draws = SchaakeShuffle.probabilities(like: examples, count: count, random: RandomSource(seed: 3))
    #expect(draws.count == count && draws.allSatisfy { $0.count == 3 && $0.allSatisfy { $0 > 0 && $0 < 1 } })
    let rounds = (count + 36) / 37
    for round in 0..<rounds {
      let part = Array(draws[count * round / rounds..<count * (round + 1) / rounds])
      for quantity in 0..<3 {
        // One draw in each share of 0...1.
        let places = part.map { Int($0[quantity] * Double(part.count)) }
        #expect(places.sorted() == Array(0..<part.count))
      }
      let (first, second) = (ranks(part.map { $0[0] }), ranks(part.map { -$0[1] }))
      #expect(first == second)
    }
  }

  @Test func theSeedDecides() {
    func draws(_ seed: UInt64) -> [[Double]] {
      SchaakeShuffle.probabilities(like: examples, count: 50, random: RandomSource(seed: seed))
    }
    #expect(draws(1) == draws(1))
    #expect(draws(1) != draws(2))
  }

  @Test func equalExamplesAreOrderedByChance() {
    let draws = SchaakeShuffle.probabilities(like: examples, count: 37, random: RandomSource(seed: 5))
    let low = draws.filter { $0[2] < 0.5 }
    #expect(low.count == 18 || low.count == 19)
    // Among equals of the third quantity the order is not that of the first.
    #expect(ranks(low.map { $0[2] }) != ranks(low.map { $0[0] }))
  }
}
