import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct SequencePairsTests {
  private let pairs = Follower<ElmanCell>.pairs(rows: 3, steps: 7, lengths: [7, 2, 4], seed: 3)

  @Test func rowsKeepWhatIsTheirs() {
    let part = pairs.rows(in: 1..<3)
    #expect((part.rowCount, part.stepCount, part.validStepCount) == (2, 7, 6))
    #expect(part.inputs == pairs.inputs.rows(at: [1, 2]))
    #expect(part.targets == pairs.targets.rows(at: [1, 2]))
  }

  @Test func stepsShortenLengthsAndGoOn() {
    let part = pairs.steps(in: 2..<5)
    #expect(part.lengths == [3, 0, 2])
    #expect(part.startingRows == [false, false, false])
    #expect(part.inputs[1, 0, 1] == pairs.inputs[1, 2, 1])
    #expect(pairs.steps(in: 0..<2).startingRows == [true, true, true])
    #expect([0..<3, 3..<7].reduce(0) { $0 + pairs.steps(in: $1).validStepCount } == 13)
  }
}
