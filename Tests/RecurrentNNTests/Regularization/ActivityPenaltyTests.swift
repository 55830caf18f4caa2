import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ActivityPenaltyTests {
  private let outputs = Tensor([1, 2, 4, -1, .nan, 3, 2, 2, 5, 0, 7, 7], shape: [2, 3, 2])

  @Test func itIsTheMeanOverValidStepsAndUnits() {
    // Row 0 has steps (1, 2), (4, -1); row 1 has (2, 2), (5, 0), (7, 7).
    let lengths = [2, 3]
    let squares: Scalar = 1 + 4 + 16 + 1 + 4 + 4 + 25 + 0 + 49 + 49
    let changes: Scalar = 9 + 9 + (9 + 4 + 4 + 49)
    #expect(abs(ActivityPenalty(activity: 0.5)(outputs, lengths: lengths).scalar - 0.5 * squares / 10) < 1e-5)
    #expect(abs(ActivityPenalty(temporal: 2)(outputs, lengths: lengths).scalar - 2 * changes / 6) < 1e-4)
    let both = ActivityPenalty(activity: 0.5, temporal: 2)(outputs, lengths: lengths)
    #expect(abs(both.scalar - (0.5 * squares / 10 + 2 * changes / 6)) < 1e-4)
    #expect(both.shape == [])
  }

  @Test func nothingValidCostsNothing() {
    let penalty = ActivityPenalty(activity: 1, temporal: 1)
    #expect(penalty(outputs, lengths: [0, 0]).scalar == 0)
    #expect(penalty(Tensor(zeros: [2, 0, 3])).scalar == 0)
    #expect(ActivityPenalty(temporal: 1)(outputs, lengths: [1, 1]).scalar == 0)
  }

  @Test func gradientsAreThoseOfDifferences() {
    var data = TestData(seed: 1)
    let disagreements = GradientCheck.disagreements(at: [data.tensor([3, 4, 2])]) { inputs in
      ActivityPenalty(activity: 0.3, temporal: 0.8)(inputs[0], lengths: [4, 0, 3])
    }
    #expect(disagreements == [])
  }

  @Test func aLayerAsksForItInTrainingOnceAPass() {
    var layer = GRU(inputSize: 2, hiddenSize: 3, layers: 2, random: RandomSource(seed: 2))
    layer.regularization = .init(outputDropout: 0.5, activityPenalty: 0.5, temporalActivityPenalty: 2)
    var data = TestData(seed: 3)
    let x = data.tensor([2, 5, 2])
    var context = ForwardContext.training(RandomSource(seed: 4), step: 0)
    let run = layer(x, lengths: [5, 3], context: &context)
    // What comes out is priced as it comes out, its changes as they were before dropout.
    let raw = layer(x, lengths: [5, 3]).outputs
    let expected =
      ActivityPenalty(activity: 0.5)(run.outputs, lengths: [5, 3]) + ActivityPenalty(temporal: 2)(raw, lengths: [5, 3])
    #expect(abs(context.penalized(Tensor(1 as Scalar)).scalar - 1 - expected.scalar) < 1e-5)
    // It was taken.
    #expect(context.penalized(Tensor(1 as Scalar)).scalar == 1)
    var inference = ForwardContext.inference
    _ = layer(x, context: &inference)
    #expect(inference.penalized(Tensor(1 as Scalar)).scalar == 1)
  }
}
