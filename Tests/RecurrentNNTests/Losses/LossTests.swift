import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct LossTests {
  private let prediction = ReferenceNumbers.tensor("loss.prediction")
  private let target = ReferenceNumbers.tensor("loss.target")
  private let yes = ReferenceNumbers.tensor("loss.yes")
  private let lengths = ReferenceNumbers.lengths

  private func check(
    _ name: String, _ loss: (LossReduction) -> some ElementwiseLoss, _ prediction: Tensor, _ target: Tensor
  ) {
    for reduction in LossReduction.allCases {
      let loss = loss(reduction)
      let weights = ReferenceNumbers.tensor("loss.weights")
      ReferenceNumbers.expectEqual(loss(prediction, target), "\(name).\(reduction)")
      ReferenceNumbers.expectEqual(loss(prediction, target, weights: weights), "\(name).weights.\(reduction)")
      ReferenceNumbers.expectEqual(loss(prediction, target, lengths: lengths), "\(name).lengths.\(reduction)")
      ReferenceNumbers.expectEqual(
        loss(prediction, target, lengths: lengths, weights: weights), "\(name).lengths.weights.\(reduction)")
    }
  }

  @Test func lossesAgreeWithTheirDefinitions() {
    check("mse", { MeanSquaredError(reduction: $0) }, prediction, target)
    check("mae", { MeanAbsoluteError(reduction: $0) }, prediction, target)
    check("huber", { HuberLoss(delta: 0.7, reduction: $0) }, prediction, target)
    check("sigmoid", { SigmoidCrossEntropy(reduction: $0) }, prediction, yes)
    check("sigmoid-weighted", { SigmoidCrossEntropy(positiveWeight: 2.5, reduction: $0) }, prediction, yes)
    check(
      "quantile", { QuantileLoss(levels: [0.1, 0.5, 0.8], reduction: $0) }, ReferenceNumbers.tensor("loss.several"),
      target)
  }

  @Test(arguments: [false, true], [false, true])
  func softmaxCrossEntropyAgreesWithItsDefinition(weighted: Bool, smoothed: Bool) {
    let logits = ReferenceNumbers.tensor("softmax.logits")
    let classes = ReferenceNumbers.tensor("softmax.classes").scalars.map { Int($0) }
    let probabilities = ReferenceNumbers.tensor("softmax.probabilities")
    let options = (weighted ? ".weights" : "") + (smoothed ? ".smoothing" : "")
    for reduction in LossReduction.allCases {
      let loss = SoftmaxCrossEntropy(
        classWeights: weighted ? ReferenceNumbers.tensor("softmax.weights").scalars : nil,
        labelSmoothing: smoothed ? 0.1 : 0, reduction: reduction)
      for (lengths, name) in [(nil, ""), (self.lengths, ".lengths")] {
        ReferenceNumbers.expectEqual(
          loss(logits, classes: classes, lengths: lengths), "softmax.classes\(name)\(options).\(reduction)")
        ReferenceNumbers.expectEqual(
          loss(logits, probabilities: probabilities, lengths: lengths),
          "softmax.probabilities\(name)\(options).\(reduction)")
      }
    }
  }

  @Test func oneHotTargetsEqualClassIndices() {
    let logits = ReferenceNumbers.tensor("softmax.logits")
    let classes = ReferenceNumbers.tensor("softmax.classes").scalars.map { Int($0) }
    let oneHot = Tensor(classes.flatMap { chosen in (0..<5).map { $0 == chosen ? 1 : 0 } }, shape: logits.shape)
    let loss = SoftmaxCrossEntropy(labelSmoothing: 0.2)
    let (a, b) = (
      loss(logits, classes: classes, lengths: lengths), loss(logits, probabilities: oneHot, lengths: lengths)
    )
    #expect(Comparison.relativeError(a, b) <= ReferenceNumbers.tolerance)
  }

  /// A batch whose invalid steps and missing targets hold NaN gives the same loss, and gradients without NaN.
  @Test func whatIsNotValidHasNoInfluence() {
    func spoiled(_ tensor: Tensor) -> Tensor {
      var tensor = tensor
      for step in 0..<4 {
        for unit in 0..<tensor.shape[2] {
          for row in 0..<3 where step >= lengths[row] { tensor[row, step, unit] = .nan }
        }
      }
      return tensor
    }
    struct Nothing: Module { func visitParameters(_ visitor: inout some ParameterVisitor) {} }
    func check(_ clean: [Tensor], _ loss: ([Tensor]) -> Tensor) {
      let run = valueAndGradients(of: Nothing(), inputs: clean.map(spoiled)) { loss($1) }
      #expect(run.value == loss(clean).scalar)
      #expect(run.inputGradients.allSatisfy { $0.scalars.allSatisfy(\.isFinite) })
      let gradient = run.inputGradients[0]
      #expect(gradient[2, 2, 0] == 0 && gradient[1, 0, 1] == 0 && gradient[0, 3, 1] != 0)
    }
    var weights = Tensor(repeating: 1, shape: target.shape)
    weights[0, 0, 0] = 0
    var missing = target
    missing[0, 0, 0] = .nan
    check([prediction]) { MeanSquaredError()($0[0], missing, lengths: lengths, weights: weights) }
    check([prediction]) { HuberLoss()($0[0], spoiled(target), lengths: lengths) }
    check([prediction]) { SigmoidCrossEntropy()($0[0], spoiled(yes), lengths: lengths) }
    let logits = ReferenceNumbers.tensor("softmax.logits")
    let classes = ReferenceNumbers.tensor("softmax.classes").scalars.map { Int($0) }
    let padded = (0..<12).map { $0 % 4 < lengths[$0 / 4] ? classes[$0] : -1 }
    check([logits]) { SoftmaxCrossEntropy()($0[0], classes: padded, lengths: lengths) }
  }

  @Test func nothingValidGivesZero() {
    #expect(MeanSquaredError()(prediction, target, lengths: [0, 0, 0]).scalar == 0)
    #expect(MeanAbsoluteError()(prediction, target, weights: Tensor(zeros: target.shape)).scalar == 0)
    let logits = ReferenceNumbers.tensor("softmax.logits")
    #expect(SoftmaxCrossEntropy()(logits, probabilities: logits, lengths: [0, 0, 0]).scalar == 0)
  }

  @Test func largeLogitsDoNotOverflow() {
    let logits = Tensor([1e4, -1e4, 0, 1e4], shape: [2, 2])
    #expect(SoftmaxCrossEntropy(reduction: .sum)(logits, classes: [1, 1]).scalar == 2e4)
    #expect(SigmoidCrossEntropy(reduction: .sum)(logits, Tensor([0, 1, 0.5, 1], shape: [2, 2])).scalar - 2e4 < 1)
  }

  @Test func aPredictionThatIsNotFiniteShows() {
    let broken = Tensor([.nan, 1], shape: [2])
    let target = Tensor([1, 1], shape: [2])
    #expect(MeanSquaredError()(broken, target).scalar.isNaN)
    #expect(MeanAbsoluteError()(broken, target).scalar.isNaN)
    #expect(HuberLoss()(broken, target).scalar.isNaN)
    #expect(SigmoidCrossEntropy()(broken, target).scalar.isNaN)
    #expect(QuantileLoss(levels: [0.3])(broken, target).scalar.isNaN)
    #expect(SoftmaxCrossEntropy()(broken, classes: [1]).scalar.isNaN)
  }

  @Test func aLossOfOnesOwnHasLengthsWeightsAndGradients() {
    struct LogCosh: ElementwiseLoss {
      let reduction = LossReduction.sum
      func term(_ prediction: Scalar, _ target: Scalar, index: Int) -> (value: Scalar, slope: Scalar) {
        let difference = Double(prediction - target)
        return (Scalar(log(cosh(difference))), Scalar(tanh(difference)))
      }
    }
    #expect(
      GradientCheck.disagreements(at: [prediction]) { LogCosh()($0[0], target, lengths: lengths) } == [])
    let loss = LogCosh()(prediction, target, lengths: [0, 1, 0]).scalar
    let first = log(cosh(Double(prediction[1, 0, 0] - target[1, 0, 0])))
    let second = log(cosh(Double(prediction[1, 0, 1] - target[1, 0, 1])))
    #expect(abs(Double(loss) - first - second) < 1e-6)
  }
}
