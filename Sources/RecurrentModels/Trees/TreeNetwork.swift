package import RecurrentNN
package import RecurrentTensor
import RecurrentTraining

/// The network of a classifier of trees:
///
///     x = dropout(word vectors)          [words, wordSize]
///     h = encoder(x, trees)              [nodes, hidden]
///     logits = W dropout(h) + b          [nodes, classes]
///
/// The loss of a tree is the sum of the cross-entropies of all its nodes.
package struct TreeNetwork: TrainableModel {
  /// Everything but weights.
  package struct Plan: Codable, Sendable, Equatable {
    let cell: String
    let vocabularySize, wordSize, hiddenSize, classes: Int
    /// Shares dropped from word vectors and before the classes.
    let wordDropout, dropout: Double

    package init(
      cell: String, vocabularySize: Int, wordSize: Int, hiddenSize: Int, classes: Int, wordDropout: Double,
      dropout: Double
    ) {
      (self.cell, self.vocabularySize, self.wordSize) = (cell, vocabularySize, wordSize)
      (self.hiddenSize, self.classes) = (hiddenSize, classes)
      (self.wordDropout, self.dropout) = (wordDropout, dropout)
    }
  }

  let plan: Plan
  private var embedding: Embedding
  private var encoder: any NodeEncoder
  private var head: Linear

  /// The name of the word vectors among the parameters.
  static let wordVectors = "embedding"

  package init(_ plan: Plan, kind: NodeEncoderKind, random: RandomSource) {
    self.plan = plan
    embedding = Embedding(
      vocabularySize: plan.vocabularySize, size: plan.wordSize, initializer: .uniform(limit: 0.05),
      random: random.stream("embedding"))
    encoder = kind.make(plan.wordSize, plan.hiddenSize, random.stream("encoder"))
    head = Linear(
      inputSize: encoder.outputSize, outputSize: plan.classes, biasInitializer: .constant(0),
      random: random.stream("head"))
  }

  /// The trees that it takes.
  var limits: TreeLimits { TreeLimits(mostChildren: encoder.mostChildren, takesHeads: encoder.takesHeads) }

  /// The logits of all nodes, `[nodes, classes]`.
  func logits(_ batch: TreeBatch, context: inout ForwardContext) -> Tensor {
    let words = embedding(batch.words, shape: [batch.words.count])
    let nodes = encoder.nodes(
      dropped(words, plan.wordDropout, batch.examples.map(\.words.count), &context), of: batch.forest)
    return head(dropped(nodes, plan.dropout, batch.examples.map(\.classes.count), &context))
  }

  /// The mean over trees of the sums over their nodes.
  package func loss(on batch: TreeBatch, context: inout ForwardContext) -> Tensor {
    SoftmaxCrossEntropy(reduction: .sum)(logits(batch, context: &context), classes: batch.classes)
      / Scalar(batch.rowCount)
  }

  package mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit(&embedding, Self.wordVectors)
    visitor.enter("encoder")
    encoder.visitParameters(&visitor)
    visitor.leave()
    visitor.visit(&head, "head")
  }

  /// Dropout that depends on the tree and the place in it, not on the trees beside it.
  private func dropped(
    _ rows: Tensor, _ rate: Double, _ counts: [Int], _ context: inout ForwardContext
  ) -> Tensor {
    let size = rows.shape[1]
    guard let mask = context.dropoutMask(rate: Scalar(share: rate), rowCounts: counts.map { $0 * size }) else {
      return rows
    }
    return rows * mask.reshaped(to: rows.shape)
  }
}
