import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct TrainingErrorTests {
  /// A model whose gradient or loss stops being finite in the third step.
  struct Failing: TrainableModel {
    enum Kind { case loss, gradient }

    let kind: Kind
    var inner = [Linear(inputSize: 2, outputSize: 2, random: RandomSource(seed: 1))]
    var other = Tensor([1, 1], shape: [2])

    func loss(on batch: Int, context: inout ForwardContext) -> Tensor {
      let bias = inner[0].bias!
      let good = (bias * other).sum() + inner[0].weight.sum()
      guard context.step == 2 else { return good }
      // The root of zero is finite, its slope is not.
      return kind == .loss ? good * .nan : good + (bias * 0).squareRoot().sum()
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&inner, "inner")
      visitor.visit(&other, "other")
    }
  }

  private func place(_ kind: Failing.Kind, rate: Double = 0.01) -> TrainingError.NotFinite? {
    var model = Failing(kind: kind)
    do {
      try Trainer(optimizer: .sgd(learningRate: rate)).fit(
        &model, on: SampleBatches(count: 2, batchSize: 1) { $0[0] }, onEvent: { _ in })
      return nil
    } catch .notFinite(let place) {
      return place
    } catch {
      return nil
    }
  }

  @Test func gradientIsNamed() {
    let place = place(.gradient)
    #expect(place?.quantity == .gradient)
    #expect(place?.step == 3)
    #expect(place?.epoch == 2)
    #expect(place?.parameter == "inner.0.bias")
    #expect(place?.layer == "inner.0")
  }

  @Test func lossIsNamed() {
    let place = place(.loss)
    #expect(place?.quantity == .loss)
    #expect(place?.step == 3)
    #expect(place?.parameter == "inner.0.weight")
  }

  @Test func weightsComeBeforeGradients() {
    // After one enormous step the weights are infinite: they are the cause, not the gradients.
    let place = place(.gradient, rate: .infinity)
    #expect(place?.step == 2)
    #expect(place?.parameter == "inner.0.weight")
  }

  @Test func validationIsNamed() {
    var model = Line()
    let error = #expect(throws: TrainingError.self) {
      try Trainer(optimizer: .sgd(learningRate: 0.1)).fit(
        &model, on: Line.batches(), validation: { _ in .nan }, onEvent: { _ in })
    }
    #expect(
      error?.description == """
        the validation loss is not finite at step 7 (epoch 1): lower the learning rate, clip the gradients, or look for \
        extreme values in the data
        """)
  }

  @Test func texts() {
    func text(_ parameter: String?) -> String {
      TrainingError.notFinite(.init(quantity: .gradient, step: 12, epoch: 3, parameter: parameter)).description
    }
    let advice = ": lower the learning rate, clip the gradients, or look for extreme values in the data"
    #expect(
      text("encoder.weight_ih_l0")
        == "the gradient is not finite at step 12 (epoch 3); first in layer encoder, parameter encoder.weight_ih_l0"
        + advice)
    #expect(text("scale") == "the gradient is not finite at step 12 (epoch 3); first in parameter scale" + advice)
    #expect(text(nil) == "the gradient is not finite at step 12 (epoch 3)" + advice)
  }

  @Test func failedSavingEndsTheRun() {
    struct DiskFull: Error {}
    var model = Line()
    let error = #expect(throws: TrainingError.self) {
      try Trainer(optimizer: .sgd(learningRate: 0.1)).fit(
        &model, on: Line.batches(), saveBest: { _ in throw DiskFull() }, onEvent: { _ in })
    }
    #expect(error?.description == "the best model of step 7 could not be saved: DiskFull()")
  }

  @Test func modelKeepsTheBestWeightsAfterAFailure() {
    var model = Line()
    var (calls, best): (Int, Tensor?) = (0, nil)
    #expect(throws: TrainingError.self) {
      try Trainer(optimizer: .sgd(learningRate: 0.1)).fit(
        &model, on: Line.batches(),
        validation: { model in
          calls += 1
          if calls == 1 { best = model.layer.weight }
          return calls < 3 ? Double(calls) : .infinity
        }, onEvent: { _ in })
    }
    #expect(model.layer.weight == best)
  }
}
