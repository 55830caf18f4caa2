import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ElmanCellTests {
  @Test func everyActivationHasItsRange() {
    let x = Tensor((0..<24).map { Scalar($0 % 7) - 3 }, shape: [2, 4, 3])
    func outputs(_ activation: Activation) -> [Scalar] {
      let cell = ElmanCell(inputSize: 3, hiddenSize: 5, activation: activation, random: RandomSource(seed: 2))
      return cell.scan(x, lengths: nil, reversed: false, from: cell.initialState(batchSize: 2)).outputs.scalars
    }
    #expect(outputs(.tanh).allSatisfy { abs($0) < 1 } && outputs(.tanh).contains { $0 < 0 })
    #expect(outputs(.sigmoid).allSatisfy { 0 < $0 && $0 < 1 })
    #expect(outputs(.relu).allSatisfy { $0 >= 0 } && outputs(.relu).contains(0))
    #expect(outputs(.linear).contains { abs($0) > 1 })
  }
}
