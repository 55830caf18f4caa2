import RecurrentModels
import Testing

@Suite struct SearchMethodTests {
  @Test func randomTrainsAllInFull() {
    let rounds = SearchMethod.random.rounds(of: 5)
    #expect(rounds.map(\.candidates) == [5] && rounds.map(\.divisor) == [1])
  }

  @Test(arguments: [
    (1, [1], [1]), (2, [2], [1]), (3, [3, 1], [3, 1]), (8, [8, 2], [3, 1]), (9, [9, 3, 1], [9, 3, 1]),
    (12, [12, 4, 1], [9, 3, 1]), (27, [27, 9, 3, 1], [27, 9, 3, 1]),
  ])
  func halvingKeepsAThird(count: Int, candidates: [Int], divisors: [Int]) {
    let rounds = SearchMethod.halving.rounds(of: count)
    #expect(rounds.map(\.candidates) == candidates && rounds.map(\.divisor) == divisors)
    #expect(rounds.map(\.number) == Array(1...candidates.count))
  }

  @Test func roundsHaveAShareOfTheEpochs() {
    let rounds = SearchMethod.halving.rounds(of: 9)
    #expect(rounds.map { $0.epochs(of: 20) } == [3, 7, 20])
    #expect(rounds.map { $0.epochs(of: 2) } == [1, 1, 2])
  }
}
