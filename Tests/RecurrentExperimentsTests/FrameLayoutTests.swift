import Recurrent
import RecurrentExperiments
import Testing

@Suite struct FrameLayoutTests {
  @Test func squaresOfPixelsAreTheChannelsOfAPlace() {
    let layout = FrameLayout(frame: [4, 6], patch: 2)
    #expect(layout.size == 24 && layout.places == [2, 3] && layout.channels == 4)
    let film = (0..<48).map { Scalar($0) }
    let tensor = layout.tensor([film, film.reversed()])
    #expect(tensor.shape == [2, 2, 24])
    // Channel 1 is the upper right pixel of each square, channel 2 the lower left one.
    #expect(tensor[0..<1, axis: 0][0..<1, axis: 1][6..<12, axis: 2].scalars == [1, 3, 5, 13, 15, 17])
    #expect(tensor[0..<1, axis: 0][1..<2, axis: 1][12..<18, axis: 2].scalars == [30, 32, 34, 42, 44, 46])
    #expect(layout.films(tensor) == [film, film.reversed()])
  }

  @Test func piecesOfALineAreTheChannelsOfAPlace() {
    let layout = FrameLayout(frame: [6], patch: 3)
    #expect(layout.size == 6 && layout.places == [2] && layout.channels == 3)
    let tensor = layout.tensor([[0, 1, 2, 3, 4, 5]])
    #expect(tensor.scalars == [0, 3, 1, 4, 2, 5] && layout.films(tensor) == [[0, 1, 2, 3, 4, 5]])
  }

  @Test func aPatchOfOnePixelChangesNothing() {
    let tensor = FrameLayout(frame: [2, 3], patch: 1).tensor([[0, 1, 2, 3, 4, 5]])
    #expect(tensor.scalars == [0, 1, 2, 3, 4, 5])
  }
}
