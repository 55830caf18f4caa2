import RecurrentKernels
import Testing

/// The table by which threads share a sequence. (That no choice changes a bit: with the tests of runs.)
@Suite struct SequenceLayoutTests {
  private struct Call {
    var rows = 32, steps = 100, blocks = 8, total = 1 << 30, perStep = 1 << 20, stepBytes = 4 << 10,
      weightBytes = 1 << 18
    var joinsUnits = true

    func shares(_ threads: Int) -> [Int] {
      let plan = SequenceLayout.partition(
        rows: rows, steps: steps, blocks: blocks, total: total, perStep: perStep, stepBytes: stepBytes,
        weightBytes: weightBytes, joinsUnits: joinsUnits, threads: threads)
      return [plan.rowParts, plan.unitShares, plan.timeShares]
    }
  }

  @Test func smallCallsStayOnOneThread() {
    #expect(Call(total: 1_999_999).shares(2) == [1, 1, 1])
    #expect(Call(total: 2_000_000).shares(2) == [2, 1, 1])
    #expect(Call().shares(1) == [1, 1, 1])
  }

  @Test func threadsHaveFourRowsOrShareUnits() {
    #expect(Call(rows: 8).shares(2) == [2, 1, 1])
    #expect(Call(rows: 7, blocks: 8).shares(2) == [1, 2, 1])
    #expect(Call(rows: 7, blocks: 7).shares(2) == [2, 1, 1])
    #expect(Call(rows: 7, blocks: 8, perStep: 149_999).shares(2) == [2, 1, 1])
    #expect(Call(rows: 1, blocks: 7).shares(2) == [1, 1, 1])
    #expect(Call(rows: 1, blocks: 8, perStep: 60_000).shares(2) == [1, 2, 1])
    #expect(Call(rows: 1, blocks: 8, perStep: 59_999).shares(2) == [1, 1, 1])
    #expect(Call(rows: 3, blocks: 7).shares(8) == [3, 1, 1])
  }

  @Test func weightsThatOutgrowACacheAreSharedByUnits() {
    let most = 3 << 18
    #expect(Call(weightBytes: most).shares(2) == [2, 1, 1])
    #expect(Call(weightBytes: most + 1).shares(2) == [1, 2, 1])
    #expect(Call(blocks: 7, weightBytes: most + 1).shares(2) == [2, 1, 1])
  }

  @Test func stepsThatNoProductJoinsAreTakenInTurn() {
    func call(rows: Int = 4, steps: Int = 512, blocks: Int = 8, stepBytes: Int = 16 << 10) -> Call {
      Call(rows: rows, steps: steps, blocks: blocks, stepBytes: stepBytes, joinsUnits: false)
    }
    #expect(call().shares(2) == [1, 1, 2] && call().shares(3) == [1, 1, 3])
    #expect(call().shares(4) == [1, 4, 1])
    #expect(call(steps: 511).shares(2) == [1, 2, 1])
    #expect(call(stepBytes: (16 << 10) + 1).shares(2) == [1, 2, 1])
    #expect(call(rows: 8).shares(2) == [2, 1, 1])
    #expect(call(rows: 2, steps: 100, blocks: 1).shares(2) == [2, 1, 1])
    #expect(call(rows: 1, steps: 100, blocks: 3).shares(2) == [1, 2, 1])
  }
}
