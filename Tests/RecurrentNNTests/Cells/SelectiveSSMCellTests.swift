import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct SelectiveSSMCellTests {
  /// A fresh cell's steps for inputs of zero, and its rates.
  @Test func stepsAndRatesStartAsThePaperHasThem() {
    let cell = SelectiveSSMCell(inputSize: 2, hiddenSize: 200, random: RandomSource(seed: 3))
    let steps = cell.weights.inputBias![0..<200, axis: 0].softplus().scalars.map { Double($0) }
    #expect(steps.allSatisfy { $0 > 0.00099 && $0 < 0.101 })
    #expect(abs(steps.reduce(0) { $0 + log10($1) } / 200 + 2) < 0.1)
    let rates = cell.equationWeights.unitWeights[0].tensor.scalars
    #expect(rates.enumerated().allSatisfy { abs($1 - Scalar(1 + $0 % 16)) < 1e-4 })
    #expect(cell.weights.inputBias!.scalars[200...].allSatisfy { $0 == 0 })
    _ = SelectiveSSMCell(inputSize: 3, hiddenSize: 3, hasBias: false)
  }

  /// Steps of no length keep the state, endless ones take the input: neither they nor the gate give anything but numbers.
  @Test(arguments: [-1e4, -90, 90, 1e4]) func stepsOfNoLengthAndEndlessOnes(bias: Double) {
    var cell = ModuleTensors.randomized(
      SelectiveSSMCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2)), seed: 7)
    for unit in 0..<3 {
      cell.weights.inputBias![unit] = Scalar(bias)
      cell.weights.inputBias![6 + unit] = Scalar(unit == 0 ? bias : -bias)
    }
    var data = TestData(seed: 4)
    var state = cell.initialState(batchSize: 2)
    state.memories[0] = data.tensor([2, 3])
    let x = data.tensor([2, 6, 2])
    let result = cell.scan(x, lengths: nil, reversed: false, from: state)
    let taken = x[at: 5, axis: 1].linear(
      weight: cell.weights.inputWeight[3..<6, axis: 0], bias: cell.weights.inputBias![3..<6, axis: 0])
    #expect(Comparison.relativeError(result.finalState.memories[0], bias < 0 ? state.memories[0] : taken) < 1e-5)
    let run = valueAndGradients(of: cell, inputs: [x, state.memories[0]]) { cell, inputs in
      let start = PointwiseState(hidden: state.hidden, memories: [inputs[1]])
      return cell.scan(inputs[0], lengths: nil, reversed: false, from: start).outputs.sum()
    }
    let numbers = run.gradients.layout.entries.flatMap { run.gradients[$0.path]!.scalars }
    #expect((numbers + run.inputGradients.flatMap(\.scalars)).allSatisfy { $0.isFinite })
  }
}
