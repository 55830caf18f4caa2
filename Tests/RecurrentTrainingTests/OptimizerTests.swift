import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// A hundred updates against Tests/Reference/optimizers.py, which agrees with PyTorch.
@Suite struct OptimizerTests {
  static let cases: [(String, any Optimizer, [Double])] = [
    (
      "plain", SGD(learningRate: 0.05),
      [0.480862331235, -0.274756817472, 0.154640198847, -0.794789792454, 0.197711860990]
    ),
    (
      "decayed", SGD(learningRate: 0.05, weightDecay: 0.1),
      [0.446105909306, -0.264228290345, 0.150935702773, -0.506548086549, 0.115851554426]
    ),
    (
      "momentum", SGD(learningRate: 0.02, momentum: 0.9, weightDecay: 0.05),
      [0.819331475043, -0.317638677154, 0.228280235255, -0.125912196505, 0.067210637250]
    ),
    (
      "nesterov", SGD(learningRate: 0.02, momentum: 0.8, nesterov: true, weightDecay: 0.05),
      [0.616771133594, -0.380329329515, 0.247352473871, -0.262524475236, 0.054406953024]
    ),
    (
      "adam", Adam(learningRate: 0.03),
      [0.127870767002, -0.076393717341, 0.058068656544, -0.963652754718, 0.610658361474]
    ),
    (
      "adamDecayed", Adam(learningRate: 0.03, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.1),
      [0.296517427413, -0.155833217195, 0.110556845549, -0.755840809475, 0.526428290091]
    ),
    (
      "adamW", AdamW(learningRate: 0.03),
      [0.124792807334, -0.073811884707, 0.055396614974, -0.932760599035, 0.586242081397]
    ),
    (
      "adamWStrong", AdamW(learningRate: 0.03, beta1: 0.85, beta2: 0.97, epsilon: 1e-6, weightDecay: 0.3),
      [0.175734696834, -0.088552646835, 0.059191714642, -0.398848285325, 0.193590702308]
    ),
  ]

  private func slope(_ model: FreeWeights, _ update: Int) -> [Double] {
    let curvature = [0.3, 0.7, 1.1, 0.2, 0.5]
    return (0..<5).map {
      curvature[$0] * Double(model.weights[$0]) + cos(0.1 * Double(update) * Double($0 + 1))
    }
  }

  @Test(arguments: cases.indices)
  func hundredUpdatesAgree(_ index: Int) {
    var (_, optimizer, expected) = Self.cases[index]
    var model = FreeWeights(weights: Tensor([0.5, -1, 1.5, -2, 2.5], shape: [5]))
    for update in 1...100 {
      optimizer.update(&model, with: model.gradients(slope(model, update)))
    }
    let error = Comparison.relativeError(model.weights.scalars.map { Double($0) }, expected)
    #expect(error < 1e-5, "\(Self.cases[index].0): \(error)")
    #expect(optimizer.state.updates == 100)
  }

  @Test func aWeightsNumberDoesNotDependOnItsNeighbours() {
    // Nineteen equal weights with equal slopes, in lanes of eight and the rest: all must move alike.
    for (name, start, _) in Self.cases {
      var optimizer = start
      var model = FreeWeights(weights: Tensor(repeating: 0.7, shape: [19]))
      for update in 1...3 {
        optimizer.update(&model, with: model.gradients(.init(repeating: 0.3 * Double(update), count: 19)))
      }
      let numbers = Set(model.weights.scalars)
      #expect(numbers.count == 1 && numbers != [0.7], "\(name)")
    }
  }

  @Test func weightsStayWhereTheyAre() {
    for (name, start, _) in Self.cases {
      var optimizer = start
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
