package import Recurrent

/// A film that was recorded, cut into pieces: an array of bytes whose first axis is time.
///
/// The first seven tenths are to learn from, in pieces that begin anywhere; the next tenth is held back and the last two tenths are
/// the test, in pieces that lie one behind the other.
package struct RecordedFilm: FilmSource {
  package let frame: [Int]
  private let array: IDXArray
  private let random: RandomSource

  /// The film of a file.
  ///
  /// - Parameters:
  ///   - array: `[time, row, column]`, or `[time, place]`.
  ///   - frames: The frames that a piece is to have.
  ///   - random: Where the beginnings are drawn from.
  /// - Throws: `ExperimentError` for an array of other axes, and for a film with a part shorter than a piece.
  package init(_ array: IDXArray, frames: Int, random: RandomSource) throws {
    guard (2...3).contains(array.sizes.count), !array.values.isEmpty else {
      throw ExperimentError(
        "\(array.file): expected a film on the axes time, row, column or time, place, received sizes \(array.sizes)")
    }
    (self.array, self.random, frame) = (array, random, Array(array.sizes.dropFirst()))
    for part in [FilmPart.training, .held, .test] where range(of: part).count < frames {
      throw ExperimentError(
        "\(array.file): expected a film of 10 times \(frames) frames at least, so that a tenth has a piece to be held back, "
          + "received \(array.sizes[0])")
    }
  }

  package func count(of part: FilmPart, frames: Int) -> Int? {
    part == .training ? nil : range(of: part).count / frames
  }

  package func film(_ number: Int, of part: FilmPart, frames: Int) -> [Scalar] {
    let (range, size) = (range(of: part), frame.reduce(1, *))
    let start =
      part == .training ? random.integer(below: range.count - frames + 1, at: number) : number * frames
    let first = (range.lowerBound + start) * size
    return array.values[first..<first + frames * size].map { Scalar($0) / 255 }
  }

  private func range(of part: FilmPart) -> Range<Int> {
    let count = array.sizes[0]
    let cuts = [0, count * 7 / 10, count * 8 / 10, count]
    let place = part == .training ? 0 : part == .held ? 1 : 2
    return cuts[place]..<cuts[place + 1]
  }
}
