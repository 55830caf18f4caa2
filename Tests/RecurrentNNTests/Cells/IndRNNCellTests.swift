import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct IndRNNCellTests {
  @Test func unitsStartBetweenForgettingAndKeeping() {
    let cell = IndRNNCell(inputSize: 2, hiddenSize: 400, random: RandomSource(seed: 3))
    let recurrent = cell.weights.unitWeights[0].tensor.scalars
    #expect(recurrent.allSatisfy { (0...1).contains($0) })
    #expect(recurrent.min()! < 0.05 && recurrent.max()! > 0.95)
  }

  /// No unit hears of another one's state.
  @Test func unitsRememberForThemselves() {
    let cell = IndRNNCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 3))
    let x = Tensor((0..<12).map { Scalar($0) / 6 }, shape: [1, 6, 2])
    func outputs(_ hidden: [Scalar]) -> Tensor {
      cell.scan(
        x, lengths: nil, reversed: false, from: PointwiseState(hidden: Tensor(hidden, shape: [1, 3]))
      ).outputs
    }
    let (a, b) = (outputs([1, 2, 3]), outputs([1, 9, 3]))
    #expect(a[0..<1, axis: 2] == b[0..<1, axis: 2] && a[2..<3, axis: 2] == b[2..<3, axis: 2])
    #expect(a != b)
  }
}
