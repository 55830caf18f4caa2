import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct QRNNCellTests {
  /// With open forget gates shut and open outputs, a step gives the candidate alone: of its own input and the one before.
  @Test func aStepSeesTheInputBefore() {
    var cell = QRNNCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2))
    for unit in 0..<3 {
      cell.weights.inputBias![unit] = 0
      cell.weights.inputBias![3 + unit] = -300
      cell.weights.inputBias![6 + unit] = 300
    }
    var data = TestData(seed: 4)
    let (x, past) = (data.tensor([2, 4, 2]), data.tensor([2, 2]))
    var state = cell.initialState(batchSize: 2)
    state.pastInputs = past
    for reversed in [false, true] {
      let result = cell.scan(x, lengths: [4, 3], reversed: reversed, from: state)
      for (row, length) in [4, 3].enumerated() {
        for step in 0..<length {
          let (time, before) = reversed ? (length - 1 - step, length - step) : (step, step - 1)
          let older = step == 0 ? past[at: row, axis: 0] : x[at: row, axis: 0][at: before, axis: 0]
          let seen = Tensor.concatenate([older, x[at: row, axis: 0][at: time, axis: 0]], axis: 0).reshaped(to: [1, 4])
          let expected = seen.linear(weight: cell.weights.inputWeight[0..<3, axis: 0]).tanh().reshaped(to: [3])
          let output = result.outputs[at: row, axis: 0][at: time, axis: 0]
          #expect(Comparison.relativeError(output, expected) < 1e-6, "row \(row), step \(step), reversed \(reversed)")
        }
        let last = x[at: row, axis: 0][at: reversed ? 0 : length - 1, axis: 0]
        #expect(result.finalState.pastInputs![at: row, axis: 0] == last)
      }
    }
  }

  @Test func sizes() {
    let cell = QRNNCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2))
    #expect(cell.inputSize == 2)
    #expect(
      ParameterLayout(of: cell).entries.map { "\($0.path) \($0.shape)" } == ["weight_ih [9, 4]", "bias_ih [9]"])
    #expect(cell.initialState(batchSize: 4).tensors.map(\.shape) == [[4, 3], [4, 3], [4, 2]])
  }
}
