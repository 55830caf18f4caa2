/// How a classifier of trees is built and trained. The defaults are those of Tai, Socher and Manning 2015 where they give
/// any.
public struct TreeClassifierConfiguration: Codable, Sendable, Equatable {
  /// The name of a `NodeEncoderKind`.
  public var cell = "tree-lstm"
  /// The numbers of a word vector.
  public var wordSize = 300
  /// The units of a node, of a sequence in each direction.
  public var hiddenSize = 150
  /// How often a word must occur in the training trees to have a vector of its own.
  public var leastCount = 1
  /// Whether upper case counts as lower case.
  public var foldsCase = true
  /// Trees in one batch.
  public var batchSize = 25
  /// Passes over the training trees, at most.
  public var epochs = 20
  /// Epochs without a better validation accuracy before training ends.
  public var patience = 5
  /// The step size of AdaGrad.
  public var learningRate = 0.05
  /// The step size of word vectors.
  public var wordLearningRate = 0.05
  /// The pull towards zero on all weights but word vectors.
  public var weightDecay = 1e-4
  /// Share of units dropped before the classes while training.
  public var dropout = 0.5
  /// Share of the numbers of word vectors dropped while training.
  public var wordDropout = 0.0
  /// The share of the averaged weights that each update keeps; nil for no averaging.
  public var averaging: Double?
  /// The seed of all randomness.
  public var seed: UInt64 = 1

  /// The defaults.
  public init() {}
}
