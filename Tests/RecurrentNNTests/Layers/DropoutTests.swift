import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct DropoutTests {
  private let ones = Tensor(repeating: 1, shape: [8, 50, 20])

  private func dropped(
    _ input: Tensor, rate: Scalar = 0.3, seed: UInt64 = 1, step: Int = 0, firstRow: Int = 0, call: Int = 0
  ) -> Tensor {
    var context = ForwardContext.training(RandomSource(seed: seed), step: step, firstRow: firstRow)
    for _ in 0..<call { _ = Dropout(rate: 0.1)(Tensor(0 as Scalar).reshaped(to: [1]), context: &context) }
    return Dropout(rate: rate)(input, context: &context)
  }

  @Test func theRateIsKeptAndTheExpectationToo() {
    let result = dropped(ones)
    let zeros = Double(result.scalars.filter { $0 == 0 }.count) / 8000
    #expect(abs(zeros - 0.3) < 0.02)
    #expect(result.scalars.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
  }

  @Test func inferenceChangesNothing() {
    #expect(Dropout(rate: 0.9)(ones) == ones)
    #expect(dropped(ones, rate: 0) == ones)
  }

  @Test func theMaskIsAFunctionOfSeedStepCallRowTimeAndUnit() {
    let whole = dropped(ones)
    #expect(dropped(ones) == whole)
    #expect(dropped(ones, seed: 2) != whole)
    #expect(dropped(ones, step: 1) != whole)
    #expect(dropped(ones, call: 1) != whole)
    #expect(whole[0..<1, axis: 0] != whole[1..<2, axis: 0])
    // A shard of the batch, or a batch with fewer steps, sees its part of the same mask.
    #expect(dropped(ones[3..<8, axis: 0], firstRow: 3) == whole[3..<8, axis: 0])
    #expect(dropped(ones[0..<7, axis: 1]) == whole[0..<7, axis: 1])
  }

  @Test func callsInInferenceCountToo() {
    var (training, inference) = (ForwardContext.training(RandomSource(seed: 1), step: 0), ForwardContext.inference)
    let layer = Dropout(rate: 0.5)
    #expect(layer(ones, context: &training) != layer(ones, context: &training))
    #expect(layer(ones, context: &inference) == ones)
    #expect(!inference.isTraining && training.isTraining)
  }
}
