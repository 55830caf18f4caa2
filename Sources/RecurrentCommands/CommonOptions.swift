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

  static func json(_ result: String) -> OptionDefinition {
    OptionDefinition("json", .flag, help: "Print the \(result), or an error, as JSON.", example: "--json")
  }

  static func overwrite(_ what: String) -> OptionDefinition {
    OptionDefinition("overwrite", .flag, help: "Replace an existing \(what).", example: "--overwrite")
  }
}
