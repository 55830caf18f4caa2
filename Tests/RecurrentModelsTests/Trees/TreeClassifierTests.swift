import Foundation
import RecurrentData
import RecurrentModels
import RecurrentNN
import RecurrentTensor
import RecurrentTraining
import Testing

@Suite struct TreeClassifierTests {
  private static func configuration(_ cell: String = "tree-lstm") -> TreeClassifierConfiguration {
    var configuration = TreeClassifierConfiguration()
    (configuration.cell, configuration.wordSize, configuration.hiddenSize) = (cell, 10, 12)
    (configuration.epochs, configuration.dropout, configuration.wordDropout) = (12, 0.2, 0.1)
    (configuration.leastCount, configuration.patience, configuration.averaging) = (1, 5, nil)
    return configuration
  }

  private static let (training, validation, test) = (
    SampleTreebank.bank(300, seed: 1), SampleTreebank.bank(100, seed: 2), SampleTreebank.bank(200, seed: 3)
  )

  private static func fitted(_ configuration: TreeClassifierConfiguration) throws -> TreeClassifier {
    try TreeClassifier(fittedTo: training, validation: validation, configuration: configuration)
  }

  /// The order of words decides, so that counting them is not enough.
  @Test(arguments: NodeEncoderKind.all.map(\.name)) func classesAreLearned(cell: String) throws {
    let classifier = try Self.fitted(Self.configuration(cell))
    let scores = try classifier.evaluate(on: Self.test)
    let baselines = try classifier.baselines(training: Self.training, validation: Self.validation, on: Self.test)
    let bayes = try #require(baselines["naive Bayes"])
    // A sum of children tells what stands before what from the words alone.
    let lead = ["tree-lstm-sum", "tree-lstm-head"].contains(cell) ? 0.02 : 0.1
    #expect(scores.accuracy > bayes.accuracy + lead, "\(cell) \(scores) \(bayes)")
    #expect(scores.binaryAccuracy ?? 0 > 0.65, "\(cell) \(scores)")
    #expect(scores.nodeAccuracy ?? 0 > 0.75, "\(cell) \(scores)")
    #expect(try #require(baselines["majority"]).accuracy < bayes.accuracy)
  }

  @Test func equalSeedsGiveEqualBits() throws {
    func digest(_ seed: UInt64, threads: Int) throws -> String {
      let before = Threads.count
      defer { Threads.count = before }
      Threads.count = threads
      var configuration = Self.configuration()
      (configuration.seed, configuration.epochs) = (seed, 2)
      return try Self.fitted(configuration).weightsDigest
    }
    let first = try digest(4, threads: 1)
    #expect(try digest(4, threads: 3) == first)
    #expect(try digest(5, threads: 1) != first)
  }

  private func scratchFolder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Interrupted here, then there, then continued with another number of threads: the bits of a fitting in one go.
  @Test(arguments: ["tree-lstm", "span-lstm"]) func interruptedFittingGoesOn(cell: String) throws {
    var configuration = Self.configuration(cell)
    (configuration.epochs, configuration.averaging) = (3, 0.9)
    var steps = 0
    func count(_ event: TrainingEvent) { if case .step = event { steps += 1 } }
    let whole = try TreeClassifier(
      fittedTo: Self.training, validation: Self.validation, configuration: configuration, onEvent: count)
    #expect(steps == 36)
    let before = Threads.count
    defer { Threads.count = before }
    // Also at the end of an epoch, which is evaluated after the checkpoint, and after the very last step.
    for stops in [[1], [12], [17, 3], [35, 1]] {
      let folder = try scratchFolder()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var total = 0
      for (index, stop) in stops.enumerated() {
        steps = 0
        Threads.count = 1 + index
        let stopped = try TreeClassifier(
          fittedTo: Self.training, validation: Self.validation, configuration: configuration,
          checkpoints: FittingCheckpoints(folder, every: .steps(5)), isCancelled: { steps >= stop }, onEvent: count)
        #expect(steps == stop)
        total += stop
        if total < 36 { #expect(stopped.weightsDigest != whole.weightsDigest) }
      }
      (steps, Threads.count) = (0, 3)
      let resumed = try TreeClassifier(
        fittedTo: Self.training, validation: Self.validation, configuration: configuration,
        checkpoints: FittingCheckpoints(folder), onEvent: count)
      #expect(steps == 36 - total, "\(stops)")
      #expect(resumed.weightsDigest == whole.weightsDigest, "\(stops)")
    }
  }

  @Test func finishedFittingIsNotRepeated() throws {
    var configuration = Self.configuration()
    configuration.epochs = 2
    let folder = try scratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func fitted() throws -> (TreeClassifier, [TrainingEvent]) {
      var events: [TrainingEvent] = []
      let classifier = try TreeClassifier(
        fittedTo: Self.training, validation: Self.validation, configuration: configuration,
        checkpoints: FittingCheckpoints(folder, every: .steps(1)), onEvent: { events.append($0) })
      return (classifier, events)
    }
    let (whole, events) = try fitted()
    let (again, later) = try fitted()
    #expect(events.count > 24 && later == events.suffix(1))
    #expect(again.weightsDigest == whole.weightsDigest)
    configuration.hiddenSize = 7
    #expect(throws: TrainingError.self) { try fitted() }
  }

  /// Dropout falls on a tree in its place, whatever trees stand before it.
  @Test func shardsLearnWhatTheWholeBatchDoes() throws {
    let encoding = TreeEncoding(fittedTo: Self.training.trees, leastCount: 1, foldsCase: true)
    let plan = TreeNetwork.Plan(
      cell: "tree-lstm", vocabularySize: encoding.vocabularySize, wordSize: 6, hiddenSize: 7, classes: 5,
      wordDropout: 0.3, dropout: 0.4)
    let network = TreeNetwork(
      plan, kind: try #require(NodeEncoderKind(named: "tree-lstm")), random: RandomSource(seed: 3))
    let batch = TreeBatch(Array(try encoding.examples(of: Self.training, within: TreeLimits(mostChildren: 2))[..<7]))
    func loss(_ range: Range<Int>) -> Scalar {
      var context = ForwardContext.training(RandomSource(seed: 8), step: 2, firstRow: range.lowerBound)
      return network.loss(on: batch.rows(in: range), context: &context).scalar * Scalar(range.count)
    }
    #expect(abs(loss(0..<3) + loss(3..<7) - loss(0..<7)) < 1e-3)
    var context = ForwardContext.inference
    #expect(abs(network.loss(on: batch, context: &context).scalar * 7 - loss(0..<7)) > 1e-3)
  }

  @Test func aFolderHoldsTheWholeModel() throws {
    var configuration = Self.configuration()
    configuration.epochs = 2
    let classifier = try Self.fitted(configuration)
    let path = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = ModelFolder(path)
    let record = try ModelFolder.json(classifier.record)
    try folder.write(try classifier.files() + [("config.json", record)], overwriting: false)
    let read = try folder.value(TreeClassifierRecord.self, from: "config.json")
    let loaded = try TreeClassifier(from: folder, record: read)
    #expect(loaded.weightsDigest == classifier.weightsDigest && loaded.configuration == configuration)
    #expect(try loaded.evaluate(on: Self.test) == classifier.evaluate(on: Self.test))

    // Damage is named, and nothing large is made of large numbers.
    let text = String(decoding: record, as: UTF8.self)
    for (old, new) in [
      ("\"hiddenSize\" : 12,\n    \"v", "\"hiddenSize\" : 90000000,\n    \"v"), ("\"classes\" : 5", "\"classes\" : 6"),
    ] {
      #expect(text.contains(old), "\(text)")
      let damaged = try JSONDecoder().decode(
        TreeClassifierRecord.self, from: Data(text.replacingOccurrences(of: old, with: new).utf8))
      #expect(throws: ModelFolderError.self) { try TreeClassifier(from: folder, record: damaged) }
    }
    try Data("{\"foldsCase\":true,\"labels\":[\"1\",\"1\"],\"words\":[]}".utf8)
      .write(to: URL(filePath: "\(path)/encoders.json"))
    #expect(throws: ModelFolderError.self) { try TreeClassifier(from: folder, record: read) }
  }

  /// The tensor of all pairs of units grows with their third power, which bounds sizes that other cells could have.
  @Test func aTensorLargerThanTheWeightsIsNotMade() throws {
    var configuration = Self.configuration("rntn")
    configuration.epochs = 1
    let classifier = try Self.fitted(configuration)
    let path = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = ModelFolder(path)
    try folder.write(try classifier.files(), overwriting: false)
    let text = String(decoding: try ModelFolder.json(classifier.record), as: UTF8.self)
    let old = "\"hiddenSize\" : 12,\n    \"v"
    #expect(text.contains(old))
    let damaged = text.replacingOccurrences(of: old, with: old.replacingOccurrences(of: "12", with: "40"))
    let record = try JSONDecoder().decode(TreeClassifierRecord.self, from: Data(damaged.utf8))
    let error = #expect(throws: ModelFolderError.self) { try TreeClassifier(from: folder, record: record) }
    #expect(error.map { "\($0)".contains("the sizes of the network do not fit together") } == true)
  }

  private static func refusal(
    _ training: Treebank, others: [Treebank] = [], _ configuration: TreeClassifierConfiguration
  ) -> String {
    var events = 0
    let error = #expect(throws: DataError.self) {
      try TreeClassifier(
        fittedTo: training, validation: validation, others: others, configuration: configuration,
        onEvent: { _ in events += 1 })
    }
    #expect(events == 0)
    return error.map { "\($0)" } ?? ""
  }

  @Test func wrongSizesAndRatesAreRefusedBeforeTraining() throws {
    let labels = (0...1000).map { "(\($0) a)\n" }.joined()
    let many = try Treebank(bytes: Array(labels.utf8), named: "many.txt")
    #expect(Self.refusal(many, Self.configuration()).contains("at most 1000 different labels, received 1001"))
    for (words, others) in [(1e300, 1e-300), (0, 0.05), (1e-300, 1e300)] {
      var configuration = Self.configuration()
      (configuration.wordLearningRate, configuration.learningRate) = (words, others)
      #expect(Self.refusal(Self.training, configuration).contains("learning rates whose quotient is a number"))
    }
    let strange = try Treebank(bytes: Array("(9 a)".utf8), named: "strange.txt")
    let text = Self.refusal(Self.training, others: [Self.test, strange], Self.configuration())
    #expect(text.contains("strange.txt:1: expected a label of the training trees"))
  }

  @Test func whatCannotBeLearnedFromIsRefused() throws {
    let wide = try Treebank(bytes: Array("(1 (0 a) (1 b) (2 c))".utf8), named: "wide.txt")
    #expect(throws: DataError.self) {
      try TreeClassifier(fittedTo: wide, validation: wide, configuration: Self.configuration())
    }
    #expect(throws: Never.self) {
      try TreeClassifier(fittedTo: wide, validation: wide, configuration: Self.configuration("tree-lstm-sum"))
    }
    #expect(throws: DataError.self) {
      try TreeClassifier(fittedTo: wide, validation: wide, configuration: Self.configuration("treelstm"))
    }
    let headed = try Treebank(bytes: Array("(1 saw (0 she) (2 dogs))\n(1 a)".utf8), named: "headed.txt")
    let error = #expect(throws: DataError.self) {
      try TreeClassifier(fittedTo: headed, validation: headed, configuration: Self.configuration())
    }
    #expect(error.map { "\($0)".hasPrefix("headed.txt:1: expected words at leaves alone") } == true)
    #expect(throws: Never.self) {
      try TreeClassifier(fittedTo: headed, validation: headed, configuration: Self.configuration("tree-lstm-head"))
    }
  }
}
