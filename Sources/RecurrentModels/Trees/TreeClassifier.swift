public import RecurrentData
import RecurrentNN
import RecurrentTensor
public import RecurrentTraining

/// Gives every node of a tree one of some classes: a sentence and all phrases in it.
///
/// Words and labels are those of the training trees, word vectors start at random, and all nodes teach. Training ends when the
/// share of roots that are right on the validation trees no longer grows, and the best weights are kept.
///
/// ```swift
/// let classifier = try TreeClassifier(fittedTo: training, validation: validation)
/// let scores = try classifier.evaluate(on: test)
/// print("\(NumberText.percent(scores.accuracy)) of the roots are right")
/// ```
public struct TreeClassifier: Sendable {
  /// What it was built by.
  public let configuration: TreeClassifierConfiguration
  let encoding: TreeEncoding
  let network: TreeNetwork

  /// Fits a classifier.
  ///
  /// - Parameters:
  ///   - training: The trees to learn from.
  ///   - validation: The trees that say when to end.
  ///   - others: Trees that must fit as well, as those to be judged on later.
  ///   - configuration: How it is built and trained.
  ///   - checkpoints: Where the fitting is written down, and continued from; nil for nowhere.
  ///   - isCancelled: Asked after every step of training; true ends it with the best weights so far.
  ///   - onEvent: Told how training goes; of a training that an earlier run finished only how it ended.
  /// - Throws: `DataError` for trees that do not fit, `TrainingError` if training breaks down, or if a checkpoint cannot be
  ///   continued or written.
  public init(
    fittedTo training: Treebank, validation: Treebank, others: [Treebank] = [],
    configuration: TreeClassifierConfiguration = TreeClassifierConfiguration(), checkpoints: FittingCheckpoints? = nil,
    isCancelled: () -> Bool = { false }, onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws {
    guard let kind = NodeEncoderKind(named: configuration.cell) else {
      throw DataError(
        expected: "a cell: " + NodeEncoderKind.all.map(\.name).joined(separator: ", "), received: configuration.cell)
    }
    let encoding = TreeEncoding(
      fittedTo: training.trees, leastCount: configuration.leastCount, foldsCase: configuration.foldsCase)
    guard encoding.labels.count <= TreeEncoding.mostLabels else {
      throw DataError(
        file: training.file, expected: "at most \(TreeEncoding.mostLabels) different labels",
        received: "\(encoding.labels.count)", hint: "labels are the classes of nodes, not their numbers")
    }
    let wordFactor = configuration.wordLearningRate / configuration.learningRate
    guard wordFactor.isFinite, wordFactor > 0 else {
      throw DataError(
        expected: "learning rates whose quotient is a number",
        received: "\(configuration.wordLearningRate) / \(configuration.learningRate)")
    }
    let random = RandomSource(seed: configuration.seed).stream("trees")
    var network = TreeNetwork(
      TreeNetwork.Plan(
        cell: configuration.cell, vocabularySize: encoding.vocabularySize, wordSize: configuration.wordSize,
        hiddenSize: configuration.hiddenSize, classes: encoding.labels.count, wordDropout: configuration.wordDropout,
        dropout: configuration.dropout), kind: kind, random: random)
    let examples = try encoding.examples(of: training, within: network.limits)
    let held = try encoding.examples(of: validation, within: network.limits)
    for bank in others { _ = try encoding.examples(of: bank, within: network.limits) }
    var optimizer = Adagrad(learningRate: configuration.learningRate, weightDecay: configuration.weightDecay)
    // Only the words of a batch move.
    try optimizer.setGroups(
      [
        ParameterGroup(
          TreeNetwork.wordVectors, learningRateFactor: wordFactor, weightDecay: 0)
      ], of: network)
    let trainer = Trainer(
      optimizer: optimizer, length: .epochs(configuration.epochs), patience: configuration.patience,
      averaging: configuration.averaging, seed: configuration.seed)
    let batches = SampleBatches(count: examples.count, batchSize: configuration.batchSize) { numbers in
      TreeBatch(numbers.map { examples[$0] })
    }
    let key = "trees"
    if let restored = try checkpoints?.restore(&network, key) {
      onEvent(.finished(restored))
    } else {
      let result = try trainer.fit(
        &network, on: batches, validation: { 1 - $0.scores(on: held, neutral: nil).accuracy },
        checkpoints: checkpoints?.training(key), isCancelled: isCancelled, onEvent: onEvent)
      if result.reason != .cancelled { try checkpoints?.keep(network, key, result) }
    }
    self.init(configuration: configuration, encoding: encoding, network: network)
  }

  init(configuration: TreeClassifierConfiguration, encoding: TreeEncoding, network: TreeNetwork) {
    (self.configuration, self.encoding, self.network) = (configuration, encoding, network)
  }

  /// The labels that it tells apart, in the order of their numbers.
  public var labels: [String] { encoding.labels }

  /// The words that have a vector of their own.
  public var wordCount: Int { encoding.words.count }

  /// The trained numbers.
  public var parameterCount: Int { network.parameterCount }

  /// How well it does on labelled trees.
  ///
  /// - Parameter bank: The trees.
  /// - Returns: The scores.
  /// - Throws: `DataError` for labels or shapes that it does not know.
  public func evaluate(on bank: Treebank) throws(DataError) -> TreeScores {
    network.scores(
      on: try encoding.examples(of: bank, within: network.limits), neutral: encoding.neutral)
  }

  /// The scores of what needs no network, on the same words: the most frequent class, and naive Bayes.
  ///
  /// - Parameters:
  ///   - training: The trees that the classifier was fitted to.
  ///   - validation: The trees that choose what the baselines leave open.
  ///   - bank: The trees to judge them on.
  /// - Returns: The scores of each, by name.
  /// - Throws: `DataError` for labels that the classifier does not know.
  public func baselines(
    training: Treebank, validation: Treebank, on bank: Treebank
  ) throws(DataError) -> [String: TreeScores] {
    let baselines = TreeBaselines(
      training: try encoding.examples(of: training),
      validation: try encoding.examples(of: validation), classes: encoding.labels.count,
      words: encoding.vocabularySize, neutral: encoding.neutral)
    return baselines.scores(on: try encoding.examples(of: bank), neutral: encoding.neutral)
  }
}

extension TreeNetwork {
  private static let batchSize = 64

  /// Calls `body` with some trees after the other and the logits of all their nodes.
  func eachBatch(of examples: [TreeExample], _ body: (_ batch: TreeBatch, _ logits: Tensor) -> Void) {
    for start in stride(from: 0, to: examples.count, by: Self.batchSize) {
      let batch = TreeBatch(Array(examples[start..<min(start + Self.batchSize, examples.count)]))
      var context = ForwardContext.inference
      body(batch, logits(batch, context: &context))
    }
  }

  /// The scores on some trees.
  func scores(on examples: [TreeExample], neutral: Int?) -> TreeScores {
    var (probabilities, rightNodes, nodes) = ([[Double]](), 0, 0)
    eachBatch(of: examples) { batch, logits in
      rightNodes += zip(logits.argmax(), batch.classes).count { $0 == $1 }
      nodes += batch.classes.count
      let roots = logits.rows(at: batch.forest.roots).softmax()
      probabilities += (0..<batch.rowCount).map { roots[at: $0, axis: 0].scalars.map { Double($0) } }
    }
    return TreeScores(
      probabilities: probabilities, classes: examples.map(\.rootClass), neutral: neutral,
      nodeAccuracy: Double(rightNodes) / Double(max(1, nodes)))
  }
}
