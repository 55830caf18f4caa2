import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct InputFirstCellTests {
  /// The inputs' part of all steps at once has the bits of one step at a time, with gradients and without.
  @Test(arguments: [nil, [5, 0, 3]]) func allStepsAtOnceAreStepsOneByOne(lengths: [Int]?) {
    struct ScaledCell: InputFirstCell {
      var weight: Tensor  // [hidden, input]
      var inputSize: Int { weight.shape[1] }
      var outputSize: Int { weight.shape[0] }

      func initialState(batchSize: Int) -> Tensor { Tensor(zeros: [batchSize, outputSize]) }

      func inputPart(_ input: Tensor) -> Tensor { input.linear(weight: weight) }

      func step(inputPart: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
        let next = (inputPart + 0.5 * state).tanh()
        return (next, next)
      }

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&weight, "weight") }
    }
    var data = TestData(seed: 1)
    let cell = ScaledCell(weight: data.tensor([4, 3]))
    let (x, state) = (data.tensor([3, 5, 3]), data.tensor([3, 4]))
    for reversed in [false, true] {
      let scan = cell.scan(x, lengths: lengths, reversed: reversed, from: state)
      let loop = cell.scanByLoop(x, lengths: lengths, reversed: reversed, from: state)
      #expect(scan.outputs == loop.outputs && scan.finalState == loop.finalState)
      let disagreements = GradientCheck.disagreements(of: cell, at: [x, state]) { cell, inputs in
        let result = cell.scan(inputs[0], lengths: lengths, reversed: reversed, from: inputs[1])
        return [result.outputs, result.finalState]
      }
      #expect(disagreements == [])
    }
  }
}
