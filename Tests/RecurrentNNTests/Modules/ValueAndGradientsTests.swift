import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

@Suite struct ValueAndGradientsTests {
  private let x = Tensor([0.3, -0.7, 1.1, 0.2], shape: [2, 2])

  private func loss(_ model: SmallModel, _ x: Tensor) -> Tensor { model(x).squared().sum() }

  @Test func gradientsOfParametersAndInputsAgreeWithDifferences() {
    let model = SmallModel()
    let run = valueAndGradients(of: model, inputs: [x]) { model, inputs in loss(model, inputs[0]) }
    #expect(run.value == loss(model, x).scalar)
    let parts = [
      model.parts[0].weight, model.parts[0].bias!, model.parts[1].weight, model.last.weight, model.last.bias!,
    ]
    let paths = ["parts.0.weight", "parts.0.bias", "parts.1.weight", "last.weight_l0_reverse", "last.bias_l0_reverse"]
    let disagreements = GradientCheck.disagreements(
      of: paths.map { run.gradients[$0]! } + run.inputGradients, at: parts + [x]
    ) { tensors in
      var moved = model
      moved.parts[0].weight = tensors[0]
      moved.parts[0].bias = tensors[1]
      moved.parts[1].weight = tensors[2]
      moved.last.weight = tensors[3]
      moved.last.bias = tensors[4]
      return Double(loss(moved, tensors[5]).scalar)
    }
    #expect(disagreements == [])
  }

  @Test func givenGradientsOfTheOutputsFlowBack() {
    let model = SmallModel()
    let upstream = Tensor((0..<model(x).count).map { Scalar($0) * 0.5 - 0.7 }, shape: model(x).shape)
    let run = gradients(of: model, inputs: [x], upstream: upstream) { model, inputs in model(inputs[0]) }
    let expected = valueAndGradients(of: model, inputs: [x]) { model, inputs in (model(inputs[0]) * upstream).sum() }
    #expect(run.outputs == model(x))
    #expect(run.gradients.arena == expected.gradients.arena)
    #expect(run.inputGradients == expected.inputGradients)
  }

  @Test func whatTheLossDoesNotNeedHasZeroGradient() {
    let (value, gradients) = valueAndGradients(of: SmallModel()) { $0.parts[0].weight.sum() * 3 }
    #expect(abs(value - 2.1) < 1e-5)
    #expect(gradients["parts.0.weight"] == Tensor(repeating: 3, shape: [3, 2]))
    #expect(gradients["parts.1.weight"] == Tensor(zeros: [3, 3]))
    #expect(
      valueAndGradients(of: SmallModel()) { _ in Tensor(1) }.gradients["last.bias_l0_reverse"] == Tensor(zeros: [1]))
  }

  @Test func frozenTensorsAndBuffersHaveNoGradient() {
    let (_, gradients) = valueAndGradients(of: SmallModel()) { loss($0, x) }
    #expect(gradients["parts.0.factor"] == nil)
    #expect(gradients["parts.0.shift"] == nil)
    #expect(gradients["nobody"] == nil)
  }

  @Test func aResultComesOutBesideTheGradients() {
    let run = valueAndGradients(of: SmallModel()) { model in
      let output = model(x)
      return (output.squared().sum(), output.detached())
    }
    #expect(run.result == SmallModel()(x))
    #expect(run.gradients.arena == valueAndGradients(of: SmallModel()) { loss($0, x) }.gradients.arena)
  }

  @Test func errorsOfTheLossComeThrough() {
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try valueAndGradients(of: SmallModel()) { (model: SmallModel) throws(Refusal) -> Tensor in
        if model.parts.count == 2 { throw Refusal() }
        return loss(model, x)
      }
    }
  }

  @Test func theModelItselfStaysOffTheTape() {
    let model = SmallModel()
    _ = valueAndGradients(of: model) { loss($0, x) }
    #expect(model.last.weight.tape == nil)
    #expect(model(x) == SmallModel()(x))
  }

  @Test func aLayoutBuiltOnceServesEveryStep() {
    let layout = ParameterLayout(of: SmallModel())
    let (_, gradients) = valueAndGradients(of: SmallModel(), layout: layout) { loss($0, x) }
    #expect(gradients.arena == valueAndGradients(of: SmallModel()) { loss($0, x) }.gradients.arena)
  }

  @Test func aForeignLayoutStopsTheProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var other = SmallModel()
      other.parts[1].weight = Tensor(zeros: [3, 2])
      _ = valueAndGradients(of: other, layout: ParameterLayout(of: SmallModel())) { $0.last.weight.sum() }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains(
        "The layout belongs to another model: parts.1.weight is parameter [3, 3] there, parameter [3, 2] here."))
  }
}
