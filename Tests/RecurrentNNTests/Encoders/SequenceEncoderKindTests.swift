import Foundation
import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import Testing

/// Those that are no recurrent layers of a named cell.
private let composed = SequenceEncoderKind.compositions + SequenceEncoderKind.comparisons

/// What holds for every encoder that can be chosen by name.
@Suite struct SequenceEncoderKindTests {
  private static let lengths = PaddedSequences.lengths

  private static func encoder(
    _ kind: SequenceEncoderKind, hidden: Int = 12, layers: Int = 2, dropout: Scalar = 0, seed: UInt64 = 1
  ) -> any SequenceEncoder {
    kind.make(
      .init(inputSize: 3, hiddenSize: hidden, layers: layers, dropout: dropout, random: RandomSource(seed: seed)))
  }

  private static func inputs(steps: Int = 5) -> Tensor {
    var data = TestData(seed: 20)
    return data.tensor([4, steps, 3])
  }

  private static func encoded(
    _ encoder: some SequenceEncoder, _ x: Tensor, lengths: [Int]? = nil
  ) -> EncodedSequence {
    var context = ForwardContext.inference
    return encoder.encode(x, lengths: lengths, context: &context)
  }

  @Test func namesAreTheirOwnAndSayWhereTheyComeFrom() {
    let names = SequenceEncoderKind.all.map(\.name)
    #expect(Set(names + TreeKind.all.map(\.name)).count == names.count + TreeKind.all.count)
    #expect(names.starts(with: RecurrentKind.all.map(\.name)))
    for kind in composed {
      #expect(kind.name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil, "\(kind.name)")
      #expect(kind.about.source.firstMatch(of: /(19|20)\d\d/) != nil, "\(kind.name) has no year")
      #expect(!kind.about.title.isEmpty && kind.about.equations.contains(" = "))
      #expect(SequenceEncoderKind(named: kind.name)?.name == kind.name)
    }
    #expect(SequenceEncoderKind(named: "tcn ") == nil)
  }

  /// One test file for each, with what is special to it.
  @Test(arguments: composed) func theStructureHasItsTests(kind: SequenceEncoderKind) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let rooms = ["Cells", "Recurrence", "Attention", "TemporalConvolution"]
    let texts = rooms.compactMap {
      try? String(contentsOf: tests.appending(path: "\($0)/\(kind.typeName)Tests.swift"), encoding: .utf8)
    }
    #expect(texts.count == 1 && texts[0].contains("@Test"), "\(kind.typeName)")
  }

  /// Frames of four by three places: features and units are their channels.
  @Test(arguments: SequenceEncoderKind.all) func onlySomeReadFrames(kind: SequenceEncoderKind) {
    var plan = SequenceEncoderKind.Plan(inputSize: 24, hiddenSize: 36, layers: 2, random: RandomSource(seed: 1))
    plan.frame = [4, 3]
    let layer = kind.make(plan) as? RecurrentLayer<ConvLSTMCell>
    #expect((layer != nil) == kind.readsFrames)
    guard let layer else { return }
    #expect(layer.cells.map(\.frame) == [[4, 3], [4, 3]])
    #expect(layer.cells.map(\.inputChannels) == [2, 3] && layer.cells.map(\.hiddenChannels) == [3, 3])
  }

  @Test(arguments: SequenceEncoderKind.all) func shapesAreThoseOfThePlan(kind: SequenceEncoderKind) {
    let encoder = Self.encoder(kind)
    #expect(encoder.outputSize == 12)
    let result = Self.encoded(encoder, Self.inputs(), lengths: Self.lengths)
    #expect(result.outputs.shape == [4, 5, 12] && result.lastOutputs.shape == [4, 12])
    for (row, length) in Self.lengths.enumerated() {
      let (outputs, last) = (result.outputs[at: row, axis: 0], result.lastOutputs[at: row, axis: 0])
      #expect(outputs[length..<5, axis: 0] == Tensor(zeros: [5 - length, 12]))
      #expect(last == (length > 0 ? outputs[at: length - 1, axis: 0] : Tensor(zeros: [12])))
    }
    #expect(Self.encoded(encoder, Self.inputs(steps: 0)).outputs.shape == [4, 0, 12])
    #expect(Self.encoded(encoder, Tensor(zeros: [0, 5, 3])).lastOutputs.shape == [0, 12])
  }

  @Test(arguments: SequenceEncoderKind.all, [12, 19])
  func aRowAloneIsTheRowInItsBatch(kind: SequenceEncoderKind, hidden: Int) {
    let encoder = Self.encoder(kind, hidden: hidden)
    let x = Self.inputs()
    let together = Self.encoded(encoder, x, lengths: Self.lengths)
    for (row, length) in Self.lengths.enumerated() where length > 0 {
      let alone = Self.encoded(encoder, x[row..<row + 1, axis: 0][0..<length, axis: 1])
      #expect(together.outputs[row..<row + 1, axis: 0][0..<length, axis: 1] == alone.outputs)
      #expect(together.lastOutputs[row..<row + 1, axis: 0] == alone.lastOutputs)
    }
  }

  @Test(arguments: SequenceEncoderKind.all) func nothingLeaksFromThePadding(kind: SequenceEncoderKind) {
    func check(_ encoder: some SequenceEncoder) {
      PaddedSequences.expectNoLeak(encoder, Self.inputs()) { Self.encoded($0, $1, lengths: Self.lengths).outputs }
    }
    check(Self.encoder(kind))
  }

  @Test(arguments: SequenceEncoderKind.all) func causalOnesGiveTheBeginningOfTheBeginning(kind: SequenceEncoderKind) {
    let (encoder, x) = (Self.encoder(kind), Self.inputs(steps: 9))
    let whole = Self.encoded(encoder, x)
    for steps in [1, 2, 5, 8] {
      let part = Self.encoded(encoder, x[0..<steps, axis: 1])
      #expect((part.outputs == whole.outputs[0..<steps, axis: 1]) == kind.isCausal, "\(steps) steps")
      #expect((part.lastOutputs == whole.outputs[at: steps - 1, axis: 1]) == kind.isCausal)
    }
  }

  @Test(arguments: composed) func weightsAreSavedAndLoaded(kind: SequenceEncoderKind) throws {
    func check(_ encoder: some SequenceEncoder) throws {
      let bytes = SafetensorsFile.encoded(encoder.namedTensors.map { (name: $0.name, tensor: $0.tensor) })
      let file = try SafetensorsFile(bytes: bytes, name: "memory")
      var other = Self.encoder(kind, seed: 99)
      #expect(Self.encoded(other, Self.inputs()).outputs != Self.encoded(encoder, Self.inputs()).outputs)
      try other.loadWeights(from: file)
      #expect(Self.encoded(other, Self.inputs()).outputs == Self.encoded(encoder, Self.inputs()).outputs)
    }
    try check(Self.encoder(kind))
  }

  @Test(arguments: composed) func equalSeedsStartAlike(kind: SequenceEncoderKind) {
    func tensors(_ seed: UInt64) -> [Tensor] { Self.encoder(kind, seed: seed).namedTensors.map(\.tensor) }
    #expect(tensors(1) == tensors(1))
    #expect(tensors(1) != tensors(2))
  }

  @Test(arguments: composed) func masksDependOnSeedStepAndRowAlone(kind: SequenceEncoderKind) {
    let encoder = Self.encoder(kind, dropout: 0.4)
    let x = Self.inputs()
    func outputs(_ x: Tensor, seed: UInt64 = 5, step: Int = 3, firstRow: Int = 0, lengths: [Int]? = nil) -> Tensor {
      var context = ForwardContext.training(RandomSource(seed: seed), step: step, firstRow: firstRow)
      return encoder.encode(x, lengths: lengths, context: &context).outputs
    }
    let whole = outputs(x)
    #expect(whole == outputs(x))
    #expect(whole != outputs(x, seed: 6) && whole != outputs(x, step: 4))
    #expect(whole != Self.encoded(encoder, x).outputs)
    #expect(outputs(x[2..<4, axis: 0], firstRow: 2) == whole[2..<4, axis: 0])
    // A row has its masks whatever it is padded to.
    let padded = outputs(x, lengths: [3, 3, 3, 3])
    #expect(outputs(x[0..<3, axis: 1]) == padded[0..<3, axis: 1])
  }

  @Test(arguments: composed) func threadsChangeNoBit(kind: SequenceEncoderKind) {
    func check(_ encoder: some SequenceEncoder) {
      var data = TestData(seed: 21)
      let x = data.tensor([6, 60, 3])
      let results = [1, 3].map { threads in
        WorkerPool.using(threads: threads) {
          let run = valueAndGradients(of: encoder, inputs: [x]) { encoder, inputs in
            Self.encoded(encoder, inputs[0], lengths: [60, 7, 33, 0, 60, 59]).outputs.squared().sum()
          }
          return run.inputGradients + run.gradients.layout.entries.compactMap { run.gradients[$0.path] }
        }
      }
      #expect(results[0] == results[1])
    }
    check(Self.encoder(kind, hidden: 40))
  }

  @Test(arguments: composed) func tensorsAreShown(kind: SequenceEncoderKind) {
    func check(_ encoder: some SequenceEncoder) { #expect(ModuleReflection.forgottenTensors(in: encoder) == []) }
    check(Self.encoder(kind))
  }
}
