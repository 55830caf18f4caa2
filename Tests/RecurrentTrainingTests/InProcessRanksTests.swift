import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Synchronization
import Testing

/// Runs `body(rank)` on a thread for each rank, and gives the results by rank.
func onThreads<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Result) -> [Result] {
  let results = Mutex<[Int: Result]>([:])
  let done = DispatchSemaphore(value: 0)
  let slot = SharedResults(results)
  for rank in 0..<count {
    Thread {
      let result = body(rank)
      slot.results.withLock { $0[rank] = result }
      done.signal()
    }.start()
  }
  for _ in 0..<count { done.wait() }
  return slot.results.withLock { results in (0..<count).map { results[$0]! } }
}

private final class SharedResults<Result: Sendable>: Sendable {
  let results: Mutex<[Int: Result]>
  init(_ results: consuming sending Mutex<[Int: Result]>) { self.results = results }
}

@Suite struct InProcessRanksTests {
  private struct Outcome: Equatable {
    var weights: [Tensor]
    var losses: [Double]
  }

  /// Batches of 13 rows, the last of an epoch with 5: shards of unequal size, and of an odd number.
  private func train(rank: Int = 0, ranks: InProcessRanks? = nil, shards: Int = 4) -> Outcome {
    var model = FirstSign()
    var losses: [Double] = []
    var trainer = Trainer(
      optimizer: .adamW(learningRate: 0.02), clipping: .globalNorm(1), length: .steps(11), averaging: 0.9, seed: 4,
      gradientShards: shards)
    if let ranks { trainer.reducer = ranks.reducer(rank: rank) }
    try! trainer.fit(&model, on: FirstSign.batches(57, batchSize: 13, seed: 1)) { event in
      if case .step(let progress) = event { losses.append(progress.trainLoss) }
    }
    return Outcome(weights: model.namedTensors.map(\.tensor), losses: losses)
  }

  @Test(arguments: [1, 2, 4])
  func ranksGiveTheBitsOfOneProcess(count: Int) {
    let expected = train()
    let ranks = InProcessRanks(count: count)
    let received = onThreads(count) { train(rank: $0, ranks: ranks) }
    #expect(received == Array(repeating: expected, count: count))
  }

  @Test func threeRanksOfSixShards() {
    let ranks = InProcessRanks(count: 3)
    #expect(onThreads(3) { train(rank: $0, ranks: ranks, shards: 6) } == Array(repeating: train(shards: 6), count: 3))
    #expect(train(shards: 6) != train(shards: 4))
  }

  /// The ranks of one run after the other, also where one is done long before the others.
  @Test(arguments: [1, 2, 4])
  func serveSeveralRuns(count: Int) {
    let expected = train()
    let ranks = InProcessRanks(count: count)
    let received = onThreads(count) { rank in
      (0..<3).map { run in
        if (rank + run).isMultiple(of: 2) { usleep(20_000) }
        return train(rank: rank, ranks: ranks)
      }
    }
    #expect(received == Array(repeating: Array(repeating: expected, count: 3), count: count))
  }

  @Test func failedRunDoesNotSpoilTheNext() {
    let ranks = InProcessRanks(count: 2)
    let results = onThreads(2) { rank in
      (0..<2).map { run in
        var model = Line()
        let trainer = Trainer(
          optimizer: .sgd(learningRate: 0.1), length: .steps(run == 0 ? 3 + rank : 5), gradientShards: 2,
          reducer: ranks.reducer(rank: rank))
        do {
          return "\(try trainer.fit(&model, on: Line.batches()) { _ in }.steps)"
        } catch {
          return "failed"
        }
      }
    }
    #expect(results == [["3", "5"], ["failed", "5"]])
  }

  @Test func rankThatEndsIsNotWaitedFor() {
    let ranks = InProcessRanks(count: 2)
    let results = onThreads(2) { rank in
      var model = Line()
      let trainer = Trainer(
        optimizer: .sgd(learningRate: 0.1), length: .steps(3 + rank), gradientShards: 2,
        reducer: ranks.reducer(rank: rank))
      do {
        try trainer.fit(&model, on: Line.batches()) { _ in }
        return "done"
      } catch {
        return "\(error)"
      }
    }
    #expect(results[0] == "done")
    #expect(
      results[1]
        == "the gradients of step 4 could not be joined with those of the other ranks: rank 0 has ended its run")
  }
}
