import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// A cell with a way of its own to whole sequences, which tells itself from the loop by an output 1 higher.
private struct MarkedCell: RecurrentCell {
  var inner = ElmanCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 8))

  var inputSize: Int { inner.inputSize }
  var outputSize: Int { inner.outputSize }

  func initialState(batchSize: Int) -> Tensor { inner.initialState(batchSize: batchSize) }

  func step(_ input: Tensor, from state: Tensor) -> (output: Tensor, state: Tensor) {
    inner.step(input, from: state)
  }

  func scan(_ inputs: Tensor, lengths: [Int]?, reversed: Bool, from state: Tensor) -> SequenceResult<Tensor> {
    var result = scanByLoop(inputs, lengths: lengths, reversed: reversed, from: state)
    result.outputs = result.outputs + 1
    return result
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&inner, "inner") }
}

@Suite struct RecurrentCellTests {
  private let x: Tensor = {
    var data = TestData(seed: 4)
    return data.tensor([3, 7, 2])
  }()

  @Test(arguments: [Recomputation.automatic, .never, .blocks(of: 2)])
  func scansOfOnesOwnAreCalled(recomputation: Recomputation) {
    let cell = MarkedCell()
    var layer = RecurrentLayer(inputSize: 2) { _ in cell }
    layer.recomputation = recomputation
    let expected = cell.scanByLoop(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 3)).outputs + 1
    #expect(layer(x).outputs == expected)
    let (value, _) = valueAndGradients(of: layer) { $0(x).outputs.sum() }
    #expect(Comparison.relativeError([Double(value)], [Double(expected.sum().scalars[0])]) < 1e-5)
  }

  @Test func builtInCellsChooseByThemselves() {
    let cell = GRUCell(inputSize: 2, hiddenSize: 5, random: RandomSource(seed: 2))
    let state = cell.initialState(batchSize: 3)
    let short = cell.scan(x, lengths: [7, 2, 0], reversed: true, from: state)
    let long = cell.scan(x, lengths: [7, 2, 0], reversed: true, from: state, recomputation: .automatic)
    #expect(short.outputs == long.outputs && short.finalState == long.finalState)
  }
}
