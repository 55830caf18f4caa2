import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct StreamBatchesTests {
  private func stretches(_ count: Int, rows: Int, steps: Int) -> [StreamStretch] {
    let provider = StreamBatches(count: count, rows: rows, steps: steps) { $0 }
    let batches = Array(provider.batches(epoch: 2, random: RandomSource(seed: 1)))
    #expect(provider.batchesPerEpoch == batches.count)
    return batches
  }

  @Test func everyRowGoesOn() {
    // 3 rows of 7 steps, 2 left out.
    let all = stretches(23, rows: 3, steps: 3)
    #expect(all.map(\.starts) == [[0, 7, 14], [3, 10, 17], [6, 13, 20]])
    #expect(all.map(\.steps) == [3, 3, 1])
    #expect(all.map(\.isFirst) == [true, false, false])
    #expect(all[0].startingRows == [true, true, true])
  }

  @Test(arguments: [1, 2, 3, 5, 9])
  func piecesAreCounted(cut: Int) {
    let provider = StreamBatches(count: 46, rows: 2, steps: 7) { $0.steps }
    let pieces = provider.batches(epoch: 1, random: RandomSource(seed: 1)).reduce(0) { $0 + ($1 + cut - 1) / cut }
    #expect(provider.batchesPerEpoch(cutEvery: cut) == pieces)
  }

  @Test func rowsOfASeries() {
    let series = Tensor((0..<20).map { Scalar($0) }, shape: [10, 2])
    let provider = StreamBatches(count: 9, rows: 2, steps: 3) { ($0.rows(of: series), $0.rows(of: series, ahead: 1)) }
    let batches = Array(provider.batches(epoch: 1, random: RandomSource(seed: 1)))
    #expect(batches.map { $0.0.shape } == [[2, 3, 2], [2, 1, 2]])
    #expect(batches[1].0.scalars == [6, 7, 14, 15])
    #expect(batches[1].1.scalars == [8, 9, 16, 17])
  }
}
