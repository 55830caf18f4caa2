import Foundation
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// `OptimizerParityTests` compares rates and decays of groups with PyTorch.
@Suite struct ParameterGroupTests {
  @Test(arguments: OptimizerCases.all.indices)
  func frozenWeightsKeepTheirBits(_ index: Int) throws {
    var (optimizer, model) = (OptimizerCases.all[index].make(), FourTensors())
    try optimizer.setGroups([ParameterGroup("second", decoupledWeightDecay: 0.5, isFrozen: true)], of: model)
    let before = model
    for update in 1...5 { optimizer.update(&model, with: model.evaluation(update: update).gradients) }
    #expect(model.second.scalars == before.second.scalars && model.third.scalars == before.third.scalars)
    #expect(zip(model.first.scalars, before.first.scalars).allSatisfy { $0 != $1 })
    #expect(zip(model.fourth.scalars, before.fourth.scalars).allSatisfy { $0 != $1 })
  }

  @Test(arguments: OptimizerCases.all.indices)
  func decoupledDecayShrinksBeforeTheStep(_ index: Int) throws {
    // Of the first update, whose direction depends on the gradients alone where nothing else decays.
    let make = OptimizerCases.all[index].make
    var (optimizer, plain, model) = (make(), make(), FourTensors())
    try optimizer.setGroups(
      [ParameterGroup("first", weightDecay: 0, decoupledWeightDecay: 0.5), ParameterGroup("*", weightDecay: 0)],
      of: model)
    try plain.setGroups([ParameterGroup("*", weightDecay: 0)], of: model)
    var expected = model
    let gradients = model.evaluation(update: 1).gradients
    optimizer.update(&model, with: gradients)
    let keep = Scalar(1 - optimizer.learningRate * 0.5)
    expected.first = Tensor(expected.first.scalars.map { $0 * keep }, shape: expected.first.shape)
    plain.update(&expected, with: gradients)
    #expect(model.weights == expected.weights)
  }

  @Test func writtenGroupsAreReadAndImpossibleOnesRefused() throws {
    let groups = [
      ParameterGroup("a.*", learningRateFactor: 0.5, weightDecay: 0.1, decoupledWeightDecay: 0.2, isFrozen: true),
      ParameterGroup("b"),
    ]
    let text = String(decoding: try JSONEncoder().encode(groups), as: UTF8.self)
    #expect(try JSONDecoder().decode([ParameterGroup].self, from: Data(text.utf8)) == groups)
    for (good, bad) in [
      ("\"learningRateFactor\":0.5", "\"learningRateFactor\":-0.5"), ("\"weightDecay\":0.1", "\"weightDecay\":-1"),
      ("\"decoupledWeightDecay\":0.2", "\"decoupledWeightDecay\":-1e-9"),
    ] {
      let changed = text.replacing(good, with: bad)
      #expect(changed != text)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([ParameterGroup].self, from: Data(changed.utf8))
      }
    }
  }

  @Test func theFirstGroupThatMatchesCounts() throws {
    var (optimizer, model) = (SGD(learningRate: 1), FourTensors())
    try optimizer.setGroups(
      [
        ParameterGroup("second.bias", learningRateFactor: 3), ParameterGroup("sec*", learningRateFactor: 0.5),
        ParameterGroup("third", learningRateFactor: 0),
      ], of: model)
    let before = model
    let ones = Gradients(layout: ParameterLayout(of: model), arena: Tensor(repeating: 1, shape: [35]))
    optimizer.update(&model, with: ones)
    #expect(abs(before.third[0] - model.third[0] - 3) < 1e-6)
    #expect(abs(before.second[6] - model.second[6] - 0.5) < 1e-6)
    #expect(abs(before.first[2, 4] - model.first[2, 4] - 1) < 1e-6)
    #expect(model.fourth == before.fourth)
  }

  @Test func blockOfTheDocumentation() throws {
    struct Tagger: Module {
      var embedding = Embedding(vocabularySize: 5, size: 3)
      var encoder = GRU(inputSize: 3, hiddenSize: 4)
      var head = Linear(inputSize: 4, outputSize: 2)

      mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
        visitor.visit(&embedding, "embedding")
        visitor.visit(&encoder, "encoder")
        visitor.visit(&head, "head")
      }
    }
    var model = Tagger()
    let before = model
    var optimizer = Adam(learningRate: 1e-3)
    try optimizer.setGroups(
      [
        ParameterGroup("embedding", isFrozen: true),
        ParameterGroup("encoder.weight_hh*", weightDecay: 1e-4),
        ParameterGroup("head", learningRateFactor: 10),
      ], of: model)
    let layout = ParameterLayout(of: model)
    let ones = Tensor(repeating: 1, shape: [layout.trainableCount])
    optimizer.update(&model, with: Gradients(layout: layout, arena: ones))
    #expect(model.embedding.weight == before.embedding.weight)
    #expect(abs(before.head.weight[1, 2] - model.head.weight[1, 2] - 1e-2) < 1e-5)
  }

  @Test func groupsWithoutAParameterAreRefused() throws {
    var optimizer = SGD(learningRate: 1)
    let unknown = ParameterPatternError(
      pattern: "secnd", problem: .unknown, paths: ["first", "second.weight", "second.bias", "third"])
    #expect(throws: unknown) { try optimizer.setGroups([ParameterGroup("secnd")], of: FourTensors()) }
    #expect(unknown.description.contains("the model has first, second.weight, second.bias, third"))
    let taken = ParameterPatternError(pattern: "second.bias", problem: .taken, paths: [])
    #expect(throws: taken) {
      try optimizer.setGroups([ParameterGroup("second"), ParameterGroup("second.bias")], of: FourTensors())
    }
    // A tensor that is not trained belongs to no group.
    #expect(throws: ParameterPatternError.self) { try optimizer.setGroups([ParameterGroup("scale")], of: Line()) }
  }

  @Test func groupsOfAnotherModelStopWithCause() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (optimizer, model) = (SGD(learningRate: 1), Line())
      optimizer.update(&model, with: Gradients(zerosFor: ParameterLayout(of: model)))
      try optimizer.setGroups([ParameterGroup("first")], of: FourTensors())
      optimizer.update(&model, with: Gradients(zerosFor: ParameterLayout(of: model)))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("An optimizer serves one model"))
  }
}
