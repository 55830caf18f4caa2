import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct MinLSTMCellTests {
  /// Gates of next to nothing still share what they have.
  @Test func gatesThatAreBothNearlyShutShare() {
    var cell = MinLSTMCell(inputSize: 1, hiddenSize: 2, random: RandomSource(seed: 2))
    cell = ModuleTensors.replacing(
      cell,
      [
        "weight_ih": Tensor(zeros: [6, 1]),
        "bias_ih": Tensor([-60, -60, -60, -60, 3, -1], shape: [6]),
      ])
    let result = cell.scan(
      Tensor(zeros: [1, 1, 1]), lengths: nil, reversed: false,
      from: PointwiseState(hidden: Tensor([1, 1], shape: [1, 2])))
    #expect(Comparison.relativeError(result.outputs, Tensor([2, 0], shape: [1, 1, 2]), floor: 1) < 1e-6)
  }
}
