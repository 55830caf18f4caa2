/// A positional argument of a command.
public struct PositionalDefinition: Sendable {
  /// How many values the argument takes.
  public enum Count: Sendable, Hashable {
    /// Exactly one.
    case one
    /// One or none.
    case optional
    /// One or more.
    case several
  }

  /// The name in lower case, the key in a configuration file; help shows it in capitals.
  public let name: String
  /// How many values the argument takes.
  public let count: Count
  /// One or two sentences for the reader of `--help`.
  public let help: String

  /// Makes a row of the table of positional arguments.
  public init(_ name: String, _ count: Count = .one, help: String) {
    self.name = name
    self.count = count
    self.help = help
  }

  /// The argument as it stands in a usage line: `MODEL`, `[DATA]` or `DATA...`.
  public var usage: String {
    switch count {
    case .one: name.uppercased()
    case .optional: "[\(name.uppercased())]"
    case .several: "\(name.uppercased())..."
    }
  }
}

/// Options that stand together under a title in a help text.
public struct OptionGroup: Sendable {
  /// The title over the options.
  public let title: String
  /// The rows.
  public let options: [OptionDefinition]

  /// Makes a group.
  public init(_ title: String, _ options: [OptionDefinition]) {
    self.title = title
    self.options = options
  }
}

/// A command line shown in a help text, with what it does.
public struct CommandExample: Sendable {
  /// The arguments after the program's name.
  public let arguments: String
  /// What the line does.
  public let explanation: String

  /// Makes an example.
  public init(_ arguments: String, _ explanation: String) {
    self.arguments = arguments
    self.explanation = explanation
  }
}

/// A command: what it is called, what it takes, and what its help says.
public struct CommandDefinition: Sendable {
  /// The word that selects the command.
  public let name: String
  /// One line without a full stop, for lists of commands.
  public let summary: String
  /// Paragraphs for the command's own help, separated by empty lines.
  public let discussion: String
  /// The positional arguments in order; only the last may be optional or several.
  public let positionals: [PositionalDefinition]
  /// The option table, in groups.
  public let groups: [OptionGroup]
  /// Lines to copy.
  public let examples: [CommandExample]
  /// Commands below this one; if there are any, one must be chosen.
  public let subcommands: [CommandDefinition]
  /// What a subcommand is called in usage lines and configuration files, such as `task`.
  public let subcommandName: String

  /// Makes a command.
  public init(
    _ name: String, summary: String, discussion: String = "", positionals: [PositionalDefinition] = [],
    groups: [OptionGroup] = [], examples: [CommandExample] = [], subcommands: [CommandDefinition] = [],
    subcommandName: String = "command"
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.positionals = positionals
    self.groups = groups
    self.examples = examples
    self.subcommands = subcommands
    self.subcommandName = subcommandName
  }

  /// All rows of all groups.
  public var options: [OptionDefinition] { groups.flatMap(\.options) }

  /// The row of a long name.
  public func option(named name: String) -> OptionDefinition? { options.first { $0.name == name } }
}

/// A program: its name, version and commands.
public struct ProgramDefinition: Sendable {
  /// The name of the executable.
  public let name: String
  /// The version that `--version` prints.
  public let version: String
  /// One line that says what the program is for.
  public let summary: String
  /// The commands in the order of the help text.
  public let commands: [CommandDefinition]
  /// Lines of the first help page below the commands: a title and rows of two columns.
  public let notes: [(title: String, rows: [(String, String)])]

  /// Makes a program.
  public init(
    name: String, version: String, summary: String, commands: [CommandDefinition],
    notes: [(title: String, rows: [(String, String)])] = []
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.commands = commands
    self.notes = notes
  }

  /// The command at a path such as `["train", "forecast"]`.
  public func command(at path: [String]) -> CommandDefinition? {
    var list = commands
    var found: CommandDefinition?
    for name in path {
      guard let next = list.first(where: { $0.name == name }) else { return nil }
      found = next
      list = next.subcommands
    }
    return found
  }
}
