import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct MinGRUCellTests {
  @Test func gatesSeeTheInputAlone() {
    #expect(
      ParameterLayout(of: MinGRUCell(inputSize: 3, hiddenSize: 4)).entries.map { "\($0.path) \($0.shape)" }
        == ["weight_ih [8, 3]", "bias_ih [8]"])
  }

  /// The state is a weighted mean, so what a state leaves shrinks by the same factor whatever it was.
  @Test func theStateIsLinearInTheStateBefore() {
    let cell = ModuleTensors.randomized(MinGRUCell(inputSize: 2, hiddenSize: 3), seed: 3)
    var data = TestData(seed: 4)
    let x = data.tensor([1, 4, 2])
    func last(_ value: Scalar) -> Tensor {
      cell.scan(
        x, lengths: nil, reversed: false, from: PointwiseState(hidden: Tensor(repeating: value, shape: [1, 3]))
      ).finalState.hidden
    }
    #expect(Comparison.relativeError(last(2) - last(1), last(1) - last(0)) < 1e-5)
    #expect(last(1) != last(0))
  }
}
