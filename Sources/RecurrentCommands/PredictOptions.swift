package import CommandLineKit
import Recurrent

/// What `predict` can be told.
package struct PredictOptions: Sendable, Equatable {
  /// The forms of a forecast.
  package enum Format: String, Sendable, CaseIterable {
    case csv
    case json
  }

  /// The model folder.
  package let model: String
  /// Data to continue, `-` for standard input; `nil` to continue from the last row seen in training.
  package let data: String?
  /// The known columns of the rows to be forecast, `-` for standard input; `nil` for a model without any.
  package let future: String?
  /// How many whole futures to draw in place of the forecast; `nil` for the forecast.
  package let samples: Int?
  /// The seed of the draws.
  package let seed: UInt64
  /// The form of the forecast.
  package let format: Format
  /// The file to write; `nil` for standard output.
  package let output: String?
  /// Replace an existing file.
  package let overwrites: Bool
  /// Worker threads; `nil` for one for each core.
  package let threads: Int?

  package static let definition = CommandDefinition(
    "predict", summary: "Continue a series, or classify trees, with a trained model",
    discussion: """
      Without DATA the forecast continues from the last row of the training file. A classifier of trees gives each tree of \
      DATA the class of its root; the labels in DATA do not matter.
      """,
    positionals: [
      PositionalDefinition("model", help: "a model folder"),
      PositionalDefinition("data", .optional, help: "a CSV file with the latest rows, or trees; - for standard input"),
    ],
    groups: [
      OptionGroup(
        "Options",
        [
          OptionDefinition(
            "future", .text, valueName: "FILE",
            help: "A CSV file with the known columns of the rows to be forecast, for a model trained with --known.",
            example: "--future next-week.csv"),
          OptionDefinition(
            "samples", .integer(1...Forecaster.mostPaths), valueName: "N",
            help: "Write N whole futures drawn at random in place of the forecast, for sums, highest values and plans.",
            example: "--samples 1000"),
          OptionDefinition(
            "seed", .integer(0...Int.max), valueName: "N", default: .value("1"),
            help: "The seed of --samples: same seed, same futures.", example: "--seed 7"),
          OptionDefinition(
            "format", .choice(Format.allCases.map(\.rawValue)), valueName: "FORMAT", default: .value("csv"),
            help: "The form of the forecast.", example: "--format json"),
          OptionDefinition(
            "output", letter: "o", .text, valueName: "FILE", default: .described("standard output"),
            help: "The file to write.", example: "-o next.csv"),
          CommonOptions.overwrite("file"),
          OptionDefinition(
            "threads", .integer(1...1024), valueName: "N", default: .described("one for each core"),
            help: "Worker threads.", example: "--threads 2"),
          OptionDefinition(
            "json", .flag, help: "The same as --format json, with errors as JSON.", example: "--json"),
          CommonOptions.quiet,
        ])
    ],
    examples: [
      CommandExample("predict sales-model -o next.csv", "The values after the training data:"),
      CommandExample("predict sales-model latest.csv --future plan.csv", "With columns known for the coming rows:"),
      CommandExample("predict sales-model --samples 1000 -o futures.csv", "A thousand whole futures:"),
      CommandExample("predict sales-model - < latest.csv", "The values after the rows of another file:"),
    ])

  /// Takes the values of a command line.
  ///
  /// - Throws: `UsageError` for a seed of nothing.
  package init(_ arguments: ParsedArguments) throws(UsageError) {
    samples = arguments.integer("samples")
    seed = UInt64(arguments.integer("seed") ?? 1)
    guard samples != nil || !arguments.isGiven("seed") else {
      throw UsageError(
        .conflictingOptions, "--seed needs --samples as well", hint: "the forecast itself has nothing random in it",
        commandPath: arguments.commandPath)
    }
    model = arguments.texts("model")[0]
    data = arguments.text("data")
    future = arguments.text("future")
    let named = arguments.text("format").flatMap(Format.init) ?? .csv
    format = arguments.flag("json") ? .json : named
    output = arguments.text("output")
    overwrites = arguments.flag("overwrite")
    threads = arguments.integer("threads")
  }
}
