import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// What every optimizer does alike; `OptimizerParityTests` has the numbers.
@Suite struct OptimizerTests {
  @Test func aWeightsNumberDoesNotDependOnItsNeighbours() {
    // Nineteen equal weights with equal slopes, in lanes of eight and the rest: all must move alike.
    for (name, make) in OptimizerCases.all {
      var optimizer = make()
      var model = FreeWeights(weights: Tensor(repeating: 0.7, shape: [19]))
      for update in 1...3 {
        optimizer.update(&model, with: model.gradients(.init(repeating: 0.3 * Double(update), count: 19)))
      }
      let numbers = Set(model.weights.scalars)
      #expect(numbers.count == 1 && numbers != [0.7], "\(name)")
    }
  }

  @Test func weightsStayWhereTheyAre() {
    for (name, make) in OptimizerCases.all {
      var optimizer = make()
      var model = Line()
      let addresses = [model.layer.weight, model.layer.bias!].map { $0.withUnsafePointer { Int(bitPattern: $0) } }
      let before = model.layer.weight.scalars
      for seed in 0..<3 {
        let points = Line.points(9, seed: UInt64(seed))
        let (_, gradients) = valueAndGradients(of: model) { model in
          var context = ForwardContext.inference
          return model.loss(on: points, context: &context)
        }
        optimizer.update(&model, with: gradients)
      }
      let after = [model.layer.weight, model.layer.bias!].map { $0.withUnsafePointer { Int(bitPattern: $0) } }
      #expect(addresses == after, "\(name)")
      #expect(model.layer.weight.scalars != before)
    }
  }

  @Test func frozenTensorsStay() {
    var (model, optimizer) = (Line(), AdamW(learningRate: 0.1, weightDecay: 0.5))
    let gradients = Gradients(layout: ParameterLayout(of: model), arena: Tensor(repeating: 1, shape: [3]))
    optimizer.update(&model, with: gradients)
    #expect(model.scale.scalars == [1, 1])
  }

  @Test func stateIsFoundByPath() {
    var (model, optimizer) = (Line(), Adam())
    #expect(optimizer.state["firstMoment", "layer.weight"] == nil)
    let gradients = Gradients(layout: ParameterLayout(of: model), arena: Tensor([1, 2, 3], shape: [3]))
    optimizer.update(&model, with: gradients)
    let first = optimizer.state["firstMoment", "layer.weight"]
    #expect(first?.shape == [1, 2])
    #expect(abs(first![0, 1] - 0.2) < 1e-6)
    #expect(abs(optimizer.state["secondMoment", "layer.bias"]![0] - 0.009) < 1e-6)
    #expect(optimizer.state["firstMoment", "scale"] == nil)
    #expect(optimizer.state["thirdMoment", "layer.bias"] == nil)
  }

  @Test func copyOfAnOptimizerHasAStateOfItsOwn() {
    var (model, optimizer) = (Line(), SGD(learningRate: 0.1, momentum: 0.9))
    let gradients = Gradients(layout: ParameterLayout(of: model), arena: Tensor([1, 2, 3], shape: [3]))
    optimizer.update(&model, with: gradients)
    let copy = optimizer
    optimizer.update(&model, with: gradients)
    #expect(copy.state["momentum", "layer.bias"]!.scalars == [3])
    #expect(abs(optimizer.state["momentum", "layer.bias"]![0] - 5.7) < 1e-5)
  }

  @Test func anotherModelStopsWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (line, free, optimizer) = (Line(), FreeWeights(weights: Tensor(zeros: [5])), Adam())
      optimizer.update(&line, with: Gradients(zerosFor: ParameterLayout(of: line)))
      optimizer.update(&free, with: Gradients(zerosFor: ParameterLayout(of: free)))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("An optimizer serves one model"))
  }

  @Test func impossibleOptionStopsWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SGD(learningRate: 0.1, momentum: 1.5)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("SGD momentum: expected at least 0 and below 1.0; received 1.5."))
  }
}
