import Foundation
import Recurrent
import RecurrentExperiments
import Testing

@Suite struct FilmScoreTests {
  @Test func theFirstFrameAndAllAreJudged() {
    let score = FilmScore([([0.5, 0.25, 1, 0], [1, 0, 0, 0.5]), ([0.5, 0.5, 0.5, 0.5], [0, 1, 1, 0])], size: 2)
    #expect(abs(score.firstSquaredError - (0.25 + 0.0625 + 0.25 + 0.25) / 4) < 1e-9)
    #expect(abs(score.squaredError - (0.8125 + 1 + 0.25 + 0.5) / 8) < 1e-9)
    let first = 3 * log(2.0) - log(0.75)
    #expect(abs(score.firstCrossEntropy - first / 4) < 1e-9)
    // Sure and wrong costs what 1/256 does; sure where it was half, half of that, and next to nothing for the other half.
    let sure = log(256.0), other = -log(255.0 / 256)
    #expect(abs(score.crossEntropy - (first + 2 * log(2.0) + sure + (sure + other) / 2) / 8) < 1e-9)
  }

  @Test func noFrameAheadButTheFirst() {
    let score = FilmScore([([0.5, 0.25], [1, 0])], size: 2)
    #expect(score.firstSquaredError == score.squaredError && score.firstCrossEntropy == score.crossEntropy)
  }
}
