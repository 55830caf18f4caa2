import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

/// What is kept of an optimizer and given to another.
@Suite struct OptimizerStateTests {
  private func update(_ optimizer: inout some Optimizer, _ model: inout Line, _ update: Int) {
    let layout = ParameterLayout(of: model)
    let slopes = (0..<3).map { Scalar(update % 5 - 2) * 0.1 + Scalar($0) }
    optimizer.update(&model, with: Gradients(layout: layout, arena: Tensor(slopes, shape: [3])))
  }

  @Test(arguments: OptimizerCases.all.indices)
  func continuesWithEqualBits(_ index: Int) throws {
    let make = OptimizerCases.all[index].make
    let isStill = make() is LBFGS
    for cut in [0, 1, 8] {
      var (optimizer, model) = (make(), FourTensors())
      for update in 0..<cut {
        optimizer.update(&model, with: model.evaluation(update: update, still: isStill).gradients)
      }
      var (continued, copy) = (make(), model)
      let kept = optimizer.state
      try continued.state.restore(
        layout: ParameterLayout(of: model), updates: kept.updates, numbers: kept.numbers,
        tensors: kept.tensors.reversed())
      for update in cut..<17 {
        optimizer.update(&model, with: model.evaluation(update: update, still: isStill).gradients)
        continued.update(&copy, with: copy.evaluation(update: update, still: isStill).gradients)
      }
      #expect(copy.weights == model.weights && model.weights != FourTensors().weights)
      #expect(continued.state.updates == 17 && continued.state.numbers == optimizer.state.numbers)
      #expect(continued.state.tensors.map(\.name) == optimizer.state.tensors.map(\.name))
      #expect(optimizer.state.numbers.values.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: OptimizerCases.all.indices)
  func updatesMoveNoMemory(_ index: Int) {
    var (optimizer, model) = (OptimizerCases.all[index].make(), FourTensors())
    func update(_ number: Int) {
      optimizer.update(&model, with: model.evaluation(update: number, still: optimizer is LBFGS).gradients)
    }
    update(0)
    let places = optimizer.state.arenas.map(\.storage.pointer)
    for number in 1..<4 { update(number) }
    // Two that take turns would agree after an even number.
    #expect(optimizer.state.arenas.map(\.storage.pointer) == places)
  }

  @Test func namesAreQuantityAndPath() {
    var (optimizer, model) = (Adam(), Line())
    #expect(optimizer.state.tensors.isEmpty)
    update(&optimizer, &model, 3)
    #expect(
      optimizer.state.tensors.map(\.name) == [
        "firstMoment/layer.weight", "firstMoment/layer.bias", "secondMoment/layer.weight", "secondMoment/layer.bias",
      ])
    #expect(optimizer.state.tensors[0].tensor.shape == [1, 2])
    #expect(optimizer.state.tensors[3].tensor == optimizer.state["secondMoment", "layer.bias"])
  }

  @Test func everyDifferenceIsNamed() {
    var (optimizer, model) = (Adam(), Line())
    update(&optimizer, &model, 0)
    let before = optimizer.state.tensors.map(\.tensor)
    let error = #expect(throws: OptimizerStateError.self) {
      try optimizer.state.restore(
        layout: ParameterLayout(of: model), updates: 3, numbers: ["scale": 2],
        tensors: [
          ("firstMoment/layer.weight", Tensor(zeros: [2])), ("firstMoment/layer.bias", Tensor(zeros: [1])),
          ("momentum/layer.bias", Tensor(zeros: [1])), ("secondMoment/layer.weight", Tensor(zeros: [1, 2])),
        ])
    }
    #expect(error?.missing == ["secondMoment/layer.bias"])
    #expect(error?.unexpected == ["scale", "momentum/layer.bias"])
    #expect(error?.misshaped == [.init(path: "firstMoment/layer.weight", expected: [1, 2], received: [2])])
    #expect(error?.description.contains("expected shape [1, 2], received [2]") == true)
    #expect(optimizer.state.tensors.map(\.tensor) == before && optimizer.state.updates == 1)
  }
}
