/// What a command line asks for.
public enum Invocation: Sendable, Equatable {
  /// The help page of a command; an empty path is the program's first page.
  case help([String])
  /// A page of the reference in Markdown: of a command and those below it, or for an empty path that of the whole program.
  case reference([String])
  /// The version of the program.
  case version
  /// A command with its arguments.
  case run(ParsedArguments)
}

/// Reads command lines by a program's table of commands and options.
///
/// Long options are written `--name value` or `--name=value`, one-letter ones `-o value`; options and positional
/// arguments may be mixed; after `--` everything is positional; a single dash is a positional argument. Values given
/// by a configuration file (`--config FILE`) hold where the command line says nothing.
public struct CommandLineParser {
  /// The name of the option that names a configuration file.
  public static let configurationOption = "config"

  private let program: ProgramDefinition
  private let readFile: (String) throws -> [UInt8]

  /// Makes a parser; `readFile` reads a configuration file, and what it throws passes through `parse`.
  public init(_ program: ProgramDefinition, readFile: @escaping (String) throws -> [UInt8]) {
    self.program = program
    self.readFile = readFile
  }

  /// Reads the arguments after the program's name.
  ///
  /// - Throws: `UsageError` for a line that cannot be obeyed; whatever `readFile` throws.
  public func parse(_ arguments: [String]) throws -> Invocation {
    var rest = arguments[...]
    if let first = rest.first {
      if first == "--version" { return .version }
      if first == "--help" || first == "-h" { return .help([]) }
      if first == "help" { return try helpRequest(Array(rest.dropFirst())) }
    }
    var path: [String] = []
    var choices = program.commands
    var kind = "command"
    while path.isEmpty || !choices.isEmpty {
      let next = rest.first
      if let command = choices.first(where: { $0.name == next }) {
        rest.removeFirst()
        path.append(command.name)
        choices = command.subcommands
        kind = command.subcommandName
      } else if Self.asksForHelp(rest) {
        return .help(path)
      } else if let named = try subcommandOfConfiguration(rest, kind: kind, path: path) {
        guard let command = choices.first(where: { $0.name == named }) else {
          throw UsageMessages.unknownCommand(named, choices, kind: kind, path: path)
        }
        path.append(command.name)
        choices = command.subcommands
      } else if let next, !next.hasPrefix("-") {
        throw UsageMessages.unknownCommand(next, choices, kind: kind, path: path)
      } else if let next, path.isEmpty {
        throw UsageError(
          .unknownOption, "unknown option \(next)", received: next,
          hint: "a command comes first, for example \(program.name) \(choices.first?.name ?? "help")")
      } else {
        throw UsageMessages.noCommand(choices, kind: kind, path: path)
      }
    }
    guard let command = program.command(at: path) else { preconditionFailure("a path is made of existing commands") }
    return try parse(rest, of: command, path: path)
  }

  private static func asksForHelp(_ arguments: ArraySlice<String>) -> Bool {
    arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
  }

  private func helpRequest(_ names: [String]) throws -> Invocation {
    var path: [String] = []
    var choices = program.commands
    for name in names where !["--help", "-h", Self.markdown].contains(name) {
      guard let command = choices.first(where: { $0.name == name }) else {
        if choices.isEmpty { throw UsageError(.extraArgument, "unexpected argument \"\(name)\"", received: name) }
        throw UsageMessages.unknownCommand(name, choices, kind: "command", path: path)
      }
      path.append(name)
      choices = command.subcommands
    }
    return names.contains(Self.markdown) ? .reference(path) : .help(path)
  }

  private static let markdown = "--markdown"

  /// The subcommand a configuration file names, as `"task": "forecast"` or `"command": ["train", "forecast"]`, where the
  /// command line names none.
  private func subcommandOfConfiguration(
    _ arguments: ArraySlice<String>, kind: String, path: [String]
  ) throws -> String? {
    guard !path.isEmpty, arguments.first?.hasPrefix("-") == true else { return nil }
    let long = "--" + Self.configurationOption
    for (index, argument) in zip(arguments.indices, arguments) {
      var file: String?
      if argument == long, index + 1 < arguments.endIndex { file = arguments[index + 1] }
      if argument.hasPrefix(long + "=") { file = String(argument.dropFirst(long.count + 1)) }
      if let file {
        let configuration = try ConfigurationFile(path: file, bytes: readFile(file))
        let rest = configuration.commandPath.starts(with: path) ? configuration.commandPath.dropFirst(path.count) : []
        return configuration.values[kind]?.first ?? rest.first
      }
    }
    return nil
  }

  private func parse(
    _ arguments: ArraySlice<String>, of command: CommandDefinition, path: [String]
  ) throws -> Invocation {
    if Self.asksForHelp(arguments) { return .help(path) }
    var reader = ArgumentReader(command: command, path: path)
    try reader.read(arguments)
    if let file = reader.options[Self.configurationOption]?.last {
      try reader.add(ConfigurationFile(path: file, bytes: readFile(file)), program: program)
    }
    return .run(try reader.finished())
  }
}

/// Collects the values of one command line for one command.
private struct ArgumentReader {
  let command: CommandDefinition
  let path: [String]
  var options: [String: [String]] = [:]
  var positionals: [String] = []
  var namedPositionals: [String: [String]] = [:]

  mutating func read(_ arguments: ArraySlice<String>) throws(UsageError) {
    var rest = arguments
    while let argument = rest.popFirst() {
      if argument == "--" {
        positionals += rest
        return
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        positionals.append(argument)
        continue
      }
      try readOption(argument, &rest)
    }
  }

  private mutating func readOption(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let isLong = argument.hasPrefix("--")
    let parts = argument.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    let option = command.options.first { isLong ? $0.name == name : $0.letter.map(String.init) == name }
    guard let option else {
      throw UsageMessages.unknownOption(name, command: command, origin: .commandLine, path: path)
    }
    var value = parts.count == 2 ? String(parts[1]) : nil
    if option.form.isFlag {
      value = value ?? "true"
    } else if value == nil {
      guard let next = rest.first, !next.hasPrefix("-") || next == "-" || Double(next) != nil else {
        throw UsageMessages.missingValue(option, next: rest.first, path: path)
      }
      value = next
      rest.removeFirst()
    }
    options[option.name, default: []].append(value ?? "")
    try check(option, origin: .commandLine)
  }

  private func check(_ option: OptionDefinition, origin: UsageMessages.Origin) throws(UsageError) {
    let values = options[option.name] ?? []
    for value in values where !option.form.accepts(value) {
      if option.form.isFlag { throw UsageMessages.flagWithValue(option, value, origin: origin, path: path) }
      throw UsageMessages.badValue(option, value, origin: origin, path: path)
    }
    if values.count > 1, !option.isRepeatable {
      throw UsageMessages.repeated(option, values, origin: origin, path: path)
    }
  }

  /// Takes values from a configuration file where the command line gave none.
  mutating func add(_ file: ConfigurationFile, program: ProgramDefinition) throws(UsageError) {
    let kinds = Set(path.indices.compactMap { program.command(at: Array(path[..<$0]))?.subcommandName })
    let ignored = kinds.union(command.option(named: "command") == nil ? ["command"] : [])
    for (name, values) in file.values.sorted(by: { $0.key < $1.key }) where !ignored.contains(name) {
      if command.positionals.contains(where: { $0.name == name }) {
        namedPositionals[name] = values
        continue
      }
      guard let option = command.option(named: name) else {
        throw UsageMessages.unknownOption(name, command: command, origin: .file(file.path), path: path)
      }
      guard options[name] == nil else { continue }
      // A list for an option that is given once is its value in parts, as in `--levels 0.5,0.8`.
      let isList = values.count > 1 && !option.isRepeatable
      options[name] = values.isEmpty ? nil : isList ? [values.joined(separator: ",")] : values
      try check(option, origin: .file(file.path))
    }
  }

  /// The values with the table's defaults, all required ones present.
  func finished() throws(UsageError) -> ParsedArguments {
    var result = ParsedArguments(commandPath: path)
    var rest = positionals[...]
    for (index, positional) in command.positionals.enumerated() {
      let isLast = index == command.positionals.count - 1
      var values = Array(isLast ? rest : rest.prefix(1))
      if isLast, positional.count != .several { values = Array(values.prefix(1)) }
      rest = rest.dropFirst(values.count)
      if values.isEmpty { values = namedPositionals[positional.name] ?? [] }
      if values.isEmpty, positional.count != .optional {
        throw UsageMessages.missingArgument(positional, path: path)
      }
      if !values.isEmpty { result.set(positional.name, values) }
    }
    if let extra = rest.first { throw UsageMessages.extraArgument(extra, command: command, path: path) }
    for option in command.options {
      if let values = options[option.name] {
        result.set(option.name, values)
      } else if option.isRequired {
        throw UsageMessages.missingOption(option, path: path)
      } else if case .value(let value) = option.defaultValue {
        result.setDefault(option.name, value)
      }
    }
    return result
  }
}
