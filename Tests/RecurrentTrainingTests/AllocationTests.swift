import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

@Suite struct AllocationTests {
  /// The whole step: forward, backward, clipping, update.
  @Test(.enabled(if: AllocationCounter.works))
  func trainingStepAfterWarmUpMakesOnlySmallAllocations() {
    var model = FirstSign()
    let layout = ParameterLayout(of: model)
    let batch = FirstSign.sequences(64, steps: 60, seed: 1)
    var optimizer = Adam(learningRate: 0.01)
    func step() {
      var context = ForwardContext.training(RandomSource(seed: 1), step: 0)
      var (_, gradients) = valueAndGradients(of: model, layout: layout) { $0.loss(on: batch, context: &context) }
      GradientClipping.globalNorm(1).clip(&gradients, norm: gradients.norm)
      optimizer.update(&model, with: gradients)
    }
    for _ in 0..<3 { step() }
    let counts = (0..<10).map { _ in AllocationCounter.count(step) }
    #expect(counts.map { $0.large }.min() == 0)
    #expect(counts.map { $0.small }.min()! < 250, "\(counts)")
  }
}
