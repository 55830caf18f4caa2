import Recurrent
import RecurrentExperiments
import Testing

@Suite struct RecordedFilmTests {
  /// A film of frames of these sizes, whose every pixel is the number of its frame.
  private func array(_ frames: Int, _ sizes: [Int]) throws -> IDXArray {
    let header: [UInt8] = [0, 0, 8, UInt8(1 + sizes.count)] + ([frames] + sizes).flatMap { [0, 0, 0, UInt8($0)] }
    let count = sizes.reduce(1, *)
    let bytes = header + (0..<frames).flatMap { [UInt8](repeating: UInt8($0), count: count) }
    return try IDXArray(bytes: bytes, named: "film.idx")
  }

  @Test(arguments: [[3], [2, 3]]) func piecesLieInTheirPart(sizes: [Int]) throws {
    let film = try RecordedFilm(try array(100, sizes), frames: 6, random: RandomSource(seed: 2))
    #expect(film.frame == sizes)
    #expect(film.count(of: .training, frames: 6) == nil)
    #expect(film.count(of: .held, frames: 6) == 1 && film.count(of: .test, frames: 6) == 3)
    func start(_ number: Int, _ part: FilmPart) -> Int {
      let pixels = film.film(number, of: part, frames: 6).map { Int(($0 * 255).rounded()) }
      let size = sizes.reduce(1, *)
      #expect(pixels == (0..<6 * size).map { pixels[0] + $0 / size })
      return pixels[0]
    }
    #expect(start(0, .held) == 70)
    #expect((0..<3).map { start($0, .test) } == [80, 86, 92])
    let starts = (0..<2000).map { start($0, .training) }
    #expect(Set(starts) == Set(0...64) && starts[0] == start(0, .training))
  }

  @Test func whatIsNoFilmIsNamed() throws {
    let random = RandomSource(seed: 2)
    for (frames, sizes) in [(100, []), (100, [1, 1, 1]), (100, [0, 3]), (50, [2, 2])] as [(Int, [Int])] {
      #expect(throws: ExperimentError.self) { try RecordedFilm(try array(frames, sizes), frames: 6, random: random) }
    }
    _ = try RecordedFilm(try array(60, [2, 2]), frames: 6, random: random)
  }
}
