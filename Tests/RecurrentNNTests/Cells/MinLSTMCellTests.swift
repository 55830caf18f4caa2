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

  /// Gates that are zero, or so small that their quotient would be none, leave the state and numbers for a gradient.
  @Test(arguments: [-80, -95, -110, -300] as [Scalar]) func gatesThatAreShutKeepTheState(bias: Scalar) {
    let cell = ModuleTensors.replacing(
      MinLSTMCell(inputSize: 1, hiddenSize: 1),
      ["weight_ih": Tensor([0.1, 0.2, 0.3], shape: [3, 1]), "bias_ih": Tensor([bias, bias, 3], shape: [3])])
    let x = Tensor([1, -1, 2], shape: [1, 3, 1])
    let start = PointwiseState(hidden: Tensor([1], shape: [1, 1]))
    let run = gradients(of: cell, inputs: [x], upstream: Tensor(repeating: 1, shape: [1, 3, 1])) { cell, inputs in
      cell.scan(inputs[0], lengths: nil, reversed: false, from: start).outputs
    }
    let outputs = cell.scan(x, lengths: nil, reversed: false, from: start).outputs.scalars
    #expect(outputs.allSatisfy { (1...3.7).contains($0) })
    for tensor in run.inputGradients + run.gradients.layout.entries.map({ run.gradients[$0.path]! }) {
      #expect(tensor.scalars.allSatisfy { $0.isFinite })
    }
  }
}
