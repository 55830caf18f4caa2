import RecurrentModels
import RecurrentNN
import RecurrentTensor
import Testing

@Suite struct ModelSummaryTests {
  private let stride = MemoryLayout<Scalar>.stride

  /// Every number of a small model by hand: a batch of 2 sequences of 7 steps.
  @Test func numbersAreThoseCountedByHand() throws {
    let description = SequenceModelDescription(
      layers: [
        EmbeddingDescription(vocabularySize: 10, size: 3), RecurrentDescription(cell: "lstm", hiddenSize: 5),
        LayerNormDescription(), DropoutDescription(rate: 0.5), PoolingDescription(.last), LinearDescription(size: 2),
        ActivationDescription(.tanh),
      ])
    let summary = try ModelSummary(of: try description.makeModel(random: RandomSource(seed: 1)), length: 7, batch: 2)
    let rows = summary.rows
    #expect(rows.map(\.name) == ["embedding", "lstm", "layer-norm", "dropout", "pooling", "linear", "activation"])
    #expect(rows.map(\.parameters) == [30, 4 * (15 + 25 + 10), 10, 0, 0, 12, 0])
    #expect(rows.map(\.multiplyAdds) == [0, 4 * (15 + 25), 0, 0, 0, 10, 0])
    #expect(rows.map(\.output)[1] == "[batch, time, 5]" && rows.map(\.output)[5] == "[batch, 2]")
    #expect(rows.map(\.isEveryStep) == [true, true, true, true, true, false, false])
    // An embedding keeps its vectors, an LSTM gates and memories of 16 units and its outputs and states, a normalisation the
    // normal vectors and their scale beside its outputs, dropout and a function their outputs.
    let lstm = 7 * (4 * 16 + 16 + 5) + 2 * 5 + 16
    let kept = [7 * 3, lstm, 7 * (5 + 5 + 1), 7 * 5].map { 2 * $0 * stride }
    #expect(Array(rows.map(\.keptBytes)[..<4]) == kept)
    #expect(rows.map(\.keptBytes)[5...] == [2 * 2 * stride, 2 * 2 * stride])
    #expect(summary.parameters == 252 && summary.frozen == 0 && summary.weightBytes == 252 * stride)
    #expect(summary.multiplyAddsPerStep == 160 && summary.multiplyAddsPerSequence == 7 * 160 + 10)
    #expect(summary.keptBytes == rows.reduce(0) { $0 + $1.keptBytes })
  }

  @Test func whatIsNotTrainedCountsForItself() throws {
    let description = SequenceModelDescription(
      features: 3, layers: [RecurrentDescription(cell: "echo-state", hiddenSize: 4), LinearDescription(size: 1)])
    let summary = try ModelSummary(of: try description.makeModel(random: RandomSource(seed: 1)), length: 1, batch: 1)
    #expect(summary.parameters == 5 && summary.frozen == 12 + 16 + 4 + 4)
    #expect(summary.weightBytes == (5 + 36) * stride && summary.multiplyAddsPerStep == 28 + 4)
  }

  /// Lengths that no machine holds are numbers all the same.
  @Test func longAndWrongLengths() throws {
    for kind in RecurrentKind.all {
      let description = SequenceModelDescription(
        features: 3, layers: [RecurrentDescription(cell: kind.name, hiddenSize: 40, layers: 2)])
      let model = try description.makeModel(random: RandomSource(seed: 1))
      let summary = try ModelSummary(of: model, length: 1_000_000, batch: 65_536)
      #expect(summary.keptBytes > 40 << 30, "\(kind.name)")
      for (length, batch) in [(0, 1), (1, 0), (1_000_001, 1), (1, 65_537)] {
        #expect(throws: DescriptionError.self) { try ModelSummary(of: model, length: length, batch: batch) }
      }
    }
  }

  @Test func theWeightsOfAnyFolderArePartsOfTheirPaths() throws {
    let description = SequenceModelDescription(
      features: 3, layers: [LinearDescription(size: 4), RecurrentDescription(cell: "gru", hiddenSize: 2)])
    let model = try description.makeModel(random: RandomSource(seed: 1))
    let file = try SafetensorsFile(bytes: SafetensorsFile.encoded(model.namedTensors), name: "a")
    let summary = WeightsSummary(of: file)
    #expect(summary.rows.map(\.part) == ["layers.0", "layers.1"])
    #expect(summary.rows.map(\.tensors) == [2, 4] && summary.rows.map(\.numbers) == [16, 3 * 2 * (4 + 2 + 2)])
    #expect(summary.numbers == model.parameterCount && summary.weightBytes == summary.numbers * stride)
  }
}
