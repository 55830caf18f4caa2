import Recurrent
import RecurrentExperiments
import Testing

@Suite struct MovingShapesTests {
  private let random = RandomSource(seed: 3)

  /// The first and the last row and column that are not black, and the pixels between them; nil for a black frame.
  private func shape(_ pixels: ArraySlice<Scalar>, width: Int) -> (top: Int, left: Int, pixels: [[Scalar]])? {
    let rows = stride(from: pixels.startIndex, to: pixels.endIndex, by: width).map { Array(pixels[$0..<$0 + width]) }
    let lit = rows.indices.filter { rows[$0].contains { $0 > 0 } }
    let columns = (0..<width).filter { column in rows.contains { $0[column] > 0 } }
    guard let top = lit.first, let bottom = lit.last, let left = columns.first, let right = columns.last else {
      return nil
    }
    return (top, left, rows[top...bottom].map { Array($0[left...right]) })
  }

  @Test(arguments: [[40], [40, 24]]) func aShapeMovesOnAndTurnsBackAtTheEdges(frame: [Int]) throws {
    let source = MovingShapes(frame: frame, shapes: 1, random: random)
    let (width, size) = (frame[frame.count - 1], frame.reduce(1, *))
    var turns = 0, extents = Set<Int>()
    for number in 0..<30 {
      let film = source.film(number, of: .training, frames: 30)
      #expect(film.count == 30 * size)
      let shapes = try (0..<30).map { try #require(shape(film[$0 * size..<($0 + 1) * size], width: width)) }
      #expect(shapes.allSatisfy { $0.pixels == shapes[0].pixels })
      extents.insert(shapes[0].pixels[0].count)
      #expect((0.5...1).contains(film.max()!))
      for axis in 0..<frame.count {
        let place = shapes.map { axis == 0 ? $0.left : $0.top }
        let room = axis == 0 ? width - shapes[0].pixels[0].count : frame[0] - shapes[0].pixels.count
        let steps = zip(place, place.dropFirst()).map { $1 - $0 }
        // A tenth of the way at most, and rounding.
        #expect(steps.allSatisfy { abs(Double($0)) <= Double(room) / 10 + 1 })
        // Who turns back does so at an edge, to a step of a frame.
        for time in 1..<29 where steps[time - 1] * steps[time] < 0 {
          turns += 1
          #expect(min(place[time], room - place[time]) <= room / 10 + 1)
        }
        // As far in five frames as in the next five, unless there is a turn in between.
        for time in 0..<20
        where steps[time..<time + 10].allSatisfy({ $0 >= 0 }) || steps[time..<time + 10].allSatisfy({ $0 <= 0 }) {
          let isTurned = [0, room].contains { edge in
            place[time...time + 10].contains { abs($0 - edge) <= room / 10 + 1 }
          }
          #expect(isTurned || abs(place[time + 10] - 2 * place[time + 5] + place[time]) <= 2)
        }
      }
    }
    #expect(turns > 20 && extents.count > 2)
  }

  @Test func filmsAreFunctionsOfSeedPartAndNumber() {
    func film(_ number: Int, _ part: FilmPart, seed: UInt64 = 3) -> [Scalar] {
      MovingShapes(frame: [16, 16], shapes: 2, random: RandomSource(seed: seed)).film(number, of: part, frames: 4)
    }
    #expect(film(5, .training) == film(5, .training))
    let others = [film(6, .training), film(5, .held), film(5, .test), film(5, .training, seed: 4)]
    #expect(others.allSatisfy { $0 != film(5, .training) })
    let long = MovingShapes(frame: [16, 16], shapes: 2, random: random).film(5, of: .training, frames: 9)
    #expect(Array(long[..<(4 * 256)]) == film(5, .training))
  }

  @Test func theBrighterOneIsInFront() {
    func film(_ shapes: Int, _ number: Int) -> [Scalar] {
      MovingShapes(frame: [20], shapes: shapes, random: random).film(number, of: .test, frames: 12)
    }
    // The first shape of two is the only one of one.
    var hidden = 0
    for number in 0..<20 {
      let (one, two) = (film(1, number), film(2, number))
      #expect(zip(one, two).allSatisfy { $0 <= $1 } && one != two)
      hidden += zip(one, two).count { $0 > 0 && $1 > $0 }
    }
    #expect(hidden > 0)
  }

  @Test func shapesAreImagesOfTheirPart() throws {
    let folder = try ImageFolder(training: 6, test: 5)
    defer { folder.remove() }
    let (training, test) = (
      try LabeledImages.part("train", of: folder.path), try LabeledImages.part("t10k", of: folder.path)
    )
    let sequences = try PixelSequences(training, learned: 0..<1, shrink: 2)
    let others = try PixelSequences(test, as: sequences)
    let images = try MovingShapes.Images(training: sequences, test: test)
    let source = MovingShapes(frame: [9, 9], shapes: 1, images: images, random: random)
    for (part, from) in [(FilmPart.training, sequences), (.held, sequences), (.test, others)] {
      let candidates = (0..<from.count).map { number in
        let pixels = from.pixels(of: number)
        return (0..<4).map { Array(pixels[4 * $0..<4 * $0 + 4]) }
      }
      var seen = Set<Int>()
      for number in 0..<40 {
        let film = source.film(number, of: part, frames: 1)
        let found = try #require(shape(film[...], width: 9))
        seen.insert(try #require(candidates.firstIndex(of: found.pixels)))
      }
      #expect(seen.count == from.count)
    }
  }
}
