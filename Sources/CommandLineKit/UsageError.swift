/// A command line (or a configuration file) that cannot be obeyed, with what would be accepted instead.
public struct UsageError: Error, Sendable, Equatable {
  /// The kinds of mistake; the raw value is the stable code for machines.
  public enum Kind: String, Sendable {
    case noCommand = "no-command"
    case unknownCommand = "unknown-command"
    case unknownOption = "unknown-option"
    case missingValue = "missing-value"
    case unexpectedValue = "unexpected-value"
    case badValue = "bad-value"
    case repeatedOption = "repeated-option"
    case missingOption = "missing-option"
    case missingArgument = "missing-argument"
    case extraArgument = "extra-argument"
    case badConfiguration = "bad-configuration"
    case conflictingOptions = "conflicting-options"
  }

  /// The kind of mistake.
  public let kind: Kind
  /// What is wrong, in one line.
  public let message: String
  /// What would be accepted, if that can be said.
  public let expected: String?
  /// What was given.
  public let received: String?
  /// What to do next.
  public let hint: String?
  /// The configuration file the mistake stands in, if it is not on the command line.
  public let file: String?
  /// The command whose help page explains more.
  public let commandPath: [String]

  /// Makes an error.
  public init(
    _ kind: Kind, _ message: String, expected: String? = nil, received: String? = nil, hint: String? = nil,
    file: String? = nil, commandPath: [String] = []
  ) {
    self.kind = kind
    self.message = message
    self.expected = expected
    self.received = received
    self.hint = hint
    self.file = file
    self.commandPath = commandPath
  }
}

/// Every text of a usage error, in one place.
enum UsageMessages {
  /// Where an option's value came from.
  enum Origin: Equatable {
    case commandLine
    case file(String)

    var path: String? {
      if case .file(let path) = self { path } else { nil }
    }

    /// An option as the user wrote it there.
    func spelling(_ name: String) -> String { self == .commandLine ? "--\(name)" : "\"\(name)\"" }
  }

  static func noCommand(_ definitions: [CommandDefinition], kind: String, path: [String]) -> UsageError {
    UsageError(
      .noCommand, "no \(kind) given", expected: choice(definitions, path: path), commandPath: path)
  }

  private static func choice(_ definitions: [CommandDefinition], path: [String]) -> String {
    "one of " + (definitions.map(\.name) + (path.isEmpty ? ["help"] : [])).joined(separator: ", ")
  }

  static func unknownCommand(
    _ name: String, _ definitions: [CommandDefinition], kind: String, path: [String]
  ) -> UsageError {
    UsageError(
      .unknownCommand, "unknown \(kind) \"\(name)\"", expected: choice(definitions, path: path), received: name,
      hint: NearestName.find(name, among: definitions.map(\.name)).map { "did you mean \($0)?" }, commandPath: path)
  }

  static func unknownOption(
    _ name: String, command: CommandDefinition, origin: Origin, path: [String]
  ) -> UsageError {
    let nearest = NearestName.find(name, among: command.options.map(\.name) + ["help"])
    let spelled = origin == .commandLine ? (name.count == 1 ? "-\(name)" : "--\(name)") : "\"\(name)\""
    return UsageError(
      .unknownOption, "unknown option \(spelled)", received: spelled,
      hint: nearest.map { "did you mean \(origin.spelling($0))?" }, file: origin.path, commandPath: path)
  }

  static func missingValue(_ option: OptionDefinition, next: String?, path: [String]) -> UsageError {
    let hint =
      next.map { "if \($0) is meant as the value, write --\(option.name)=\($0)" } ?? "for example \(option.example)"
    return UsageError(
      .missingValue, "option --\(option.name) needs a value", expected: option.form.expectation ?? option.valueName,
      received: next, hint: hint, commandPath: path)
  }

  static func badValue(_ option: OptionDefinition, _ value: String, origin: Origin, path: [String]) -> UsageError {
    let nearest = option.form.allowedValues.flatMap { NearestName.find(value, among: $0) }
    return UsageError(
      .badValue, "option \(origin.spelling(option.name)) cannot be \"\(value)\"", expected: option.form.expectation,
      received: value, hint: nearest.map { "did you mean \($0)?" } ?? "for example \(option.example)",
      file: origin.path, commandPath: path)
  }

  static func flagWithValue(_ option: OptionDefinition, _ value: String, origin: Origin, path: [String]) -> UsageError {
    UsageError(
      .unexpectedValue, "option \(origin.spelling(option.name)) takes no value", expected: "true or false, or nothing",
      received: value, file: origin.path, commandPath: path)
  }

  static func repeated(_ option: OptionDefinition, _ values: [String], origin: Origin, path: [String]) -> UsageError {
    let list = option.form.isFlag ? "" : " (" + values.joined(separator: ", ") + ")"
    return UsageError(
      .repeatedOption, "option \(origin.spelling(option.name)) is given more than once\(list)", expected: "one value",
      received: values.joined(separator: ", "), hint: "keep one", file: origin.path, commandPath: path)
  }

  static func missingOption(_ option: OptionDefinition, path: [String]) -> UsageError {
    UsageError(
      .missingOption, "option --\(option.name) is required", expected: option.form.expectation ?? option.valueName,
      hint: "for example \(option.example)", commandPath: path)
  }

  static func missingArgument(_ positional: PositionalDefinition, path: [String]) -> UsageError {
    UsageError(
      .missingArgument, "argument \(positional.name.uppercased()) is missing", expected: positional.help,
      commandPath: path)
  }

  static func extraArgument(_ value: String, command: CommandDefinition, path: [String]) -> UsageError {
    let taken = command.positionals.map(\.usage).joined(separator: " ")
    return UsageError(
      .extraArgument, "unexpected argument \"\(value)\"", expected: taken.isEmpty ? "no arguments" : taken,
      received: value, commandPath: path)
  }

  static func badConfiguration(_ file: String, expected: String, received: String?) -> UsageError {
    UsageError(
      .badConfiguration, "this configuration file cannot be read", expected: expected, received: received,
      hint: "write option names as keys, for example {\"horizon\": 24, \"cell\": \"gru\"}", file: file)
  }
}
