import RecurrentKernels
import RecurrentNN
import RecurrentTensor
import RecurrentTestSupport
import RecurrentTraining
import Testing

/// What a training step asks of the system's allocator when memory is warm: forward, backward, clipping, update.
@Suite struct AllocationTests {
  private static func counts<Model: Module>(
    of start: Model, _ loss: (Model, inout ForwardContext) -> Tensor
  ) -> (small: Int, large: Int) {
    var model = start
    let layout = ParameterLayout(of: model)
    var optimizer = Adam(learningRate: 0.01)
    func step() {
      var context = ForwardContext.training(RandomSource(seed: 1), step: 0)
      var (_, gradients) = valueAndGradients(of: model, layout: layout) { loss($0, &context) }
      GradientClipping.globalNorm(1).clip(&gradients, norm: gradients.norm)
      optimizer.update(&model, with: gradients)
    }
    // Parts of batches, and so what is made for each, are as many as there are threads.
    return WorkerPool.using(threads: 2) {
      for _ in 0..<3 { step() }
      // Other tests use the same pool of memory.
      let counts = (0..<10).map { _ in AllocationCounter.count(step) }
      return (counts.map(\.small).min() ?? 0, counts.map(\.large).min() ?? 0)
    }
  }

  @Test(.enabled(if: AllocationCounter.works))
  func stepsOverUnequalLengthsMakeOnlySmallAllocations() {
    let batch = FirstSign.sequences(64, steps: 60, seed: 1)
    let counts = Self.counts(of: FirstSign()) { $0.loss(on: batch, context: &$1) }
    #expect(counts.large == 0)
    #expect(counts.small < 200, "\(counts)")
  }

  /// Embeddings, classes and steps in numbers that do not fit into a small allocation.
  @Test(.enabled(if: AllocationCounter.works), arguments: [(rows: 7, steps: 90), (rows: 1, steps: 700)])
  func stepsOverManyWordsMakeOnlySmallAllocations(rows: Int, steps: Int) {
    var data = TestData(seed: 2)
    let words = (0..<rows * steps).map { _ in data.integer(below: 9000) }
    let classes = words.map { $0 % 5 }
    let counts = Self.counts(of: WordClasses()) { $0.loss(words, classes, [rows, steps], &$1) }
    #expect(counts.large == 0)
    #expect(counts.small < 300, "\(counts)")
  }
}

/// A class for each word.
private struct WordClasses: Module {
  var embedding = Embedding(vocabularySize: 9000, size: 6, random: RandomSource(seed: 11))
  var encoder = LSTM(inputSize: 6, hiddenSize: 9, random: RandomSource(seed: 12))
  var head = Linear(inputSize: 9, outputSize: 5, random: RandomSource(seed: 13))

  func loss(_ words: [Int], _ classes: [Int], _ shape: Shape, _ context: inout ForwardContext) -> Tensor {
    let outputs = encoder(embedding(words, shape: shape), context: &context).outputs
    return SoftmaxCrossEntropy()(head(outputs, context: &context), classes: classes)
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&embedding, "embedding")
    visitor.visit(&encoder, "encoder")
    visitor.visit(&head, "head")
  }
}
