import Foundation
import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// Sentences and their classes.
struct Sentences {
  let words: [[Int]]
  let lengths: [Int]
  let classes: [Int]
}

struct Classifier: TrainableModel {
  var network: DescribedModel

  func loss(on batch: Sentences, context: inout ForwardContext) -> Tensor {
    let scores = network(batch.words, lengths: batch.lengths, context: &context)
    return SoftmaxCrossEntropy()(scores, classes: batch.classes)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) { visitor.visit(&network, "network") }
}

@Suite struct DescribedModelTests {
  private let random = RandomSource(seed: 5)

  /// The layers by hand, with the weights of the model.
  @Test func theModelIsItsLayersOneAfterTheOther() throws {
    let description = SequenceModelDescription(
      features: 3,
      layers: [
        LinearDescription(size: 4), ActivationDescription(.tanh), LayerNormDescription(),
        RecurrentDescription(cell: "gru", hiddenSize: 5, layers: 2, direction: .bidirectional, connections: .highway),
        PoolingDescription(.mean), LinearDescription(size: 2, hasBias: false),
      ])
    let model = ModuleTensors.randomized(try description.makeModel(random: random), seed: 3)
    var data = TestData(seed: 4)
    let x = data.tensor([3, 6, 3])
    let lengths = [6, 2, 0]
    func tensor(_ name: String) -> Tensor { model.namedTensors.first { $0.name == name }!.tensor }
    let hidden = x.linear(weight: tensor("layers.0.weight"), bias: tensor("layers.0.bias")).tanh()
    let norm = ModuleTensors.replacing(
      LayerNorm(size: 4), ["weight": tensor("layers.2.weight"), "bias": tensor("layers.2.bias")])
    var gru = GRU(inputSize: 4, hiddenSize: 5, layers: 2, direction: .bidirectional, connections: .highway)
    let names = gru.namedTensors.map(\.name)
    gru = ModuleTensors.replacing(
      gru, Dictionary(uniqueKeysWithValues: names.map { ($0, tensor("layers.3.\($0)")) }))
    let pooled = StepPooling.mean(gru(norm(hidden), lengths: lengths).outputs, lengths: lengths)
    #expect(model(x, lengths: lengths) == pooled.linear(weight: tensor("layers.5.weight")))
    #expect(Set(names.map { "layers.3.\($0)" }).isSubset(of: model.namedTensors.map(\.name)))
    #expect(
      GradientCheck.disagreements(of: model, at: [data.tensor([2, 3, 3], in: 0.1...0.6)]) { [$0($1[0])] } == [])
  }

  /// The layers that the description says start as they do in a plan that says so.
  @Test func layersStartRemembering() throws {
    func tensors(memory: Int?, _ layers: RememberingLayers = .last) throws -> [String: Tensor] {
      let layer = RecurrentDescription(
        cell: "lstm", hiddenSize: 4, layers: 2, memory: memory, rememberingLayers: layers)
      let model = try SequenceModelDescription(features: 3, layers: [layer]).makeModel(random: random)
      return Dictionary(uniqueKeysWithValues: model.namedTensors.map { ($0.name, $0.tensor) })
    }
    let usual = try tensors(memory: nil)
    func changed(_ tensors: [String: Tensor]) -> Set<String> { Set(tensors.keys.filter { tensors[$0] != usual[$0] }) }
    let upper: Set = ["layers.0.bias_ih_l1", "layers.0.bias_hh_l1"]
    #expect(changed(try tensors(memory: 90)) == upper)
    #expect(changed(try tensors(memory: 90, .all)) == upper.union(["layers.0.bias_ih_l0", "layers.0.bias_hh_l0"]))
  }

  /// Every cell, from the description through a folder back to the same outputs.
  @Test(arguments: RecurrentKind.all.map(\.name)) func aFolderHoldsTheModel(cell: String) throws {
    let description = SequenceModelDescription(
      layers: [
        EmbeddingDescription(vocabularySize: 11, size: 3),
        RecurrentDescription(
          cell: cell, hiddenSize: 4, layers: 2, direction: .bidirectional, dropout: 0.5,
          regularization: .init(hiddenZoneout: cell == "mlstm" ? 0 : 0.2), hasTrainedStart: true, outputs: .last),
        LinearDescription(size: 2),
      ])
    let model = ModuleTensors.randomized(
      try description.makeModel(random: random), seed: 6, in: cell == "irnn" ? -0.2...0.2 : -0.8...0.8)
    let path = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = ModelFolder(path)
    try model.write(to: folder)
    #expect(throws: ModelFolderError.self) { try model.write(to: folder) }
    let read = try DescribedModel(from: folder)
    #expect(read.plan == description)
    let words = [[1, 10, 4], [0, 3, 3]]
    #expect(read(words, lengths: [3, 1]) == model(words, lengths: [3, 1]))
    #expect(try description.makeModel(random: random)(words) != model(words))

    // A description of another model is refused, and so is one of no model.
    let file = URL(filePath: "\(path)/config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("\"hidden\" : 4", with: "\"hidden\" : 5").utf8).write(to: file)
    #expect(throws: SafetensorsError.self) { try DescribedModel(from: folder) }
    try Data(text.replacing("\"hidden\" : 4", with: "\"hidden\" : 60000").utf8).write(to: file)
    #expect(throws: ModelFolderError.self) { try DescribedModel(from: folder) }
  }

  @Test func equalSeedsGiveEqualModels() throws {
    let description = SequenceModelDescription(
      features: 2,
      layers: [RecurrentDescription(cell: "lstm", hiddenSize: 3), RecurrentDescription(cell: "lstm", hiddenSize: 3)])
    func weights(_ seed: UInt64) throws -> [Tensor] {
      try description.makeModel(random: RandomSource(seed: seed)).namedTensors.map(\.tensor)
    }
    #expect(try weights(1) == weights(1) && weights(1) != weights(2))
    let model = try description.makeModel(random: random)
    let layout = ParameterLayout(of: model)
    #expect(layout["layers.0.weight_hh_l0"] != nil && layout["layers.1.weight_hh_l0"] != nil)
    let tensors = Dictionary(uniqueKeysWithValues: model.namedTensors.map { ($0.name, $0.tensor) })
    #expect(tensors["layers.0.weight_hh_l0"] != tensors["layers.1.weight_hh_l0"])
  }

  /// Whether the second word comes after the first one.
  @Test func aDescribedModelLearns() throws {
    let description = SequenceModelDescription(
      layers: [
        EmbeddingDescription(vocabularySize: 6, size: 4),
        RecurrentDescription(cell: "gru", hiddenSize: 8, outputs: .last),
        DropoutDescription(rate: 0.1), LinearDescription(size: 2),
      ])
    var model = Classifier(network: try description.makeModel(random: random))
    var data = TestData(seed: 9)
    let rows = (0..<200).map { _ in (data.integer(below: 6), data.integer(below: 6)) }
    func sentences(_ numbers: [Int]) -> Sentences {
      Sentences(
        words: numbers.map { [rows[$0].0, rows[$0].1, 0] }, lengths: numbers.map { _ in 2 },
        classes: numbers.map { rows[$0].1 > rows[$0].0 ? 1 : 0 })
    }
    let trainer = Trainer(optimizer: .adam(learningRate: 0.02), length: .steps(150), seed: 1)
    try trainer.fit(&model, on: SampleBatches(count: 200, batchSize: 50) { sentences($0) }) { _ in }
    let all = sentences(Array(0..<200))
    let answers = model.network(all.words, lengths: all.lengths).argmax()
    #expect(zip(answers, all.classes).count { $0 == $1 } > 190)
  }

  @Test func wrongInputsStop() async {
    await #expect(processExitsWith: .failure) {
      let words = SequenceModelDescription(layers: [EmbeddingDescription(vocabularySize: 3, size: 2)])
      _ = try words.makeModel()(Tensor(zeros: [1, 2, 2]))
    }
    await #expect(processExitsWith: .failure) {
      let vectors = SequenceModelDescription(features: 2, layers: [LinearDescription(size: 2)])
      _ = try vectors.makeModel()([[1, 2]])
    }
    await #expect(processExitsWith: .failure) {
      let words = SequenceModelDescription(layers: [EmbeddingDescription(vocabularySize: 3, size: 2)])
      _ = try words.makeModel()([[1, 2], [1]])
    }
  }
}
