import Recurrent
import Testing

/// The code of the page on attention and convolutions, word for word, is run here.
@Suite struct ComparisonGuideTests {
  private static let random = RandomSource(seed: 5)

  @Test func encodersByName() {
    let (x, lengths) = (Self.random.normal([3, 7, 8]), [7, 0, 4])
    var context = ForwardContext.inference
    for kind in SequenceEncoderKind.all {
      let encoder = kind.make(.init(inputSize: 8, hiddenSize: 16, steps: 100, random: RandomSource(seed: 1)))
      let encoded = encoder.encode(x, lengths: lengths, context: &context)  // x: [batch, time, 8]
      print(kind.name, encoder.parameterCount, encoded.lastOutputs.shape)  // [batch, 16]
    }
    let composed = SequenceEncoderKind.compositions.count + SequenceEncoderKind.comparisons.count
    #expect(SequenceEncoderKind.all.count == RecurrentKind.all.count + composed)
  }

  struct Reader: TrainableModel {
    var encoder: any SequenceEncoder
    var head: Linear

    func loss(on batch: SequencePairs, context: inout ForwardContext) -> Tensor {
      let outputs = encoder.encode(batch.inputs, lengths: batch.lengths, context: &context).outputs
      return MeanSquaredError()(head(outputs), batch.targets, lengths: batch.lengths)
    }

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit(&encoder, "encoder")
      visitor.visit(&head, "head")
    }
  }

  /// Every structure learns to tell the input of three steps before.
  @Test(arguments: SequenceEncoderKind.compositions + SequenceEncoderKind.comparisons)
  func structuresLearn(kind: SequenceEncoderKind) throws {
    let plan = SequenceEncoderKind.Plan(inputSize: 1, hiddenSize: 16, steps: 12, random: Self.random)
    var model = Reader(
      encoder: kind.make(plan), head: Linear(inputSize: 16, outputSize: 1, random: Self.random.stream("head")))
    let x = Self.random.uniform([96, 15, 1], in: -1...1)
    let lengths = (0..<96).map { 6 + $0 % 7 }
    let pairs = SequencePairs(inputs: x[3..<15, axis: 1], targets: x[0..<12, axis: 1], lengths: lengths)
    let batches = SampleBatches(count: 96, batchSize: 32, shuffled: false) { pairs.rows(in: $0[0]..<$0[0] + 32) }
    var context = ForwardContext.inference
    let before = model.loss(on: pairs, context: &context).scalar
    let trainer = Trainer(optimizer: .adam(learningRate: 5e-3), clipping: .globalNorm(1), length: .epochs(120), seed: 3)
    try trainer.fit(&model, on: batches) { _ in }
    let after = model.loss(on: pairs, context: &context).scalar
    // The first three steps cannot be known: a third of the variance, 1/3, at most.
    #expect(after < 0.6 * before, "\(kind.name): \(before) to \(after)")
  }

  @Test func attention() {
    let (queries, memory) = (Self.random.normal([3, 2, 6]), Self.random.stream("memory").normal([3, 7, 8]))
    let attention = Attention<AdditiveScore>(querySize: 6, memorySize: 8, random: RandomSource(seed: 1))
    let read = attention(queries, over: memory, lengths: [7, 0, 5])  // queries: [3, 2, 6], memory: [3, 7, 8]
    let context = read.context  // [3, 2, 8]
    let weights = read.weights  // [3, 2, 7]
    #expect(context.shape == [3, 2, 8] && weights.shape == [3, 2, 7])
    #expect(context[at: 1, axis: 0] == Tensor(zeros: [2, 8]))
  }

  @Test func convolutions() {
    let samples: [[Scalar]] = [[1, 2], [3, 4]]
    let network = TemporalConvolutionNetwork(inputSize: 2, hiddenSize: 16, blocks: 5, random: RandomSource(seed: 1))
    let reach = network.receptiveField  // 125
    let stream = network.stream()
    var output: [Scalar] = []
    for sample in samples { stream.step(sample, into: &output) }
    #expect(reach == 125 && output.count == 16)
  }
}
