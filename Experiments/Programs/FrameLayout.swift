package import Recurrent

/// How the pixels of a frame lie in a row of numbers: squares of `patch` pixels a side are the channels of one place, channel by
/// channel and row by row (Shi et al. 2015).
package struct FrameLayout: Sendable {
  /// The sizes of a frame in pixels: `[length]`, or `[height, width]`.
  package let frame: [Int]
  /// The pixels along a side of a place.
  package let patch: Int
  /// For each number of a row its pixel.
  private let order: [Int]

  /// The layout of a frame whose sizes `patch` divides.
  package init(frame: [Int], patch: Int) {
    (self.frame, self.patch) = (frame, patch)
    let rows = frame.count == 1 ? 1 : patch, width = frame[frame.count - 1]
    let (height, columns) = (frame.count == 1 ? 1 : frame[0] / patch, width / patch)
    order = (0..<rows).flatMap { down in
      (0..<patch).flatMap { right in
        (0..<height).flatMap { row in (0..<columns).map { (row * rows + down) * width + $0 * patch + right } }
      }
    }
  }

  /// The numbers of a frame.
  package var size: Int { order.count }
  /// The sizes of a frame in places.
  package var places: [Int] { frame.map { $0 / patch } }
  /// The pixels of a place.
  package var channels: Int { frame.count == 1 ? patch : patch * patch }

  /// Films of equally many frames as `[films, frames, size]`.
  package func tensor(_ films: [[Scalar]]) -> Tensor {
    let frames = films.isEmpty ? 0 : films[0].count / size
    let numbers = films.flatMap { film in (0..<frames).flatMap { time in order.map { film[time * size + $0] } } }
    return Tensor(numbers, shape: [films.count, frames, size])
  }

  /// The pixels of films `[films, frames, size]`.
  package func films(_ tensor: Tensor) -> [[Scalar]] {
    let frames = tensor.shape[1], numbers = tensor.scalars
    return (0..<tensor.shape[0]).map { film in
      var pixels = [Scalar](repeating: 0, count: frames * size)
      for time in 0..<frames {
        for (place, pixel) in order.enumerated() {
          pixels[time * size + pixel] = numbers[(film * frames + time) * size + place]
        }
      }
      return pixels
    }
  }
}
