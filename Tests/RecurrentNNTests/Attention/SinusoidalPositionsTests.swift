import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct SinusoidalPositionsTests {
  @Test func numbersAreThoseOfTheEquations() {
    ReferenceNumbers.expectEqual(
      .sinusoidalPositions(steps: 40, size: 5), "positions.odd", in: ReferenceNumbers.attention)
    // Errors of the rotation grow no faster than the steps.
    ReferenceNumbers.expectEqual(
      Tensor.sinusoidalPositions(steps: 5000, size: 6)[4998..<5000, axis: 0], "positions.late",
      in: ReferenceNumbers.attention)
  }

  @Test func aRowDoesNotDependOnWhatFollows() {
    let table = Tensor.sinusoidalPositions(steps: 30, size: 7)
    #expect(Tensor.sinusoidalPositions(steps: 11, size: 7) == table[0..<11, axis: 0])
    #expect(Tensor.sinusoidalPositions(steps: 0, size: 7).shape == [0, 7])
  }
}
