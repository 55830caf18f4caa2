import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct MGUCellTests {
  @Test func twoThirdsOfTheWeightsOfAGRU() {
    func count(_ cell: some RecurrentCell) -> Int {
      ParameterLayout(of: cell).entries.reduce(0) { $0 + $1.shape.count }
    }
    #expect(3 * count(MGUCell(inputSize: 4, hiddenSize: 6)) == 2 * count(GRUCell(inputSize: 4, hiddenSize: 6)))
  }

  @Test func aShutGateKeepsTheState() {
    var cell = MGUCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 2))
    for unit in 0..<3 { cell.weights.inputBias![unit] = -200 }
    let state = PointwiseState(hidden: Tensor([0.5, -1, 0.25], shape: [1, 3]))
    let result = cell.scan(Tensor(repeating: 1, shape: [1, 30, 2]), lengths: nil, reversed: false, from: state)
    #expect(result.finalState.hidden == state.hidden)
  }
}
