import Foundation
package import Recurrent

/// How far frames lie from those that came, a pixel: of the first frame ahead, and of all.
///
///     squared error (p - y)²           cross-entropy -(y log p + (1 - y) log(1 - p))
///
/// In the cross-entropy p lies within 1/256 and 255/256, the greys that a byte can tell from black and white: else a forecaster that
/// is sure and wrong once would have an infinite one.
package struct FilmScore: Encodable, Equatable, Sendable {
  package private(set) var firstSquaredError = 0.0, squaredError = 0.0
  package private(set) var firstCrossEntropy = 0.0, crossEntropy = 0.0

  /// The means over films: of each the pixels that were said and those that came, frame by frame, `size` to a frame.
  package init(_ films: [(said: [Scalar], truth: [Scalar])], size: Int) {
    var (first, all) = (0.0, 0.0)
    for (said, truth) in films {
      for (place, (pixel, target)) in zip(said, truth).enumerated() {
        let (p, y) = (Double(pixel), Double(target))
        let (squared, sure) = ((p - y) * (p - y), min(max(p, 1 / 256), 255 / 256))
        let entropy = -(y * log(sure) + (1 - y) * log(1 - sure))
        squaredError += squared
        crossEntropy += entropy
        all += 1
        guard place < size else { continue }
        firstSquaredError += squared
        firstCrossEntropy += entropy
        first += 1
      }
    }
    firstSquaredError /= first
    firstCrossEntropy /= first
    squaredError /= all
    crossEntropy /= all
  }
}
