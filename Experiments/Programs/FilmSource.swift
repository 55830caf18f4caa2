package import Recurrent

/// What films are for.
package enum FilmPart: String, Sendable {
  /// To learn from.
  case training
  /// To choose between weights.
  case held
  /// To judge by.
  case test
}

/// Films in grey, of frames of one size.
package protocol FilmSource: Sendable {
  /// The sizes of a frame: `[length]`, or `[height, width]`.
  var frame: [Int] { get }

  /// The films of so many frames that a part has; nil for any number of them.
  func count(of part: FilmPart, frames: Int) -> Int?

  /// The pixels of a film, frame by frame and row by row, from 0 for black to 1 for white. Equal arguments give equal films.
  func film(_ number: Int, of part: FilmPart, frames: Int) -> [Scalar]
}
