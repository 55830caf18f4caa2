import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Slopes of every loss and option against central differences; predictions stay away from kinks.
@Suite struct LossGradientTests {
  private let lengths = [4, 0, 3]

  /// Targets, and predictions whose distances to them stay away from 0 and from the Huber loss's delta.
  private func pair(_ seed: UInt64) -> (prediction: Tensor, target: Tensor) {
    var data = TestData(seed: seed)
    let target = data.tensor([3, 4, 2])
    var distances = data.signedTensor([3, 4, 2], magnitudes: 0.2...0.5)
    for row in 0..<3 { distances[row, 1, 1] = distances[row, 1, 1] * 3 + (distances[row, 1, 1] > 0 ? 0.5 : -0.5) }
    return (target + distances, target)
  }

  private func check(_ prediction: Tensor, _ loss: (Tensor) -> Tensor) {
    // The loss is used twice, so that gradients have to add up.
    #expect(GradientCheck.disagreements(at: [prediction]) { loss($0[0]) + loss($0[0] * 1.0) * 0.5 } == [])
  }

  @Test(arguments: LossReduction.allCases)
  func elementwiseLosses(reduction: LossReduction) {
    let (prediction, target) = pair(1)
    var data = TestData(seed: 2)
    let weights = data.tensor([3, 4, 2], in: 0.3...2)
    check(prediction) { MeanSquaredError(reduction: reduction)($0, target, lengths: lengths, weights: weights) }
    check(prediction) { MeanAbsoluteError(reduction: reduction)($0, target, weights: weights) }
    check(prediction) { HuberLoss(delta: 0.75, reduction: reduction)($0, target, lengths: lengths) }
    let yes = data.tensor([3, 4, 2], in: 0...1)
    check(prediction) { SigmoidCrossEntropy(reduction: reduction)($0, yes, lengths: lengths) }
    check(prediction) { SigmoidCrossEntropy(positiveWeight: 2.5, reduction: reduction)($0, yes, weights: weights) }
  }

  @Test(arguments: LossReduction.allCases)
  func quantiles(reduction: LossReduction) {
    var data = TestData(seed: 3)
    let target = data.tensor([3, 4, 2])
    let predictions = Tensor.stack(
      (0..<3).map { _ in target + data.signedTensor([3, 4, 2], magnitudes: 0.2...0.9) }, axis: 3)
    check(predictions) { QuantileLoss(levels: [0.1, 0.4, 0.9], reduction: reduction)($0, target, lengths: lengths) }
  }

  @Test(arguments: [nil, [0.5, 2, 1, 0.3, 1.7] as [Scalar]], [0, 0.2] as [Scalar])
  func softmaxCrossEntropy(classWeights: [Scalar]?, smoothing: Scalar) {
    var data = TestData(seed: 4)
    let logits = data.tensor([3, 4, 5], in: -2...2)
    let classes = (0..<12).map { _ in data.integer(below: 5) }
    let probabilities = data.tensor([3, 4, 5], in: -1...1).softmax()
    for reduction in LossReduction.allCases {
      let loss = SoftmaxCrossEntropy(classWeights: classWeights, labelSmoothing: smoothing, reduction: reduction)
      check(logits) { loss($0, classes: classes, lengths: lengths) }
      check(logits) { loss($0, probabilities: probabilities, lengths: lengths) }
    }
  }
}
