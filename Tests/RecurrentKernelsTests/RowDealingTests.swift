import RecurrentKernels
import Testing

@Suite struct RowDealingTests {
  @Test func everyRowIsDealtOnceAndLongOnesComeFirst() {
    for count in 0...40 {
      let lengths = (0..<count).map { ($0 * 37 + 11) % 23 }
      for groups in 1...5 {
        for dealt in [RowDealing.inTurn(lengths, among: groups), RowDealing.together(lengths, among: groups)] {
          #expect(dealt.count == groups)
          #expect(dealt.flatMap { $0 }.sorted() == Array(0..<count))
          for rows in dealt { #expect(zip(rows, rows.dropFirst()).allSatisfy { lengths[$0] >= lengths[$1] }) }
        }
      }
    }
  }

  /// Of a few rows the longest run together, and the others have about as much to do.
  @Test func longRowsOfAFewRunTogether() {
    let lengths = [50, 100, 12, 75, 87, 25, 62, 37]
    #expect(RowDealing.together(lengths, among: 2) == [[1, 4, 5], [3, 6, 0, 7, 2]])
    // Without weights to read, a step takes as long as its rows.
    #expect(RowDealing.inTurn(lengths, among: 2) == [[1, 6, 0, 2], [4, 3, 7, 5]])
    // One row longer than all others together is alone.
    #expect(RowDealing.together([10, 400, 20, 10], among: 2) == [[1], [2, 0, 3]])
  }

  /// Of many rows every group has about as many at every step.
  @Test func manyRowsAreDealtInTurn() {
    let lengths = (0..<64).map { 3 * ($0 * 29 % 64) + 1 }
    let dealt = RowDealing.together(lengths, among: 2)
    for step in 0..<190 {
      let running = dealt.map { rows in rows.count { lengths[$0] > step } }
      #expect(abs(running[0] - running[1]) <= 1, "\(step)")
    }
  }

  @Test func rowsWithoutStepsAreDealtAsWell() {
    #expect(RowDealing.together([0, 0, 5, 0], among: 2).flatMap { $0 }.count == 4)
    #expect(RowDealing.together([0, 0], among: 3).flatMap { $0 } == [0, 1])
    #expect(RowDealing.together([], among: 2) == [[], []])
  }
}
