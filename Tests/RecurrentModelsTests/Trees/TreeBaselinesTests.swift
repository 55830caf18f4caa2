import RecurrentModels
import RecurrentNN
import Testing

@Suite struct TreeBaselinesTests {
  private func example(_ words: [Int], _ label: Int) -> TreeExample {
    let shape = TreeShape(childCounts: [Int](repeating: 0, count: words.count) + [words.count])
    return TreeExample(shape: shape, words: words, classes: words.map { _ in 1 } + [label])
  }

  @Test func wordsSayTheClass() {
    let training = [
      example([1, 3], 0), example([1, 4], 0), example([2, 3], 2), example([2, 4], 2), example([3, 4], 2),
    ]
    let baselines = TreeBaselines(training: training, validation: training, classes: 3, words: 5, neutral: 1)
    let scores = baselines.scores(on: [example([1, 1, 3], 0), example([2, 4], 2), example([1], 2)], neutral: 1)
    #expect(scores["majority"]?.accuracy == 2.0 / 3)
    #expect(scores["majority"]?.binaryAccuracy == 2.0 / 3)
    #expect(scores["naive Bayes"]?.accuracy == 2.0 / 3)
    #expect(scores["naive Bayes"]?.nodeAccuracy == nil)
  }
}
