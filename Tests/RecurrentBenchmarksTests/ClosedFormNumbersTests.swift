import Recurrent
import RecurrentBenchmarks
import Testing

@Suite struct ClosedFormNumbersTests {
  /// Numbers of the same formulas in Python.
  @Test func numbersAreThoseOfTheFormulas() {
    #expect(ClosedFormNumbers.mixed(1) == 544_027_445)
    #expect(ClosedFormNumbers.mixed(3_000_010) == 2_570_510_600)
    #expect(ClosedFormNumbers.inputs([1, 2, 2]).scalars == [0, 0.36161542, 0.6742879, 0.89569867])
    #expect(ClosedFormNumbers.upstream([1, 3, 1]).scalars == [1, 0.97366637, 0.8960525])
    #expect(ClosedFormNumbers.targets([3]).scalars == [0, 0.1097783, 0.21822962])
    #expect(ClosedFormNumbers.words(4, below: 65) == [13, 2, 56, 45])
    #expect(ClosedFormNumbers.classes(4, below: 5) == [2, 1, 0, 4])
  }

  @Test func parametersAreNumberedAsInPyTorch() {
    let layer = ClosedFormNumbers.filled(
      LSTM(inputSize: 2, hiddenSize: 3, layers: 2, direction: .bidirectional), hiddenSize: 3)
    #expect(layer.cells[0].weights.inputWeight.scalars.prefix(2) == [-0.43108866, -0.26308286])
    #expect(layer.cells[0].weights.recurrentBias?.scalars.prefix(2) == [0.113730654, 0.36836493])
    #expect(layer.cells[1].weights.inputWeight.scalars.prefix(2) == [-0.062249146, 0.4959852])
    #expect(layer.cells[3].weights.recurrentBias?.scalars.suffix(1) == [-0.0020113415])
  }
}
