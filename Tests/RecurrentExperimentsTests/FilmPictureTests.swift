import Foundation
import Recurrent
import RecurrentExperiments
import Testing

@Suite struct FilmPictureTests {
  private func occurrences(of text: String, in svg: String) -> Int { svg.components(separatedBy: text).count - 1 }

  @Test func aGreyIsOnePathOfItsRuns() {
    let film = FilmPicture.Film(seen: [0, 0, 0, 0, 0, 0], truth: [1, 1, 0.2, 0.2, 0, 1], said: [0, 0, 0.5, 2, -1, 0])
    let svg = FilmPicture.svg([film], frame: [2, 3])
    #expect(occurrences(of: "<g ", in: svg) == 3 && occurrences(of: "fill=\"#000\"", in: svg) == 3)
    #expect(occurrences(of: "<path fill=\"#fff\" d=\"M0 0h2v1h-2zM2 1h1v1h-1z\"/>", in: svg) == 1)
    #expect(occurrences(of: "<path fill=\"#333\" d=\"M2 0h1v1h-1zM0 1h1v1h-1z\"/>", in: svg) == 1)
    // A number beyond white is white.
    #expect(occurrences(of: "<path fill=\"#fff\" d=\"M0 1h1v1h-1z\"/>", in: svg) == 1)
  }

  @Test func aLineIsDrawnAsABand() {
    let film = FilmPicture.Film(seen: [0, 1, 1, 0], truth: [1, 0], said: [0.4, 0.1])
    for films in [[film, film], []] {
      let svg = FilmPicture.svg(films, frame: [2])
      #expect(occurrences(of: "<g ", in: svg) == 4 * films.count)
      #expect(occurrences(of: "scale(32 256)", in: svg) == 4 * films.count)
      #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    }
  }
}
