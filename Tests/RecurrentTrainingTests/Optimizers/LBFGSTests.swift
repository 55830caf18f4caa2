import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// Whole minimisations against PyTorch's `LBFGS.step(closure)`; single steps are in `OptimizerParityTests`.
@Suite struct LBFGSTests {
  struct Case {
    let name: String
    let optimizer: LBFGS
    let iterations: Int
    let evaluations: Int?
    let lineSearch: LBFGS.LineSearch
  }

  static let cases = [
    Case(
      name: "minimize", optimizer: LBFGS(historySize: 7), iterations: 20, evaluations: nil, lineSearch: .strongWolfe),
    Case(
      name: "minimize.short", optimizer: LBFGS(learningRate: 0.6, historySize: 3), iterations: 4, evaluations: 7,
      lineSearch: .strongWolfe),
    Case(
      name: "minimize.large", optimizer: LBFGS(learningRate: 4, historySize: 3), iterations: 5, evaluations: 30,
      lineSearch: .strongWolfe),
    Case(
      name: "minimize.fixed", optimizer: LBFGS(learningRate: 0.2, historySize: 4), iterations: 6, evaluations: nil,
      lineSearch: .fixed),
    Case(
      name: "minimize.small", optimizer: LBFGS(learningRate: 0.05, historySize: 3), iterations: 5, evaluations: 11,
      lineSearch: .strongWolfe),
  ]

  @Test(arguments: cases.indices)
  func minimizesAsPyTorch(_ index: Int) {
    let item = Self.cases[index]
    // Steps that begin far too short are many decisions on small differences: float32 takes other turns, PyTorch's too.
    let isDouble = MemoryLayout<Scalar>.size == 8
    if item.name == "minimize.small" && !isDouble { return }
    // At a minimum, where `minimize` ends, a change of the weights by the root of the rounding is none of the loss.
    let tolerance = isDouble ? 1e-6 : item.name == "minimize" ? 2e-4 : 2e-5
    var (optimizer, model) = (item.optimizer, FourTensors())
    let (weights, losses) = (FourTensors.reference(item.name), FourTensors.reference("losses.\(item.name)"))
    for call in weights.indices {
      let end = optimizer.minimize(
        &model, maximumIterations: item.iterations, maximumEvaluations: item.evaluations, lineSearch: item.lineSearch
      ) { $0.evaluation(update: 0, still: true) }
      let error = Comparison.relativeError(model.weights, weights[call])
      #expect(error < tolerance, "\(item.name) \(call): \(error)")
      if item.lineSearch == .strongWolfe { #expect(abs(end.loss - losses[call][0]) < 10 * tolerance) }
      #expect(end.iterations <= item.iterations)
      #expect(abs(Double(model.evaluation(update: 0, still: true).value) - losses[call][0]) < 10 * tolerance)
    }
  }

  @Test func fitsALineExactly() {
    var (model, optimizer, evaluations) = (Line(), LBFGS(), 0)
    let points = Line.points(40, seed: 3)
    let end = optimizer.minimize(&model, maximumIterations: 40) { model in
      evaluations += 1
      return valueAndGradients(of: model) { model in
        var context = ForwardContext.inference
        return model.loss(on: points, context: &context)
      }
    }
    #expect(end.loss < 1e-6 && end.iterations <= 40)
    #expect(end.evaluations == evaluations)
    #expect(abs(model.layer.weight[0, 1] + 3) < 1e-3)
  }

  @Test func blockOfTheDocumentation() {
    var (model, data) = (Linear(inputSize: 2, outputSize: 3, random: RandomSource(seed: 1)), TestData(seed: 2))
    let (x, y) = (data.tensor([7, 2]), data.tensor([7, 3]))
    let before = MeanSquaredError()(model(x), y).scalar
    var optimizer = LBFGS()
    let end = optimizer.minimize(&model) { model in
      valueAndGradients(of: model) { MeanSquaredError()($0(x), y) }
    }
    #expect(end.loss < Double(before) && abs(MeanSquaredError()(model(x), y).scalar - Scalar(end.loss)) < 1e-6)
  }

  @Test func aLossThatIsNotFiniteMovesNothing() {
    var (model, optimizer) = (FourTensors(), LBFGS())
    let end = optimizer.minimize(&model) { model in
      (.nan, Gradients(layout: ParameterLayout(of: model), arena: Tensor(repeating: .nan, shape: [35])))
    }
    #expect(model.weights == FourTensors().weights && end.loss.isNaN)
  }

  /// Loss and gradients of Σ(exp(w) - 2w), whose minimum lies at log 2, with `overflow` instead where a weight is above
  /// `limit`.
  private func exponential(
    _ model: FreeWeights, limit: Double, overflow: (loss: Scalar, slope: Double)
  ) -> (value: Scalar, gradients: Gradients) {
    let weights = model.weights.scalars.map { Double($0) }
    if weights.contains(where: { !($0 <= limit) }) {
      return (overflow.loss, model.gradients(weights.map { _ in overflow.slope }))
    }
    return (Scalar(weights.reduce(0) { $0 + exp($1) - 2 * $1 }), model.gradients(weights.map { exp($0) - 2 }))
  }

  private static let overflows: [(loss: Scalar, slope: Double)] = [
    (.infinity, 1), (.infinity, .infinity), (.nan, .nan), (.nan, 1), (-.infinity, 1), (7, .nan),
  ]

  @Test(arguments: overflows.indices)
  func stepsBackFromALossThatOverflows(_ index: Int) {
    var (model, optimizer) = (FreeWeights(weights: Tensor(zeros: [5])), LBFGS(learningRate: 10_000))
    let end = optimizer.minimize(&model, maximumIterations: 20, maximumEvaluations: 400) {
      exponential($0, limit: 40, overflow: Self.overflows[index])
    }
    #expect(abs(end.loss - 10 * (1 - log(2))) < 1e-4)
    #expect(model.weights.scalars.allSatisfy { abs(Double($0) - log(2)) < 1e-2 })
  }

  @Test(arguments: overflows.indices)
  func staysWhereEveryStepOverflows(_ index: Int) {
    for lineSearch in LBFGS.LineSearch.allCases {
      var (model, optimizer) = (FreeWeights(weights: Tensor(zeros: [5])), LBFGS())
      for _ in 0..<2 {
        let end = optimizer.minimize(&model, lineSearch: lineSearch) {
          exponential($0, limit: 0, overflow: Self.overflows[index])
        }
        #expect(end.loss == 5 && model.weights == Tensor(zeros: [5]))
      }
    }
    var (model, optimizer) = (FreeWeights(weights: Tensor(repeating: 1, shape: [5])), LBFGS())
    optimizer.minimize(&model) { exponential($0, limit: 0, overflow: Self.overflows[index]) }
    #expect(model.weights == Tensor(repeating: 1, shape: [5]))
  }

  @Test func frozenWeightsStayInALineSearch() throws {
    var (model, optimizer) = (FourTensors(), LBFGS())
    try optimizer.setGroups([ParameterGroup("third", isFrozen: true)], of: model)
    let before = model
    let end = optimizer.minimize(&model, maximumIterations: 50) { $0.evaluation(update: 0, still: true) }
    #expect(model.fourth == before.fourth && model.first != before.first)
    let slopes = model.evaluation(update: 0, still: true).gradients.arena.scalars.prefix(23)
    #expect(slopes.allSatisfy { abs($0) < 1e-3 } && end.loss < 40)
  }
}
