import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

@Suite struct WeightPenaltyTests {
  private let penalties = [
    WeightPenalty("second.*", l1: 0.3), WeightPenalty("third", l1: 0.2, l2: 0.7), WeightPenalty(l2: 0.05),
  ]

  @Test func writtenPenaltiesAreReadAndImpossibleOnesRefused() throws {
    let text = String(decoding: try JSONEncoder().encode(penalties), as: UTF8.self)
    #expect(try JSONDecoder().decode([WeightPenalty].self, from: Data(text.utf8)) == penalties)
    for (good, bad) in [("\"l1\":0.3", "\"l1\":-0.3"), ("\"l2\":0.7", "\"l2\":-1")] {
      let changed = text.replacing(good, with: bad)
      #expect(changed != text)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([WeightPenalty].self, from: Data(changed.utf8))
      }
    }
  }

  @Test func trainersTakeThem() throws {
    func train(_ penalties: WeightPenalties?) throws -> [Tensor] {
      var model = Line()
      try Trainer(optimizer: .sgd(learningRate: 0.05), length: .steps(4), penalties: penalties).fit(
        &model, on: Line.batches()
      ) { _ in }
      return model.namedTensors.map(\.tensor)
    }
    #expect(try train(WeightPenalties([WeightPenalty("layer.weight", l2: 0.5)], of: Line())) != train(nil))
  }

  @Test func gradientsAreThoseOfTheSum() throws {
    let model = FourTensors()
    let priced = try WeightPenalties(penalties, of: model)
    var gradients = Gradients(zerosFor: ParameterLayout(of: model))
    let sum = priced.add(to: &gradients, of: model)
    let w = model.weights
    let expected = w.indices.map { index -> Double in
      let sign: Double = w[index] > 0 ? 1 : -1
      switch index {
      case 0..<15: return 0.1 * w[index]
      case 15..<23: return 0.3 * sign + 0.1 * w[index]
      default: return 0.2 * sign + 1.5 * w[index]
      }
    }
    #expect(Comparison.relativeError(gradients.arena.scalars.map { Double($0) }, expected) < 1e-6)
    let magnitude = w[15..<23].reduce(0) { $0 + 0.3 * abs($1) } + w[23...].reduce(0) { $0 + 0.2 * abs($1) }
    let square = w[23...].reduce(0) { $0 + 0.7 * $1 * $1 } + w.reduce(0) { $0 + 0.05 * $1 * $1 }
    #expect(abs(sum - magnitude - square) < 1e-9 * sum)
  }

  @Test func weightsOfZeroHaveNoSlope() throws {
    let model = FreeWeights(weights: Tensor([0, 2, -2], shape: [3]))
    var gradients = model.gradients([1, 1, 1])
    try WeightPenalties([WeightPenalty(l1: 0.5)], of: model).add(to: &gradients, of: model)
    #expect(gradients.arena.scalars == [1, 1.5, 0.5])
  }

  @Test func aPatternWithoutAParameterIsRefused() {
    #expect(throws: ParameterPatternError.self) {
      try WeightPenalties([WeightPenalty(), WeightPenalty("fifth")], of: FourTensors())
    }
  }

  @Test func trainingPaysThem() throws {
    // Ridge regression: the weights of the penalised minimum are smaller, and the penalty's slope balances the loss's.
    var (free, priced) = (Line(), Line())
    var trainer = Trainer(optimizer: SGD(learningRate: 0.2), length: .steps(400))
    let batches = Line.batches(40, batchSize: 40)
    try trainer.fit(&free, on: batches) { _ in }
    trainer.penalties = try WeightPenalties([WeightPenalty("layer.weight", l2: 0.25)], of: priced)
    try trainer.fit(&priced, on: batches) { _ in }
    #expect(abs(priced.layer.weight[0, 1]) < 0.8 * abs(free.layer.weight[0, 1]))
    let (_, gradients) = valueAndGradients(of: priced) { model in
      var context = ForwardContext.inference
      return model.loss(on: Line.points(40, seed: 1), context: &context)
    }
    let slopes = gradients["layer.weight"]!
    for column in 0..<2 { #expect(abs(slopes[0, column] + 0.5 * priced.layer.weight[0, column]) < 1e-3) }
  }

  @Test func blockOfTheDocumentation() throws {
    let model = Line()
    var trainer = Trainer(optimizer: SGD(learningRate: 0.2))
    trainer.penalties = try WeightPenalties([WeightPenalty("*.weight*", l2: 1e-4)], of: model)
    var gradients = Gradients(zerosFor: ParameterLayout(of: model))
    #expect(trainer.penalties!.add(to: &gradients, of: model) > 0)
    #expect(gradients["layer.bias"]!.scalars == [0])
  }

  @Test func frozenGradientsDoNotCountInTheNorm() throws {
    var (optimizer, model) = (SGD(learningRate: 0.1), Line())
    var norms: [Double] = []
    for isFrozen in [false, true] {
      if isFrozen { try optimizer.setGroups([ParameterGroup("layer.weight", isFrozen: true)], of: model) }
      model = Line()
      try Trainer(optimizer: optimizer, length: .steps(1)).fit(&model, on: Line.batches()) { event in
        if case .step(let progress) = event { norms.append(progress.gradientNorm) }
      }
    }
    #expect(norms[1] < 0.9 * norms[0] && norms[1] > 0)
    #expect(model.layer.weight.scalars == Line().layer.weight.scalars && model.layer.bias != Line().layer.bias)
  }
}
