import Foundation
import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct ModuleWeightsTests {
  /// A path in a folder of its own, removed afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func everyLayerComesBackFromAFile() throws {
    func check<M: Module>(_ make: (RandomSource) -> M) throws {
      try withFolder { folder in
        let saved = make(RandomSource(seed: 1))
        try saved.saveWeights(to: folder + "/model.safetensors", metadata: ["seed": "1"])
        var loaded = make(RandomSource(seed: 2))
        try loaded.loadWeights(from: folder + "/model.safetensors")
        #expect(loaded.namedTensors.map(\.name) == saved.namedTensors.map(\.name))
        #expect(zip(loaded.namedTensors, saved.namedTensors).allSatisfy { $0.tensor == $1.tensor })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
      }
    }
    try check { LSTM(inputSize: 3, hiddenSize: 2, layers: 2, direction: .bidirectional, random: $0) }
    try check { GRU(inputSize: 0, hiddenSize: 2, hasBias: false, initialState: .trainable, random: $0) }
    try check { ElmanRNN(inputSize: 1, hiddenSize: 2, random: $0) }
    try check { random in RecurrentLayer(inputSize: 2) { TrailCell(inputSize: $0.inputSize, seed: random.bits(at: 0)) }
    }
    try check { Embedding(vocabularySize: 4, size: 3, random: $0) }
    try check { TimeDistributed(Linear(inputSize: 4, outputSize: 3, random: $0)) }
    try check { _ in SmallModel() }
  }

  @Test func aFileThatDoesNotFitIsNamedInFullAndChangesNothing() throws {
    try withFolder { folder in
      let path = folder + "/other.safetensors"
      var other = SmallModel()
      other.parts[0].bias = nil
      other.parts[1].weight = Tensor(zeros: [2, 3])
      other.parts[1].bias = Tensor(zeros: [3])
      other.last.factor = Tensor(zeros: [2])
      try other.saveWeights(to: path)
      var model = SmallModel()
      let error = #expect(throws: SafetensorsError.self) { try model.loadWeights(from: path) }
      #expect(
        error?.description == """
          \(path): the weights do not fit the model; nothing was loaded
            missing from the file: parts.0.bias
            unknown to the model: parts.1.bias
            parts.1.weight: expected shape [3, 3], received [2, 3]
            last.factor_l0_reverse: expected shape [1], received [2]
          """)
      #expect(zip(model.namedTensors, SmallModel().namedTensors).allSatisfy { $0.tensor == $1.tensor })
    }
  }

  @Test func aFileThatCannotBeReadOrWrittenIsNamed() throws {
    try withFolder { folder in
      var model = SmallModel()
      let missing = folder + "/nowhere/model.safetensors"
      let reading = #expect(throws: SafetensorsError.self) { try model.loadWeights(from: missing) }
      #expect(reading?.description == "\(missing): cannot open: No such file or directory")
      let writing = #expect(throws: SafetensorsError.self) { try model.saveWeights(to: missing) }
      #expect(writing?.description == "\(missing): cannot create: No such file or directory")
      try FileManager.default.createDirectory(atPath: folder + "/taken/inside", withIntermediateDirectories: true)
      let renaming = #expect(throws: SafetensorsError.self) { try model.saveWeights(to: folder + "/taken") }
      #expect(renaming?.description == "\(folder)/taken: cannot rename: Is a directory")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
    }
  }

  @Test func anOldFileIsReplacedWhole() throws {
    try withFolder { folder in
      let path = folder + "/model.safetensors"
      try LSTM(inputSize: 30, hiddenSize: 20).saveWeights(to: path)
      try SmallModel().saveWeights(to: path)
      var model = SmallModel()
      model.last.weight = Tensor(zeros: [1, 3])
      try model.loadWeights(from: path)
      #expect(model.last.weight == SmallModel().last.weight)
    }
  }
}
