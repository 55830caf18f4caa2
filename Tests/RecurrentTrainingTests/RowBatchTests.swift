import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct RowBatchTests {
  @Test(arguments: [(13, 4, [4, 3, 3, 3]), (8, 4, [2, 2, 2, 2]), (3, 4, [1, 1, 1, 0]), (7, 1, [7])])
  func rowsAreSharedEvenly(rows: Int, shards: Int, sizes: [Int]) {
    let ranges = (0..<shards).map { shardRows($0, of: shards, rowCount: rows) }
    #expect(ranges.map(\.count) == sizes)
    #expect(ranges.flatMap { Array($0) } == Array(0..<rows))
  }

  @Test func batchCountsItsRows() {
    #expect(Line().weight(of: Line.points(7, seed: 1)) == 7)
  }
}
