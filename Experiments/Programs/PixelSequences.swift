import Foundation
package import Recurrent

/// Images read pixel by pixel: sequences of one number a step, each of a class (Le, Jaitly and Hinton, "A simple way to initialize
/// recurrent networks of rectified linear units", 2015).
///
///     x_t = (p_(π(t)) - mean) / deviation
///
/// p are the pixels row by row, each the mean of `shrink` times `shrink` of the file; π is the identity, or one order drawn for
/// all images; mean and deviation are those of the images learned from.
package struct PixelSequences: Sendable {
  /// The steps of a sequence, and the classes.
  package let steps, classes: Int
  /// The numbers of images.
  package var count: Int { images.count }

  private let images: LabeledImages
  private let shrink: Int
  private let order: [Int]
  private let mean, deviation: Scalar

  /// Sequences of these images.
  ///
  /// - Parameters:
  ///   - images: The images.
  ///   - learned: The images that mean and deviation are taken of.
  ///   - shrink: How many pixels a side make one; it divides both sides.
  ///   - permutation: Where the order of the steps is drawn from; nil for row by row.
  /// - Throws: `ExperimentError` for a `shrink` that leaves pixels over.
  package init(
    _ images: LabeledImages, learned: Range<Int>, shrink: Int = 1, permutation: RandomSource? = nil
  ) throws {
    guard shrink > 0, images.height.isMultiple(of: shrink), images.width.isMultiple(of: shrink) else {
      throw ExperimentError(
        "--shrink: expected a divisor of \(images.height) and \(images.width), received \(shrink)")
    }
    (self.images, self.shrink) = (images, shrink)
    steps = images.height / shrink * (images.width / shrink)
    classes = Int(images.labels.max() ?? 0) + 1
    order = permutation?.permutation(steps) ?? Array(0..<steps)
    var (sum, squares, count) = (0.0, 0.0, 0.0)
    for image in learned {
      for pixel in Self.pixels(of: image, in: images, shrink: shrink) {
        sum += Double(pixel)
        squares += Double(pixel) * Double(pixel)
        count += 1
      }
    }
    mean = Scalar(sum / count)
    deviation = Scalar(max(squares / count - sum / count * (sum / count), 1e-12).squareRoot())
  }

  /// Other images, read in the same way.
  ///
  /// - Throws: `ExperimentError` for images of another size.
  package init(_ images: LabeledImages, as other: PixelSequences) throws {
    guard (images.height, images.width) == (other.images.height, other.images.width) else {
      throw ExperimentError(
        "expected images of \(other.images.height) × \(other.images.width) pixels as those to learn from, "
          + "received \(images.height) × \(images.width)")
    }
    self.images = images
    (steps, classes, shrink, order) = (other.steps, other.classes, other.shrink, other.order)
    (mean, deviation) = (other.mean, other.deviation)
  }

  /// The rows and the columns of an image.
  package var height: Int { images.height / shrink }
  package var width: Int { images.width / shrink }

  /// The pixels of an image row by row, 0 for black to 1 for white.
  package func pixels(of image: Int) -> [Scalar] { Self.pixels(of: image, in: images, shrink: shrink) }

  /// Images as a batch, moved by up to `shift` pixels of the file in both directions if there is randomness.
  package func batch(_ numbers: [Int], shift: Int = 0, random: RandomSource? = nil) -> PixelBatch {
    var inputs: [Scalar] = []
    inputs.reserveCapacity(numbers.count * steps)
    for image in numbers {
      var move = (0, 0)
      if let random, shift > 0 {
        func drawn(_ place: Int) -> Int { random.integer(below: 2 * shift + 1, at: 2 * image + place) - shift }
        move = (drawn(0), drawn(1))
      }
      let pixels = Self.pixels(of: image, in: images, shrink: shrink, moved: move)
      for place in order { inputs.append((pixels[place] - mean) / deviation) }
    }
    return PixelBatch(
      inputs: Tensor(inputs, shape: [numbers.count, steps, 1]), classes: numbers.map { Int(images.labels[$0]) })
  }

  /// The pixels row by row, between 0 and 1; what a move brings in from outside is 0.
  private static func pixels(
    of image: Int, in images: LabeledImages, shrink: Int, moved: (rows: Int, columns: Int) = (0, 0)
  ) -> [Scalar] {
    let (height, width, source) = (images.height, images.width, images.pixels(of: image))
    let columns = width / shrink
    var pixels = [Scalar](repeating: 0, count: height / shrink * columns)
    for row in 0..<height {
      let from = row - moved.rows
      guard (0..<height).contains(from) else { continue }
      for column in max(0, moved.columns)..<min(width, width + moved.columns) {
        let pixel = source[source.startIndex + from * width + column - moved.columns]
        pixels[row / shrink * columns + column / shrink] += Scalar(pixel)
      }
    }
    let scale = 1 / Scalar(255 * shrink * shrink)
    return pixels.map { $0 * scale }
  }
}

/// Sequences `[rows, steps, 1]` and the class of each.
package struct PixelBatch: RowBatch {
  package let inputs: Tensor
  package let classes: [Int]

  package init(inputs: Tensor, classes: [Int]) { (self.inputs, self.classes) = (inputs, classes) }

  package var rowCount: Int { classes.count }

  package func rows(in range: Range<Int>) -> PixelBatch {
    PixelBatch(inputs: inputs[range, axis: 0], classes: Array(classes[range]))
  }
}

/// Batches of some of the images, in an order drawn for each epoch, each image moved anew.
package struct PixelBatches: BatchProvider {
  private let sequences: PixelSequences
  private let images: Range<Int>
  private let size, shift: Int
  private let isShuffled: Bool

  /// Batches of `size`, of images moved by up to `shift` pixels.
  package init(_ sequences: PixelSequences, _ images: Range<Int>, size: Int, shift: Int = 0, isShuffled: Bool = true) {
    (self.sequences, self.images, self.size, self.shift) = (sequences, images, size, shift)
    self.isShuffled = isShuffled
  }

  package var batchesPerEpoch: Int? { (images.count + size - 1) / size }

  package func batches(epoch: Int, random: RandomSource) -> some Swift.Sequence<PixelBatch> {
    let order = isShuffled ? random.permutation(images.count) : Array(0..<images.count)
    let moves = random.stream("moves")
    return stride(from: 0, to: images.count, by: size).lazy.map { start in
      let numbers = order[start..<min(start + size, order.count)].map { images.lowerBound + $0 }
      return sequences.batch(numbers, shift: shift, random: moves)
    }
  }
}

extension LabeledImages {
  /// A part of a folder in which files are called as those of LeCun's digits, plain or gzip: `train` or `t10k`.
  ///
  /// - Throws: `DataError` for files that cannot be used.
  package static func part(_ name: String, of folder: String) throws(DataError) -> LabeledImages {
    func path(_ kind: String) -> String {
      let plain = "\(folder)/\(name)-\(kind)-ubyte"
      return FileManager.default.fileExists(atPath: plain) ? plain : plain + ".gz"
    }
    return try LabeledImages(images: path("images-idx3"), labels: path("labels-idx1"))
  }
}
