import CommandLineKit

/// Options that several commands share.
enum CommonOptions {
  static let quiet = OptionDefinition(
    "quiet", .flag, help: "No progress and no messages; errors are still shown.", example: "--quiet")

  static func json(_ result: String) -> OptionDefinition {
    OptionDefinition("json", .flag, help: "Print the \(result), or an error, as JSON.", example: "--json")
  }

  static func overwrite(_ what: String) -> OptionDefinition {
    OptionDefinition("overwrite", .flag, help: "Replace an existing \(what).", example: "--overwrite")
  }
}
