package import CommandLineKit
import Recurrent

/// The option table of `train forecast`.
package enum ForecastOptionTable {
  package static let definition = CommandDefinition(
    "forecast", summary: "Learn to continue the series of a CSV file",
    discussion: """
      Reads one or more CSV files (plain or gzip; several are joined in time), learns to forecast the next N rows,
      judges the model on the last part of the data beside simple baselines, and writes a model folder with a report.
      Standard output is the verdict and the next values.
      """,
    positionals: [
      PositionalDefinition("data", .several, help: "CSV files")
    ],
    groups: [dataOptions, forecastOptions, modelOptions, trainingOptions, outputOptions],
    examples: [
      CommandExample("train forecast sales.csv --horizon 12", "The next 12 months of a monthly series:"),
      CommandExample(
        "train forecast power.csv --horizon 24 --target load -o power", "One column of many, a day ahead:"),
      CommandExample(
        "train forecast sales.csv --horizon 12 --known price",
        "A column that is known for the coming months as well:"),
      CommandExample(
        "train forecast shops.csv --horizon 12 --id shop", "One model for many series, told apart by a column:"),
      CommandExample(
        "train forecast visits.csv --horizon 6 --dry-run", "What would be done, and how good baselines are:"),
    ])

  private static let dataOptions = OptionGroup(
    "The data",
    [
      OptionDefinition(
        "id", .text, valueName: "COLUMN",
        help: "The column that names the series of each row, where files hold many: one model learns from all.",
        example: "--id shop"),
      OptionDefinition(
        "series-in-rows", .flag,
        help: "Each row is a series: its name, then its values, oldest first; rows may differ in length.",
        example: "--series-in-rows"),
      OptionDefinition(
        "target", .text, valueName: "COLUMN", default: .described("every column of numbers"),
        help: "A column to forecast; without a header columns are column1, column2, ...", example: "--target load",
        isRepeatable: true),
      OptionDefinition(
        "known", .text, valueName: "COLUMN",
        help: "A column that is known for the rows to be forecast as well, such as holidays or a weather forecast.",
        example: "--known holiday", isRepeatable: true),
      OptionDefinition(
        "past", .text, valueName: "COLUMN", default: .described("every other column of numbers beside --target"),
        help: "An input that is known up to the forecast only, leaving out those not named; none for no such input.",
        example: "--past wind", isRepeatable: true),
      OptionDefinition(
        "category", .text, valueName: "COLUMN",
        default: .described("inputs of text, known columns of 3 to 31 whole numbers"),
        help: "An input whose values are names, not amounts; with --id one that all rows of a series share.",
        example: "--category store", isRepeatable: true),
      OptionDefinition(
        "static", .text, valueName: "COLUMN",
        help: "With --id, a column of numbers that all rows of a series share; missing is allowed.",
        example: "--static area", isRepeatable: true),
      OptionDefinition(
        "future", .text, valueName: "FILE",
        help: "A CSV file with the known columns of the rows after the data, for the next values.",
        example: "--future next-week.csv"),
      OptionDefinition(
        "time", .text, valueName: "COLUMN", default: .described("found from the values"),
        help: "The column with the times; none if rows only follow one another.",
        example: "--time Month"),
      OptionDefinition(
        "time-format",
        .pattern(expected: "a pattern such as yyyy-MM-dd HH:mm, or unix") { (try? TimeFormat($0)) != nil },
        valueName: "PATTERN", default: .described("found from the values"),
        help: "How times are written: yyyy, yy, MM, dd, HH, mm, ss, or unix.", example: "--time-format dd-MM-yy"),
      OptionDefinition("no-header", .flag, help: "The first row is data, not names.", example: "--no-header"),
      OptionDefinition(
        "delimiter", .choice(["comma", "semicolon", "tab"]), valueName: "MARK",
        default: .described("found from the file"), help: "What separates columns.", example: "--delimiter semicolon"),
      OptionDefinition(
        "frequency",
        .pattern(expected: "a step such as monthly, business-day, hourly, 15min or rows") {
          (try? Grid(named: $0)) != nil
        }, valueName: "STEP", default: .described("found from the times"),
        help: "The grid of the times: monthly, business-day, hourly, 15min, rows, ...",
        example: "--frequency monthly"),
      OptionDefinition(
        "missing", .choice(MissingValues.Method.allCases.map(\.rawValue)), valueName: "METHOD",
        default: .value("mask"),
        help: "What stands in for missing values: mask tells the network which values are missing.",
        example: "--missing linear"),
      OptionDefinition(
        "split", .pattern(expected: splitExpectation, accepts: isSplit), valueName: "PARTS",
        default: .described("70, 10 and 20 %, but at least two horizons to validate and to test"),
        help: """
          Training, validation and test part in time order: as fractions (A,B,C) or rows (A:B:C), or as the two times at which \
          validation and test begin (TIME,TIME).
          """,
        example: "--split 8640:2880:2880"),
      OptionDefinition(
        "validation", .text, valueName: "FILE",
        help: "A CSV file that is the validation part; without --test its second half is the test part.",
        example: "--validation 2023.csv"),
      OptionDefinition(
        "test", .text, valueName: "FILE", help: "A CSV file that is the test part.", example: "--test 2024.csv"),
    ])

  private static let forecastOptions = OptionGroup(
    "The forecast",
    [
      OptionDefinition(
        "horizon", .integer(1...100_000), valueName: "N", help: "How many rows to forecast.",
        example: "--horizon 24", isRequired: true),
      OptionDefinition(
        "window", .integer(1...1_000_000), valueName: "N", default: .described("chosen on the validation part"),
        help: "How many past rows the network sees.", example: "--window 96"),
      OptionDefinition(
        "season", .integer(1...1_000_000), valueName: "N", default: .described("found in the training part"),
        help: "Rows after which the pattern repeats; 1 for none.", example: "--season 12"),
      CommonOptions.refit,
      OptionDefinition(
        "levels", .pattern(expected: "shares between 0 and 1, separated by commas") { levels($0) != nil },
        valueName: "SHARES", default: .value("0.8"),
        help: "The share of future values that each interval should contain.", example: "--levels 0.5,0.8,0.95"),
    ])

  private static let modelOptions = OptionGroup(
    "The model",
    [
      OptionDefinition(
        "cell", .choice(ForecasterConfiguration.encoders.map(\.name)), valueName: "CELL", default: .value("gru"),
        help: """
          What reads the window: a recurrent cell, or one of \(substitutes), which go with the decoder direct, without \
          --connections and --regularizer, and with at most 24 layers; dilated wants two or more, what reads all steps at \
          once at most 512 segments.
          """,
        example: "--cell lstm"),
      OptionDefinition(
        "hidden", .integer(1...65_536), valueName: "N", default: .described("16 to 64 by the number of windows"),
        help: "Hidden units of a layer.", example: "--hidden 128"),
      OptionDefinition(
        "layers", .integer(1...64), valueName: "N", default: .value("1"), help: "Layers on one another.",
        example: "--layers 2"),
      OptionDefinition(
        "connections", .choice(LayerConnections.allCases.map(\.rawValue)), valueName: "KIND",
        default: .value(LayerConnections.none.rawValue),
        help: """
          What a layer gets or gives beside the outputs of the one below it: residual and highway add or mix in what it reads, \
          dense shows it all layers below.
          """,
        example: "--layers 3 --connections residual"),
      OptionDefinition(
        "decoder", .choice(DecoderKind.all.map(\.name)), valueName: "KIND", default: .value(DecoderKind.direct.name),
        help: """
          How the rows of the horizon are made: direct, all at once; recursive, segment after segment, each from the \
          forecasts before it; encoder-decoder, row after row by a second recurrent layer.
          """,
        example: "--decoder recursive"),
      OptionDefinition(
        "dropout", .number(.atLeast(0, below: 1)), valueName: "SHARE", default: .value("0.3"),
        help: "Share of units dropped before the output and between layers while training.", example: "--dropout 0.1"),
      OptionDefinition(
        "regularizer", .pattern(expected: regularizerExpectation) { regularizer($0) != nil },
        valueName: "NAME=STRENGTH",
        help: """
          What keeps recurrent layers from learning the training part by heart, beside --dropout: \(regularizers(true)) with a \
          share below 1, \(regularizers(false)) with a number.
          """,
        example: "--regularizer recurrent-dropout=0.25", isRepeatable: true),
      OptionDefinition(
        "segment", .integer(1...100_000), valueName: "N",
        default: .described("from the horizon, the window and the decoder"),
        help: "How many rows the network reads in one step; it divides the window.",
        example: "--segment 24"),
      OptionDefinition(
        "no-shortcut", .flag,
        help: "Leave out the linear map beside the network, whose errors the network otherwise learns to correct.",
        example: "--no-shortcut"),
      OptionDefinition(
        "quantile-heads", .flag, help: "Let the network learn the bounds of the intervals beside the forecast.",
        example: "--quantile-heads"),
      OptionDefinition(
        "ensemble", .integer(1...100), valueName: "N", default: .value("1"),
        help:
          "How often the chosen networks are trained, each time with other random numbers; the forecast is the mean.",
        example: "--ensemble 5"),
      OptionDefinition(
        "distribution", .choice(ForecasterConfiguration.distributions), valueName: "NAME",
        default: .described("none: the forecast alone"),
        help: "Learn the distribution of each value, whose median is the forecast; negative-binomial is for counts.",
        example: "--distribution student-t"),
      OptionDefinition(
        "scaler", .choice(Scaler.Kind.allCases.map(\.rawValue)), valueName: "SCALER",
        default: .described("the better of standard and window"),
        help: """
          How values are scaled for the network: robust by median and quartiles, box-cox by the likeliest power; window also \
          scales each window by its own level and spread.
          """,
        example: "--scaler log"),
      OptionDefinition(
        "difference", .choice(ForecasterConfiguration.Difference.allCases.map(\.rawValue)), valueName: "KIND",
        default: .value("none"),
        help: "Learn changes from row to row, or from season to season, in place of values.",
        example: "--difference seasonal"),
    ])

  /// The optimizers for batches.
  private static let optimizers = OptimizerKind.all.filter { !$0.wantsWholeData }
  private static let others = OptimizerKind.all.filter(\.wantsWholeData).map(\.name).joined(separator: " and ")

  /// The learning rates of the optimizers in words: `0.002 for adam, adamw; 1 for adadelta`.
  private static let learningRates: String = {
    var groups: [(rate: Double, names: [String])] = []
    for kind in optimizers {
      if let index = groups.firstIndex(where: { $0.rate == kind.learningRate }) {
        groups[index].names.append(kind.name)
      } else {
        groups.append((kind.learningRate, [kind.name]))
      }
    }
    return groups.map { "\(NumberText.short($0.rate)) for \($0.names.joined(separator: ", "))" }.joined(separator: "; ")
  }()

  private static let trainingOptions = OptionGroup(
    "The training",
    [
      OptionDefinition(
        "epochs", .integer(1...1_000_000), valueName: "N", default: .described("12 to 60 by the number of windows"),
        help: "Passes over the training part, at most.", example: "--epochs 100"),
      OptionDefinition(
        "batch", .integer(1...1_000_000), valueName: "N", default: .described("16 to 256 by the number of windows"),
        help: "Windows in one batch.", example: "--batch 64"),
      OptionDefinition(
        "augment", .pattern(expected: augmentationExpectation) { augmentations($0) != nil }, valueName: "KINDS",
        default: .value("none"),
        help: """
          For series with few rows: change half of the training windows anew in every epoch, by noise (jitter), by larger or \
          smaller swings (scaling), by a stretch of other speed (warping).
          """,
        example: "--augment jitter,scaling", isRepeatable: true),
      OptionDefinition(
        "optimizer", .choice(optimizers.map(\.name)), valueName: "NAME",
        default: .value("adamw"),
        help: "How weights are updated. Not here: \(others), which want all data in each update, not a batch.",
        example: "--optimizer sgd"),
      OptionDefinition(
        "learning-rate", .pattern(expected: "a number above 0, or find") { LearningRateRule($0) != nil },
        valueName: "RATE", default: .described("that of the optimizer: \(learningRates)"),
        help: "The size of an update; find looks for it in a short run of the first network.",
        example: "--learning-rate 0.0003"),
      OptionDefinition(
        "schedule", .choice(LearningRateScheduleKind.all.map(\.name)), valueName: "NAME", default: .described("cosine"),
        help: "How the learning rate changes, after a rise in the first 50 steps.", example: "--schedule plateau"),
      OptionDefinition(
        "weight-decay", .number(.atLeast(0)), valueName: "SHARE",
        default: .described("0.0001 with adamw, 0 with the others"),
        help: "How much large weights are held down, in the optimizer's own form.", example: "--weight-decay 0.01"),
      OptionDefinition(
        "average",
        .pattern(expected: "off, or a share at least 0 and below 1") { ForecastOptions.Averaging($0) != nil },
        valueName: "SHARE", default: .described("0.9 to 0.999 by the number of steps"),
        help:
          "The share that each update keeps of the averaged weights, which are judged and kept; off for the last ones.",
        example: "--average off"),
      OptionDefinition(
        "clip-norm", .number(.above(0)), valueName: "NORM", default: .value("1"),
        help: "The largest norm of all gradients together.", example: "--clip-norm 5"),
      OptionDefinition(
        "patience", .integer(1...1_000_000), valueName: "N", default: .described("4, or 10 where epochs are short"),
        help: "Epochs without a better validation score before training ends.", example: "--patience 20"),
      OptionDefinition(
        "time-limit", .pattern(expected: "a time such as 90s, 15m or 2h") { ForecastOptions.Duration($0) != nil },
        valueName: "TIME", help: "Stop training after this time and keep the best weights.",
        example: "--time-limit 15m"),
      OptionDefinition(
        "search", .integer(2...10_000), valueName: "N",
        help: """
          Try N ways to set the options of --search-space, the standard options first, and keep the one with the least \
          validation error; --time-limit bounds all of them.
          """,
        example: "--search 12"),
      OptionDefinition(
        "search-method", .choice(SearchMethod.allCases.map(\.rawValue)), valueName: "METHOD",
        default: .described("random"),
        help: "How a search spends its training: random trains all in full, halving goes on with the best third.",
        example: "--search 27 --search-method halving"),
      OptionDefinition(
        "search-space",
        .pattern(expected: "names of " + ForecasterSearch.optionNames.joined(separator: ", ") + ", separated by commas")
        {
          searchSpace($0) != nil
        },
        valueName: "OPTIONS",
        default: .described(ForecasterSearch.optionNames.joined(separator: ", ") + ", less those that are given"),
        help: "The options that a search chooses.", example: "--search 12 --search-space hidden,dropout"),
      OptionDefinition(
        "seed", .integer(0...Int.max), valueName: "N", default: .value("1"),
        help: "Same seed, data and options: the same weights, bit for bit.", example: "--seed 7"),
      OptionDefinition(
        "threads", .integer(1...1024), valueName: "N", default: .described("one for each core"),
        help: "Worker threads; their number never changes a result.", example: "--threads 2"),
    ])

  private static let outputOptions = OptionGroup(
    "The output",
    [
      OptionDefinition(
        "output", letter: "o", .text, valueName: "MODEL", default: .described("the name of DATA with -forecast"),
        help: "The model folder to write.", example: "-o sales-model"),
      CommonOptions.overwrite("model folder"),
      CommonOptions.resume(example: "sales-model"),
      CommonOptions.checkpointInterval,
      OptionDefinition(
        "dry-run", .flag, help: "Show what was understood, the split and the baselines; train nothing.",
        example: "--dry-run"),
      OptionDefinition("plot", .flag, help: "Draw the forecast in the terminal.", example: "--plot"),
      CommonOptions.json("metrics"),
      CommonOptions.quiet,
      OptionDefinition(
        CommandLineParser.configurationOption, .text, valueName: "FILE",
        help: "Take options from a JSON file, such as a model's config.json; the command line wins.",
        example: "--config sales-model/config.json"),
    ])

  /// The names of `--search-space`; `nil` if the text is no list of them.
  static func searchSpace(_ text: String) -> [String]? {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy(ForecasterSearch.optionNames.contains), Set(names).count == names.count else { return nil }
    return ForecasterSearch.optionNames.filter(names.contains)
  }

  static let splitExpectation =
    "fractions (0.7,0.1,0.2), rows (8640:2880:2880) or two times (2020-01-01,2022-01-01)"

  /// Whether `text` has the form of a split; whether it suits the data is found out with the data.
  private static func isSplit(_ text: String) -> Bool {
    let times = text.split(separator: ",", omittingEmptySubsequences: false)
    if times.count == 2 { return times.allSatisfy { !$0.isEmpty } }
    let separator: Character = times.count == 3 ? "," : ":"
    let parts = text.split(separator: separator, omittingEmptySubsequences: false).map { Double($0) ?? .nan }
    guard parts.count == 3, parts.allSatisfy({ $0.isFinite && $0 > 0 }) else { return false }
    let areRows = separator == ":" && parts.allSatisfy { $0 == $0.rounded() }
    return areRows || parts.allSatisfy { $0 < 1 } && parts.reduce(0, +) <= 1 + 1e-6
  }

  private static let substitutes =
    ForecasterConfiguration.encoders.filter { $0.recurrent == nil }.map(\.name).joined(separator: ", ")

  private static func regularizers(_ areShares: Bool) -> String {
    RegularizerKind.all.filter { $0.isProbability == areShares }.map(\.name).joined(separator: ", ")
  }

  private static let regularizerExpectation =
    "NAME=STRENGTH, the name one of \(regularizers(true)) with a share at least 0 and below 1, or of "
    + "\(regularizers(false)) with a number at least 0"

  /// The regulariser that one `--regularizer` names; `nil` if the text is none.
  static func regularizer(_ text: String) -> (kind: RegularizerKind, strength: Scalar)? {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let kind = RegularizerKind(named: parts[0]), let strength = Scalar(parts[1]),
      kind.allows(strength)
    else { return nil }
    return (kind, strength)
  }

  private static let augmentationExpectation =
    Augmentation.all.map(\.name).joined(separator: ", ") + ", separated by commas, or none"

  /// The names of `--augment`, in the order of the table; `nil` if the text is no list of them.
  static func augmentations(_ text: String) -> [String]? {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return names == ["none"] ? [] : Augmentation.named(names)?.map(\.name)
  }

  /// The shares of `--levels` in rising order; `nil` if the text is no list of different shares.
  static func levels(_ text: String) -> [Double]? {
    let shares = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }.sorted()
    guard shares.allSatisfy({ $0 > 0 && $0 < 1 }), Set(shares).count == shares.count else { return nil }
    return shares
  }
}
