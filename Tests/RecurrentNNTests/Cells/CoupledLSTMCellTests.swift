import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct CoupledLSTMCellTests {
  /// Three quarters of the LSTM's weights, and a memory that is a mean of candidates: never beyond 1.
  @Test func theMemoryIsAMean() {
    #expect(ParameterLayout(of: CoupledLSTMCell(inputSize: 3, hiddenSize: 4)).entries.map(\.shape)[1] == [12, 4])
    let cell = ModuleTensors.randomized(CoupledLSTMCell(inputSize: 2, hiddenSize: 5), seed: 3, in: -4...4)
    var data = TestData(seed: 1)
    let state = cell.scan(
      data.tensor([3, 80, 2], in: -5...5), lengths: nil, reversed: false, from: cell.initialState(batchSize: 3)
    ).finalState
    #expect(state.memories[0].scalars.allSatisfy { abs($0) <= 1 })
    #expect(state.memories[0].scalars.contains { abs($0) > 0.5 })
  }
}
