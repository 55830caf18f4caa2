/// How a classifier of trees is built and trained. The defaults of hidden units, batch, step size, weight decay and dropout before
/// the classes are those of Tai, Socher and Manning 2015; the others were chosen on validation trees.
public struct TreeClassifierConfiguration: Codable, Sendable, Equatable {
  /// The name of a `NodeEncoderKind`.
  public var cell = "tree-lstm"
  /// The numbers of a word vector.
  public var wordSize = 100
  /// The units of a node, of a sequence in each direction.
  public var hiddenSize = 150
  /// How often a word must occur in the training trees to have a vector of its own.
  public var leastCount = 2
  /// Whether upper case counts as lower case.
  public var foldsCase = true
  /// Trees in one batch.
  public var batchSize = 25
  /// Passes over the training trees, at most.
  public var epochs = 12
  /// Epochs without a better validation accuracy before training ends.
  public var patience = 4
  /// The step size of AdaGrad.
  public var learningRate = 0.05
  /// The step size of word vectors.
  public var wordLearningRate = 0.05
  /// The pull towards zero on all weights but word vectors.
  public var weightDecay = 1e-4
  /// Share of units dropped before the classes while training.
  public var dropout = 0.5
  /// Share of the numbers of word vectors dropped while training.
  public var wordDropout = 0.5
  /// The share of the averaged weights that each update keeps; nil for no averaging.
  public var averaging: Double? = 0.995
  /// The seed of all randomness.
  public var seed: UInt64 = 1

  /// The defaults.
  public init() {}
}
