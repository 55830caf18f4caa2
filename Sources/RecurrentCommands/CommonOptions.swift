import CommandLineKit
import Recurrent

/// Options that several commands share.
enum CommonOptions {
  static let quiet = OptionDefinition(
    "quiet", .flag, help: "No progress and no messages; errors are still shown.", example: "--quiet")

  static let refit = OptionDefinition(
    "refit", .pattern(expected: "never or a number of origins, at least 1") { RefitPolicy($0) != nil },
    valueName: "N", default: .value("never"),
    help: """
      Fit anew at every N-th origin of the test part, to all rows before it: judges the way of fitting, at the cost of a \
      training each time. The model that is kept stays the first one.
      """, example: "--refit 12")

  static func resume(example model: String) -> OptionDefinition {
    OptionDefinition(
      TrainingFolder.resumeOption, .text, valueName: "MODEL",
      help: "Go on with the training that was interrupted in this folder; no task or data need be given.",
      example: "--resume \(model)")
  }

  static let checkpointInterval = OptionDefinition(
    "checkpoint-interval", .pattern(expected: "a time such as 90s, 15m or 2h") { ForecastOptions.Duration($0) != nil },
    valueName: "TIME", default: .value("1m"), help: "How often the training is written down, so that it can go on.",
    example: "--checkpoint-interval 10m")

  static func json(_ result: String) -> OptionDefinition {
    OptionDefinition("json", .flag, help: "Print the \(result), or an error, as JSON.", example: "--json")
  }

  static func overwrite(_ what: String) -> OptionDefinition {
    OptionDefinition("overwrite", .flag, help: "Replace an existing \(what).", example: "--overwrite")
  }
}
