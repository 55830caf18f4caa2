import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct PeepholeLSTMCellTests {
  /// Without peepholes it is the plain LSTM, with the same weights.
  @Test func shutPeepholesLeaveTheLSTM() {
    let lstm = ModuleTensors.randomized(LSTMCell(inputSize: 3, hiddenSize: 5), seed: 3)
    var cell = PeepholeLSTMCell(inputSize: 3, hiddenSize: 5)
    let units = cell.weights.unitWeights.map { CellWeights.UnitWeight(name: $0.name, tensor: Tensor(zeros: [5])) }
    #expect(units.map(\.name) == ["peephole_i", "peephole_f", "peephole_o"])
    cell.weights = lstm.weights
    cell.weights.unitWeights = units
    var data = TestData(seed: 1)
    let x = data.tensor([2, 6, 3])
    func outputs<Cell: RecurrentCell>(_ cell: Cell) -> Tensor {
      cell.scan(x, lengths: [6, 4], reversed: false, from: cell.initialState(batchSize: 2)).outputs
    }
    #expect(Comparison.relativeError(outputs(cell), outputs(lstm)) < 1e-6)
    for index in 0..<3 {
      var other = cell
      other.weights.unitWeights[index].tensor[1] = 0.5
      #expect(Comparison.relativeError(outputs(other), outputs(lstm)) > 1e-4, "\(units[index].name)")
    }
  }
}
