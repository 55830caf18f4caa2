import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ClockworkCellTests {
  private let cell = ModuleTensors.randomized(
    ClockworkCell(inputSize: 2, hiddenSize: 7, periods: [1, 3, 4]), seed: 1)

  /// Units of a group move at multiples of its period and rest between them.
  @Test func groupsMoveAtTheirPeriods() {
    var data = TestData(seed: 2)
    let outputs = cell.scan(
      data.tensor([1, 26, 2]), lengths: nil, reversed: false, from: cell.initialState(batchSize: 1)
    ).outputs
    for (units, period) in [(0..<3, 1), (3..<5, 3), (5..<7, 4)] {
      for step in 1..<26 {
        let (before, now) = (outputs[at: step - 1, axis: 1], outputs[at: step, axis: 1])
        let moved = before[units, axis: 1] != now[units, axis: 1]
        #expect(moved == (step % period == 0), "period \(period), step \(step)")
      }
    }
  }

  /// Fast units see slow ones, slow ones do not see fast ones.
  @Test func slowUnitsDoNotSeeFastOnes() {
    var data = TestData(seed: 3)
    let x = data.tensor([1, 13, 2])
    func outputs(changing unit: Int) -> Tensor {
      var state = cell.initialState(batchSize: 1)
      state.hidden[0, unit] = 0.5
      return cell.scan(x, lengths: nil, reversed: false, from: state).outputs
    }
    let plain = cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 1)).outputs
    #expect(outputs(changing: 0)[3..<7, axis: 2] == plain[3..<7, axis: 2])
    #expect(outputs(changing: 0)[0..<3, axis: 2] != plain[0..<3, axis: 2])
    #expect(outputs(changing: 3)[5..<7, axis: 2] == plain[5..<7, axis: 2])
    #expect(outputs(changing: 3)[3..<5, axis: 2] != plain[3..<5, axis: 2])
    #expect(outputs(changing: 6)[0..<3, axis: 2] != plain[0..<3, axis: 2])
  }

  /// A walk goes on in the middle of a cycle, in each row where it has ended.
  @Test func theClockGoesOnWithTheState() {
    var data = TestData(seed: 4)
    let x = data.tensor([2, 20, 2])
    let first = cell.scan(x, lengths: [5, 7], reversed: false, from: cell.initialState(batchSize: 2))
    #expect(first.finalState.clock == Tensor([5, 7], shape: [2, 1]))
    for (row, length) in [5, 7].enumerated() {
      let whole = cell.scan(
        x[row..<row + 1, axis: 0], lengths: nil, reversed: false, from: cell.initialState(batchSize: 1))
      let rest = cell.scan(
        x[length..<20, axis: 1], lengths: nil, reversed: false, from: first.finalState)
      #expect(rest.outputs[row..<row + 1, axis: 0] == whole.outputs[length..<20, axis: 1])
      #expect(whole.finalState.clock.scalar == 8)
    }
  }

  @Test func groupsShareTheUnits() {
    #expect(cell.recurrentWeights.map(\.shape) == [[3, 7], [2, 4], [2, 2]])
    let small = ClockworkCell.fresh(inputSize: 3, hiddenSize: 2, random: RandomSource(seed: 1))
    #expect(small.periods == [1, 2] && small.namedTensors.map(\.name).last == "weight_hh_1")
  }
}
