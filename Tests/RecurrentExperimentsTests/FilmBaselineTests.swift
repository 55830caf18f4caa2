import Recurrent
import RecurrentExperiments
import Testing

@Suite struct FilmBaselineTests {
  /// A frame of 8 rows and 9 columns with a shape at this place.
  private func frame(_ row: Int, _ column: Int) -> [Scalar] {
    var pixels = [Scalar](repeating: 0, count: 72)
    for (down, right, grey) in [(0, 0, 1), (0, 1, 0.5), (1, 0, 0.25)] as [(Int, Int, Scalar)] {
      guard (0..<8).contains(row + down), (0..<9).contains(column + right) else { continue }
      pixels[(row + down) * 9 + column + right] = grey
    }
    return pixels
  }

  private let mean = (0..<72).map { Scalar($0) / 72 }

  private func frames(_ baseline: FilmBaseline, after seen: [Scalar], _ frame: [Int] = [8, 9]) -> [Scalar] {
    baseline.frames(after: seen, frame: frame, ahead: 3, mean: Array(mean.prefix(frame.reduce(1, *))))
  }

  @Test func aMotionIsGoneOnWith() {
    let seen = frame(0, 5) + frame(1, 3) + frame(2, 2)
    #expect(frames(.lastFrame, after: seen) == frame(2, 2) + frame(2, 2) + frame(2, 2))
    #expect(frames(.meanFrame, after: seen) == mean + mean + mean)
    // The shape leaves the frame on the left.
    #expect(frames(.motion, after: seen) == frame(3, 1) + frame(4, 0) + frame(5, -1))
  }

  @Test func aLineMovesAsWell() {
    let seen: [Scalar] = [0, 1, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0.5, 0, 0, 0]
    #expect(
      frames(.motion, after: seen, [8]) == [0, 0, 0, 0, 0, 1, 0.5, 0] + [0, 0, 0, 0, 0, 0, 0, 1]
        + [Scalar](repeating: 0, count: 8))
  }

  @Test func ofEqualMotionsTheShortestIsTaken() {
    let black = [Scalar](repeating: 0, count: 144)
    #expect(frames(.motion, after: black) == [Scalar](repeating: 0, count: 216))
    let still = frame(3, 3) + frame(3, 3)
    #expect(frames(.motion, after: still) == frame(3, 3) + frame(3, 3) + frame(3, 3))
  }
}
