/// The values of a command's options and positional arguments, all checked against the command's table.
public struct ParsedArguments: Sendable, Equatable {
  /// The command, such as `["train", "forecast"]`.
  public let commandPath: [String]
  private var values: [String: [String]]
  private var given: Set<String>

  init(commandPath: [String]) {
    self.commandPath = commandPath
    values = [:]
    given = []
  }

  /// Whether a flag is set.
  public func flag(_ name: String) -> Bool { values[name]?.last == "true" }

  /// The value of an option or a positional argument: given, or the table's default, or `nil`.
  public func text(_ name: String) -> String? { values[name]?.last }

  /// The values of a repeatable option or of a positional argument that takes several.
  public func texts(_ name: String) -> [String] { values[name] ?? [] }

  /// The value of an integer option.
  public func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

  /// The value of a number option.
  public func number(_ name: String) -> Double? { text(name).flatMap { Double($0) } }

  /// Whether the user gave the option (on the command line or in a configuration file).
  public func isGiven(_ name: String) -> Bool { given.contains(name) }

  mutating func set(_ name: String, _ list: [String]) {
    values[name] = list
    given.insert(name)
  }

  mutating func setDefault(_ name: String, _ value: String) { values[name] = [value] }
}
