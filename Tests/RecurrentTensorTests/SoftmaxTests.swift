import RecurrentKernels
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SoftmaxTests {
  private static let lengths = [4, 0, 2]

  /// Scores of two heads, three queries and four keys, with NaN where nothing may be seen.
  private static func scores(isCausal: Bool) -> (scores: Tensor, counts: [Int]) {
    var data = TestData(seed: 1)
    var scores = data.tensor([3, 2, 3, 4], in: -3...3)
    var counts: [Int] = []
    for row in 0..<3 {
      for head in 0..<2 {
        for query in 0..<3 {
          let count = isCausal ? min(lengths[row], query + 1) : lengths[row]
          for key in count..<4 { scores[row, head, query, key] = .nan }
          counts.append(count)
        }
      }
    }
    return (scores, counts)
  }

  @Test(arguments: [false, true]) func whatCountsIsASoftmaxByItself(isCausal: Bool) {
    let (scores, counts) = Self.scores(isCausal: isCausal)
    let weights = scores.softmax(lengths: Self.lengths, isCausal: isCausal).reshaped(to: [18, 4])
    let rows = scores.reshaped(to: [18, 4])
    for (row, count) in counts.enumerated() {
      #expect(weights[at: row, axis: 0][count..<4, axis: 0] == Tensor(zeros: [4 - count]))
      guard count > 0 else { continue }
      #expect(weights[at: row, axis: 0][0..<count, axis: 0] == rows[at: row, axis: 0][0..<count, axis: 0].softmax())
    }
  }

  @Test(arguments: [false, true]) func gradientsAreThoseOfDifferences(isCausal: Bool) {
    var data = TestData(seed: 2)
    let inputs = [data.tensor([3, 2, 3, 4])]
    #expect(
      GradientCheck.disagreements(at: inputs) {
        $0[0].softmax(lengths: Self.lengths, isCausal: isCausal) + $0[0].squared()
      } == [])
    #expect(GradientCheck.disagreements(at: inputs) { $0[0].softmax(lengths: nil, isCausal: isCausal) } == [])
  }

  @Test func whatDoesNotCountGetsNoGradient() {
    let (scores, counts) = Self.scores(isCausal: true)
    let tape = Tape()
    let watched = tape.watch(scores)
    let weights = watched.softmax(lengths: Self.lengths, isCausal: true)
    var data = TestData(seed: 3)
    tape.backward(from: (weights * data.tensor(weights.shape)).sum())
    let gradient = tape.gradient(of: watched).reshaped(to: [18, 4])
    for (row, count) in counts.enumerated() {
      for key in 0..<4 { #expect(key < count ? gradient[row, key].isFinite : gradient[row, key] == 0) }
    }
  }

  @Test func threadsChangeNoBit() {
    var data = TestData(seed: 4)
    let scores = data.tensor([5, 70, 130])
    let results = [1, 3].map { threads in
      WorkerPool.using(threads: threads) { scores.softmax(lengths: [130, 7, 0, 64, 1], isCausal: true) }
    }
    #expect(results[0] == results[1])
    #expect(scores.softmax() == scores.softmax(lengths: nil))
  }

  @Test func lengthsThatDoNotFitStop() async {
    func expect(_ text: String, _ result: ExitTest.Result?) {
      let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(output.contains(text), "\(output)")
    }
    expect(
      "softmax(lengths:isCausal:) lengths: expected shape [2]; received [3].",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(zeros: [2, 4]).softmax(lengths: [1, 2, 3])
      })
    expect(
      "softmax(lengths:isCausal:) lengths: index 5 is not in 0..<5.",
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(zeros: [2, 4]).softmax(lengths: [1, 5])
      })
  }
}
