import RecurrentModels
import Testing

@Suite struct TreeScoresTests {
  @Test func rootsAndPolesAreCounted() {
    let probabilities: [[Double]] = [
      [0.1, 0.2, 0.4, 0.2, 0.1],  // neutral is largest; below and above are equal
      [0.3, 0.1, 0.1, 0.25, 0.25],  // class 0 is largest, above outweighs below
      [0, 0.1, 0.2, 0.3, 0.4],
    ]
    let scores = TreeScores(probabilities: probabilities, classes: [2, 0, 3], neutral: 2, nodeAccuracy: 0.5)
    #expect(scores.accuracy == 2.0 / 3 && scores.trees == 3)
    #expect(scores.binaryAccuracy == 0.5 && scores.binaryTrees == 2)
    #expect(scores.nodeAccuracy == 0.5)
    let none = TreeScores(probabilities: probabilities, classes: [2, 2, 2], neutral: nil)
    #expect(none.binaryAccuracy == nil && none.binaryTrees == nil && none.accuracy == 1.0 / 3)
    #expect(TreeScores(probabilities: probabilities, classes: [2, 2, 2], neutral: 2).binaryAccuracy == nil)
  }
}
