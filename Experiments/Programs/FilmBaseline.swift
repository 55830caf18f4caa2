package import Recurrent

/// A forecast of frames that learns nothing, or next to nothing.
package enum FilmBaseline: CaseIterable, Sendable {
  /// The last frame again and again.
  case lastFrame
  /// The mean of all frames to learn from.
  case meanFrame
  /// The last frame, moved on as a whole by the motion that makes the one before it most like it, in whole pixels, 4 at most.
  case motion

  /// The frames behind some that were seen.
  ///
  /// - Parameters:
  ///   - seen: Their pixels, at least two frames.
  ///   - frame: The sizes of a frame.
  ///   - ahead: How many frames.
  ///   - mean: The mean of all frames to learn from.
  /// - Returns: Their pixels.
  package func frames(after seen: [Scalar], frame: [Int], ahead: Int, mean: [Scalar]) -> [Scalar] {
    let last = Array(seen.suffix(mean.count))
    switch self {
    case .lastFrame: return (0..<ahead).flatMap { _ in last }
    case .meanFrame: return (0..<ahead).flatMap { _ in mean }
    case .motion:
      let before = Array(seen.dropLast(mean.count).suffix(mean.count))
      let (down, right) = Self.motion(from: before, to: last, frame)
      return (1...ahead).flatMap { Self.moved(last, frame, down: $0 * down, right: $0 * right) }
    }
  }

  /// The motion with the least squared error, the shortest of several.
  private static func motion(from before: [Scalar], to last: [Scalar], _ frame: [Int]) -> (down: Int, right: Int) {
    let reach = -4...4
    var best = (down: 0, right: 0), least = Scalar.infinity, length = 0
    for down in frame.count == 1 ? 0...0 : reach {
      for right in reach {
        let moved = moved(before, frame, down: down, right: right)
        var error: Scalar = 0
        for place in moved.indices { error += (moved[place] - last[place]) * (moved[place] - last[place]) }
        let way = down * down + right * right
        guard error < least || (error == least && way < length) else { continue }
        (best, least, length) = ((down, right), error, way)
      }
    }
    return best
  }

  /// A frame moved on; what comes in is black.
  private static func moved(_ pixels: [Scalar], _ frame: [Int], down: Int, right: Int) -> [Scalar] {
    let (height, width) = (frame.count == 1 ? 1 : frame[0], frame[frame.count - 1])
    var result = [Scalar](repeating: 0, count: pixels.count)
    for row in 0..<height where (0..<height).contains(row - down) {
      for column in 0..<width where (0..<width).contains(column - right) {
        result[row * width + column] = pixels[(row - down) * width + column - right]
      }
    }
    return result
  }
}
