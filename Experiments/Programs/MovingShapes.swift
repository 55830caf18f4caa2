import Foundation
package import Recurrent

/// Films of shapes that move at a constant speed and bounce off the edges, the brighter one in front: Srivastava, Mansimov and
/// Salakhutdinov, "Unsupervised learning of video representations using LSTMs", 2015.
///
///     place_t = fold(place_0 + t/10 (sin θ, cos θ))        fold(x) = |x - 2 round(x/2)|
///
/// A place is a share of the way that an edge leaves to the shape, rounded to whole pixels; the start and θ are drawn for each
/// shape. On a line only the second number counts. Shapes are images, or drawn: bars on a line, else squares and discs of a
/// sixth to a third of the shorter side, half white to white.
package struct MovingShapes: FilmSource {
  /// The images that shapes are.
  package struct Images: Sendable {
    private let training, test: PixelSequences

    /// Images to learn from, and others to judge by, read in the same way.
    ///
    /// - Throws: `ExperimentError` for images of another size.
    package init(training: PixelSequences, test: LabeledImages) throws {
      (self.training, self.test) = (training, try PixelSequences(test, as: training))
    }

    /// The rows and the columns of an image.
    package var sizes: [Int] { [training.height, training.width] }

    fileprivate func shape(_ part: FilmPart, _ random: RandomSource) -> Shape {
      let images = part == .test ? test : training
      let image = random.integer(below: images.count, at: 0)
      return Shape(height: images.height, width: images.width, pixels: images.pixels(of: image))
    }
  }

  fileprivate struct Shape {
    let height, width: Int
    let pixels: [Scalar]
  }

  package let frame: [Int]
  private let shapes: Int
  private let images: Images?
  private let random: RandomSource

  /// Films of so many shapes.
  ///
  /// - Parameters:
  ///   - frame: The sizes of a frame: `[length]`, or `[height, width]`, no smaller than the images.
  ///   - shapes: The shapes of a film.
  ///   - images: What the shapes are; nil for drawn ones.
  ///   - random: Where everything is drawn from.
  package init(frame: [Int], shapes: Int, images: Images? = nil, random: RandomSource) {
    (self.frame, self.shapes, self.images, self.random) = (frame, shapes, images, random)
  }

  package func count(of part: FilmPart, frames: Int) -> Int? { nil }

  package func film(_ number: Int, of part: FilmPart, frames: Int) -> [Scalar] {
    let random = random.stream(part.rawValue).stream(number)
    let (height, width) = (frame.count == 1 ? 1 : frame[0], frame[frame.count - 1])
    var pixels = [Scalar](repeating: 0, count: frames * height * width)
    for index in 0..<shapes {
      let random = random.stream(index)
      let shape = images?.shape(part, random.stream("image")) ?? drawn(random.stream("drawn"))
      let path = random.stream("path")
      let angle = 2 * Double.pi * Double(path.uniform(at: 0))
      for time in 0..<frames {
        func place(_ axis: Int, _ speed: Double, room: Int) -> Int {
          let way = Double(path.uniform(at: axis)) + Double(time) / 10 * speed
          return Int((abs(way - 2 * (way / 2).rounded()) * Double(room)).rounded())
        }
        let top = place(1, sin(angle), room: height - shape.height)
        let left = place(2, cos(angle), room: width - shape.width)
        for row in 0..<shape.height {
          let start = (time * height + top + row) * width + left
          for column in 0..<shape.width {
            pixels[start + column] = max(pixels[start + column], shape.pixels[row * shape.width + column])
          }
        }
      }
    }
    return pixels
  }

  private func drawn(_ random: RandomSource) -> Shape {
    let side = frame.min()!
    let least = max(1, side / 6)
    let extent = least + random.integer(below: max(1, side / 3 - least + 1), at: 0)
    let (isDisc, brightness) = (random.integer(below: 2, at: 1) == 1, 0.5 + 0.5 * random.uniform(at: 2))
    guard frame.count > 1 else {
      return Shape(height: 1, width: extent, pixels: [Scalar](repeating: brightness, count: extent))
    }
    let pixels = (0..<extent * extent).map { place -> Scalar in
      // Twice the way from the middle, so that it is a whole number.
      let (down, right) = (2 * (place / extent) + 1 - extent, 2 * (place % extent) + 1 - extent)
      return isDisc && down * down + right * right > extent * extent ? 0 : brightness
    }
    return Shape(height: extent, width: extent, pixels: pixels)
  }
}
