import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct IndRNNCellTests {
  @Test func unitsStartBetweenForgettingAndKeeping() {
    let cell = IndRNNCell(inputSize: 2, hiddenSize: 400, random: RandomSource(seed: 3))
    let recurrent = cell.weights.unitWeights[0].tensor.scalars
    #expect(recurrent.allSatisfy { (0...1).contains($0) })
    #expect(recurrent.min()! < 0.05 && recurrent.max()! > 0.95)
  }

  @Test func aStartThatRemembersKeepsHalfAfterAllSteps() {
    var cell = IndRNNCell(inputSize: 2, hiddenSize: 400, random: RandomSource(seed: 3))
    let before = cell.weights
    cell.startRemembering(upTo: 50, random: RandomSource(seed: 4))
    let kept = cell.weights.unitWeights[0].tensor.scalars.map { pow(Double($0), 50) }
    #expect(kept.allSatisfy { $0 > 0.4999 && $0 <= 1 })
    #expect(kept.min()! < 0.55 && kept.max()! > 0.95)
    #expect(cell.weights.inputWeight == before.inputWeight && cell.weights.inputBias == before.inputBias)
    var plan = RecurrentKind.Plan(inputSize: 2, hiddenSize: 400, random: RandomSource(seed: 4))
    plan.memory = 50
    let layer = RecurrentKind(named: "indrnn")!.make(plan) as! RecurrentLayer<IndRNNCell>
    #expect(layer.cells[0].weights.unitWeights[0].tensor.scalars.min()! >= 0.986)
  }

  /// No unit hears of another one's state.
  @Test func unitsRememberForThemselves() {
    let cell = IndRNNCell(inputSize: 2, hiddenSize: 3, random: RandomSource(seed: 3))
    let x = Tensor((0..<12).map { Scalar($0) / 6 }, shape: [1, 6, 2])
    func outputs(_ hidden: [Scalar]) -> Tensor {
      cell.scan(
        x, lengths: nil, reversed: false, from: PointwiseState(hidden: Tensor(hidden, shape: [1, 3]))
      ).outputs
    }
    let (a, b) = (outputs([1, 2, 3]), outputs([1, 9, 3]))
    #expect(a[0..<1, axis: 2] == b[0..<1, axis: 2] && a[2..<3, axis: 2] == b[2..<3, axis: 2])
    #expect(a != b)
  }
}
