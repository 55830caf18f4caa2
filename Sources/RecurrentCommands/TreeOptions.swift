package import CommandLineKit
import Recurrent

/// Everything that `train trees` can be told, in the form in which it is also kept in a model folder: the keys are the names
/// of the options, so that `--config MODEL/config.json` repeats a run.
package struct TreeOptions: RecordedOptions, Sendable, Equatable {
  package var data: String
  package var validation: String
  package var test: String?
  package var cell: String
  package var words: Int
  package var hidden: Int
  package var minimumCount: Int
  package var keepCase: Bool
  package var dropout: Double
  package var wordDropout: Double
  package var epochs: Int
  package var batch: Int
  package var patience: Int
  package var learningRate: Double
  package var wordLearningRate: Double
  package var weightDecay: Double
  package var average: ForecastOptions.Averaging
  package var seed: UInt64
  package var threads: Int?
  package var output: String

  package static let resumable: Set<CodingKeys> = [.data, .validation, .test, .threads, .output]
  package static let dataUnit = "trees"

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case data, validation, test, cell, words, hidden
    case minimumCount = "minimum-count"
    case keepCase = "keep-case"
    case dropout
    case wordDropout = "word-dropout"
    case epochs, batch, patience
    case learningRate = "learning-rate"
    case wordLearningRate = "word-learning-rate"
    case weightDecay = "weight-decay"
    case average, seed, threads, output
  }

  private static let defaults = TreeClassifierConfiguration()

  package static let definition = CommandDefinition(
    "trees", summary: "Learn the classes of labelled trees, such as parsed sentences",
    discussion: """
      Reads trees in brackets, a label at every node and a word at every leaf: (3 (2 It) (4 (4 works) (2 .))). With \
      --cell tree-lstm-head (and span-lstm) a node with others below it may have a word too, its first, as the head of \
      dependencies: (1 saw (0 she) (2 dogs (0 two))). Learns from the labels of all nodes, with words of the training file \
      alone, ends when the validation file no longer gets better, and judges the classes of the roots beside simple \
      baselines. Standard output is the scores.
      """,
    positionals: [PositionalDefinition("data", help: "the file with the training trees, plain or gzip")],
    groups: [
      OptionGroup(
        "The data",
        [
          OptionDefinition(
            "validation", .text, valueName: "FILE", help: "The trees that say when to end.",
            example: "--validation dev.txt", isRequired: true),
          OptionDefinition(
            "test", .text, valueName: "FILE", help: "The trees to judge the model on; else those of --validation.",
            example: "--test test.txt"),
          OptionDefinition(
            "minimum-count", .integer(1...1_000_000), valueName: "N", default: .value("\(defaults.leastCount)"),
            help: "How often a word occurs in the training trees to have a vector of its own; the others share one.",
            example: "--minimum-count 1"),
          OptionDefinition(
            "keep-case", .flag, help: "Tell words in upper case from those in lower case.", example: "--keep-case"),
        ]),
      OptionGroup(
        "The model",
        [
          OptionDefinition(
            "cell", .choice(NodeEncoderKind.all.map(\.name)), valueName: "CELL", default: .value(defaults.cell),
            help: "What makes a vector of each node; span-lstm reads the words below it and knows no tree.",
            example: "--cell rntn"),
          OptionDefinition(
            "words", .integer(1...65_536), valueName: "N", default: .value("\(defaults.wordSize)"),
            help: "The numbers of a word vector, which starts at random.", example: "--words 300"),
          OptionDefinition(
            "hidden", .integer(1...65_536), valueName: "N", default: .value("\(defaults.hiddenSize)"),
            help: "The units of a node, for span-lstm of each direction.", example: "--hidden 30"),
          OptionDefinition(
            "dropout", .number(.atLeast(0, below: 1)), valueName: "SHARE", default: .value("\(defaults.dropout)"),
            help: "Share of units dropped before the classes while training.", example: "--dropout 0.3"),
          OptionDefinition(
            "word-dropout", .number(.atLeast(0, below: 1)), valueName: "SHARE",
            default: .value("\(defaults.wordDropout)"),
            help: "Share of the numbers of word vectors dropped while training.", example: "--word-dropout 0.2"),
        ]),
      OptionGroup(
        "The training",
        [
          OptionDefinition(
            "epochs", .integer(1...1_000_000), valueName: "N", default: .value("\(defaults.epochs)"),
            help: "Passes over the training trees, at most.", example: "--epochs 20"),
          OptionDefinition(
            "batch", .integer(1...1_000_000), valueName: "N", default: .value("\(defaults.batchSize)"),
            help: "Trees in one batch.", example: "--batch 32"),
          OptionDefinition(
            "patience", .integer(1...1_000_000), valueName: "N", default: .value("\(defaults.patience)"),
            help: "Epochs without a better validation accuracy before training ends.", example: "--patience 3"),
          OptionDefinition(
            "learning-rate", .number(.above(0)), valueName: "RATE", default: .value("\(defaults.learningRate)"),
            help: "The size of an update of AdaGrad.", example: "--learning-rate 0.02"),
          OptionDefinition(
            "word-learning-rate", .number(.above(0)), valueName: "RATE",
            default: .value("\(defaults.wordLearningRate)"), help: "The same for word vectors.",
            example: "--word-learning-rate 0.02"),
          OptionDefinition(
            "weight-decay", .number(.atLeast(0)), valueName: "SHARE", default: .value("\(defaults.weightDecay)"),
            help: "How much large weights are held down, word vectors left out.", example: "--weight-decay 0.001"),
          OptionDefinition(
            "average",
            .pattern(expected: "off, or a share at least 0 and below 1") { ForecastOptions.Averaging($0) != nil },
            valueName: "SHARE", default: .value(defaults.averaging.map { "\($0)" } ?? "off"),
            help: "The share that each update keeps of the averaged weights, which are judged and kept.",
            example: "--average 0.99"),
          OptionDefinition(
            "seed", .integer(0...Int.max), valueName: "N", default: .value("1"),
            help: "Same seed, data and options: the same weights, bit for bit.", example: "--seed 7"),
          OptionDefinition(
            "threads", .integer(1...1024), valueName: "N", default: .described("one for each core"),
            help: "Worker threads; their number never changes a result.", example: "--threads 2"),
        ]),
      OptionGroup(
        "The output",
        [
          OptionDefinition(
            "output", letter: "o", .text, valueName: "MODEL", default: .described("the name of DATA with -trees"),
            help: "The model folder to write.", example: "-o sentiment-model"),
          CommonOptions.overwrite("model folder"),
          CommonOptions.resume(example: "sentiment-model"),
          CommonOptions.checkpointInterval,
          CommonOptions.json("metrics"),
          CommonOptions.quiet,
          OptionDefinition(
            CommandLineParser.configurationOption, .text, valueName: "FILE",
            help: "Take options from a JSON file, such as a model's config.json; the command line wins.",
            example: "--config sentiment-model/config.json"),
        ]),
    ],
    examples: [
      CommandExample(
        "train trees train.txt --validation dev.txt --test test.txt -o sentiment", "The classes of sentences:"),
      CommandExample(
        "train trees train.txt --validation dev.txt --cell span-lstm", "What the same words give without the trees:"),
    ])

  /// Takes the values of a command line of `definition`.
  package init(_ arguments: ParsedArguments) {
    /// The value of an option that has a default in the table or is required.
    func certain<Value>(_ value: (String) -> Value?, _ key: CodingKeys) -> Value {
      guard let value = value(key.rawValue) else {
        preconditionFailure("the option table gives no value for \(key.rawValue)")
      }
      return value
    }
    let (text, integer, number) = (arguments.text, arguments.integer, arguments.number)
    data = certain(text, .data)
    validation = certain(text, .validation)
    test = arguments.text(CodingKeys.test.rawValue)
    cell = certain(text, .cell)
    words = certain(integer, .words)
    hidden = certain(integer, .hidden)
    minimumCount = certain(integer, .minimumCount)
    keepCase = arguments.flag(CodingKeys.keepCase.rawValue)
    dropout = certain(number, .dropout)
    wordDropout = certain(number, .wordDropout)
    epochs = certain(integer, .epochs)
    batch = certain(integer, .batch)
    patience = certain(integer, .patience)
    learningRate = certain(number, .learningRate)
    wordLearningRate = certain(number, .wordLearningRate)
    weightDecay = certain(number, .weightDecay)
    average = certain({ text($0).flatMap(ForecastOptions.Averaging.init) }, .average)
    seed = UInt64(certain(integer, .seed))
    threads = arguments.integer(CodingKeys.threads.rawValue)
    output = arguments.text(CodingKeys.output.rawValue) ?? ForecastOptions.folder(for: data, task: Self.definition.name)
  }

  /// The configuration of the classifier.
  var configuration: TreeClassifierConfiguration {
    var configuration = TreeClassifierConfiguration()
    (configuration.cell, configuration.wordSize, configuration.hiddenSize) = (cell, words, hidden)
    (configuration.leastCount, configuration.foldsCase) = (minimumCount, !keepCase)
    (configuration.dropout, configuration.wordDropout) = (dropout, wordDropout)
    (configuration.epochs, configuration.batchSize, configuration.patience) = (epochs, batch, patience)
    (configuration.learningRate, configuration.wordLearningRate) = (learningRate, wordLearningRate)
    configuration.weightDecay = weightDecay
    configuration.averaging = average.share > 0 ? average.share : nil
    configuration.seed = seed
    return configuration
  }
}
