import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct WeightDropTests {
  /// h' = W_hh h with weights of 1.
  private func summing(_ rate: Scalar) -> ElmanRNN {
    let fresh = ElmanRNN(inputSize: 0, hiddenSize: 30, activation: .linear, hasBias: false)
    var layer = ModuleTensors.replacing(fresh, ["weight_hh_l0": Tensor(repeating: 1, shape: [30, 30])])
    layer.regularization.weightDrop = rate
    return layer
  }

  /// Two steps of it from a state of ones.
  private func run(rate: Scalar, step: Int = 0, rows: Int = 2, firstRow: Int = 0) -> Tensor {
    let layer = summing(rate)
    var context = ForwardContext.training(RandomSource(seed: 2), step: step, firstRow: firstRow)
    let start = StackedState([Tensor(repeating: 1, shape: [rows, 30])])
    return layer(Tensor(zeros: [rows, 2, 0]), from: start, context: &context).outputs
  }

  @Test func weightsFallWithTheRateAndTheRestMakesUpForThem() {
    let first = run(rate: 0.4)[at: 0, axis: 1]
    // The sums of 30 weights each, of which some are zero and the rest 1 / 0.6.
    for sum in first.scalars { #expect(abs(sum * 0.6 - (sum * 0.6).rounded()) < 1e-4) }
    #expect(abs(Double(first.mean().scalar) - 30) < 3)
    #expect(Set(first.scalars.map { ($0 * 0.6).rounded() }).count > 3)
  }

  @Test func theMaskIsThatOfACall() {
    let whole = run(rate: 0.4)
    // All rows, and the shards of a batch, have the same weights.
    #expect(whole[0..<1, axis: 0] == whole[1..<2, axis: 0])
    #expect(run(rate: 0.4, rows: 1, firstRow: 5) == whole[0..<1, axis: 0])
    #expect(run(rate: 0.4, step: 1) != whole)
    // Both steps have the same weights: with h = W 1 from the first, the second is W h.
    let sums = whole[at: 0, axis: 1][0..<1, axis: 0]
    var context = ForwardContext.training(RandomSource(seed: 2), step: 0)
    let again = summing(0.4)(Tensor(zeros: [1, 1, 0]), from: StackedState([sums]), context: &context).outputs
    #expect(again[at: 0, axis: 1] == whole[at: 1, axis: 1][0..<1, axis: 0])
  }

  @Test func weightsOfTheInputStay() {
    var layer = ElmanRNN(inputSize: 3, hiddenSize: 4, random: RandomSource(seed: 3))
    layer.regularization.weightDrop = 0.9
    var data = TestData(seed: 4)
    let x = data.tensor([2, 1, 3])
    var context = ForwardContext.training(RandomSource(seed: 5), step: 0)
    // From a zero state no recurrent weight counts.
    #expect(layer(x, context: &context).outputs == layer(x).outputs)
  }

  /// A dropped weight gets no gradient, the others are scaled; also where the scan is computed again.
  @Test func droppedWeightsLearnNothing() {
    var data = TestData(seed: 6)
    let x = data.tensor([3, 6, 2])
    func gradients(_ recomputation: Recomputation) -> Tensor {
      var layer = LSTM(inputSize: 2, hiddenSize: 7, random: RandomSource(seed: 7))
      layer.regularization.weightDrop = 0.5
      layer.recomputation = recomputation
      return valueAndGradients(of: layer) { layer in
        var context = ForwardContext.training(RandomSource(seed: 8), step: 0)
        return layer(x, context: &context).outputs.squared().sum()
      }.gradients["weight_hh_l0"]!
    }
    let whole = gradients(.never)
    #expect(abs(Double(whole.scalars.filter { $0 == 0 }.count) / 196 - 0.5) < 0.12)
    #expect(gradients(.blocks(of: 2)) == whole)
  }
}
