import RecurrentKernels
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct AdditiveScoresTests {
  @Test func scoresAreThoseOfEveryPair() {
    var data = TestData(seed: 1)
    let (queries, keys, weight) = (data.tensor([2, 3, 5]), data.tensor([2, 4, 5]), data.tensor([5]))
    let scores = queries.additiveScores(with: keys, weight: weight)
    #expect(scores.shape == [2, 3, 4])
    for row in 0..<2 {
      for query in 0..<3 {
        for key in 0..<4 {
          let sum = queries[at: row, axis: 0][at: query, axis: 0] + keys[at: row, axis: 0][at: key, axis: 0]
          let expected = (sum.tanh() * weight).sum().scalar
          #expect(abs(scores[row, query, key] - expected) < 1e-6)
        }
      }
    }
  }

  @Test func gradientsAreThoseOfDifferences() {
    var data = TestData(seed: 2)
    let inputs = [data.tensor([2, 3, 5]), data.tensor([2, 4, 5]), data.tensor([5])]
    #expect(GradientCheck.disagreements(at: inputs) { $0[0].additiveScores(with: $0[1], weight: $0[2]) } == [])
    let both = [data.tensor([2, 3, 5]), data.tensor([5])]
    #expect(GradientCheck.disagreements(at: both) { $0[0].additiveScores(with: $0[0], weight: $0[1]) } == [])
  }

  @Test func threadsChangeNoBit() {
    var data = TestData(seed: 3)
    let inputs = [data.tensor([5, 20, 33]), data.tensor([5, 40, 33]), data.tensor([33])]
    let results = [1, 3].map { threads in
      WorkerPool.using(threads: threads) {
        let tape = Tape()
        let watched = inputs.map { tape.watch($0) }
        let scores = watched[0].additiveScores(with: watched[1], weight: watched[2])
        tape.backward(from: scores.squared().sum())
        return [scores.detached()] + watched.map { tape.gradient(of: $0) }
      }
    }
    #expect(results[0] == results[1])
  }

  @Test func nothingToAskOrToSeeGivesNothing() {
    #expect(
      Tensor(zeros: [2, 0, 3]).additiveScores(with: Tensor(zeros: [2, 4, 3]), weight: Tensor(zeros: [3])).count == 0)
    #expect(
      Tensor(zeros: [2, 4, 3]).additiveScores(with: Tensor(zeros: [2, 0, 3]), weight: Tensor(zeros: [3])).count == 0)
  }

  @Test func keysOfOtherUnitsStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(zeros: [2, 3, 5]).additiveScores(with: Tensor(zeros: [2, 4, 6]), weight: Tensor(zeros: [5]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("additiveScores keys: expected shape [2, 4, 5]; received [2, 4, 6]."), "\(text)")
  }
}
