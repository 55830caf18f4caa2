import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SLSTMCellTests {
  private func outputs(_ cell: SLSTMCell, stabilizer: Scalar = 0) -> Tensor {
    var state = cell.initialState(batchSize: 1)
    state.memories[2] = Tensor(repeating: stabilizer, shape: [1, 3])
    var data = TestData(seed: 4)
    return cell.scan(data.tensor([1, 6, 2]), lengths: nil, reversed: false, from: state).outputs
  }

  /// Exponentials of several hundred overflow without the stabiliser.
  @Test(arguments: [(-300, 300), (300, -300), (300, 300), (-300, -300)] as [(Scalar, Scalar)])
  func gatesOfAnySizeStayFinite(gates: (input: Scalar, forget: Scalar)) {
    var cell = SLSTMCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2))
    for unit in 0..<3 {
      cell.weights.inputBias![unit] = gates.input
      cell.weights.inputBias![3 + unit] = gates.forget
    }
    var data = TestData(seed: 4)
    let x = data.tensor([1, 6, 2])
    let outputs = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 1)).outputs
    #expect(outputs.scalars.allSatisfy { $0.isFinite && abs($0) <= 1 })
    // There is nothing but the first candidate after the first step, however it is weighed.
    let gates = x[at: 0, axis: 1].linear(weight: cell.weights.inputWeight, bias: cell.weights.inputBias)
    let biases = cell.weights.recurrentBias!.reshaped(to: [1, 12])
    let (candidate, output) = ((gates + biases)[6..<9, axis: 1].tanh(), (gates + biases)[9..<12, axis: 1].sigmoid())
    #expect(Comparison.relativeError(outputs[at: 0, axis: 1], output * candidate) < 1e-5)
  }

  @Test func theStabiliserChangesNothing() {
    let cell = ModuleTensors.randomized(SLSTMCell(inputSize: 2, hiddenSize: 3), seed: 3)
    #expect(Comparison.relativeError(outputs(cell, stabilizer: 9), outputs(cell)) < 1e-5)
  }
}
