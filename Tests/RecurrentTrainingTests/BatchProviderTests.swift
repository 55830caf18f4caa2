import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct BatchProviderTests {
  @Test func everySampleOnceAnEpoch() {
    let provider = SampleBatches(count: 10, batchSize: 4) { $0 }
    #expect(provider.batchesPerEpoch == 3)
    let batches = Array(provider.batches(epoch: 1, random: RandomSource(seed: 1)))
    #expect(batches.map { $0.count } == [4, 4, 2])
    #expect(batches.flatMap { $0 }.sorted() == Array(0..<10))
    #expect(batches.flatMap { $0 } != Array(0..<10))
  }

  @Test func orderDependsOnTheRandomnessAlone() {
    let provider = SampleBatches(count: 30, batchSize: 7) { $0 }
    func order(_ seed: UInt64) -> [Int] { provider.batches(epoch: 1, random: RandomSource(seed: seed)).flatMap { $0 } }
    #expect(order(1) == order(1))
    #expect(order(1) != order(2))
  }

  @Test func unshuffled() {
    let provider = SampleBatches(count: 5, batchSize: 2, shuffled: false) { $0 }
    #expect(Array(provider.batches(epoch: 3, random: RandomSource(seed: 1))) == [[0, 1], [2, 3], [4]])
  }

  @Test func mostBatchesEndAnEpochEarly() {
    let provider = SampleBatches(count: 10, batchSize: 3, mostBatches: 2) { $0 }
    #expect(provider.batchesPerEpoch == 2)
    let epochs = (1...20).map { epoch in
      provider.batches(epoch: epoch, random: RandomSource(seed: 1).stream(epoch)).flatMap { $0 }
    }
    #expect(epochs.allSatisfy { $0.count == 6 && Set($0).count == 6 })
    // Every sample has its turn.
    #expect(Set(epochs.joined()).count == 10)
    #expect(SampleBatches(count: 4, batchSize: 3, mostBatches: 9) { $0 }.batchesPerEpoch == 2)
  }

  @Test(arguments: [3, Int.max]) func batchesAreMadeAsTheyAreAskedFor(_ most: Int) {
    var made: [[Int]] = []
    let provider = SampleBatches(count: 17, batchSize: 4, mostBatches: most, shuffled: false) { numbers in
      made.append(numbers)
      return numbers
    }
    var batches = provider.batches(epoch: 1, random: RandomSource(seed: 1)).makeIterator()
    #expect(made.isEmpty)
    #expect(batches.next() == [0, 1, 2, 3] && batches.next() == [4, 5, 6, 7] && made.count == 2)
    var rest = 0
    while batches.next() != nil { rest += 1 }
    #expect(rest == min(most, 5) - 2)
  }
}
