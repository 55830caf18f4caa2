package import CommandLineKit

/// A command of the program: its table and its work.
package protocol Command: Sendable {
  /// What the parser, the help pages and the reference are made from.
  static var definition: CommandDefinition { get }

  /// Takes the values of the command line, already checked by the table.
  ///
  /// - Throws: `UsageError` for values that do not go together.
  init(_ arguments: ParsedArguments) throws

  /// Does the work. Errors that are thrown end the program with the exit code that `CommandFailure` gives them.
  func run(in context: CommandContext) throws -> ExitCode
}

/// What a running command knows about the world.
package struct CommandContext: Sendable {
  /// Where results, messages and progress go.
  package let console: Console
  /// The arguments after the program's name, as typed.
  package let arguments: [String]

  package init(console: Console, arguments: [String]) {
    self.console = console
    self.arguments = arguments
  }

  /// The line that repeats the command in a shell.
  package var commandLine: String {
    ([CommandTable.programName] + arguments.map(ShellQuoting.quoted)).joined(separator: " ")
  }
}

/// Words as a shell reads them.
package enum ShellQuoting {
  private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%")

  /// `word` as it is typed: in single quotes where a shell would take it apart.
  package static func quoted(_ word: String) -> String {
    if !word.isEmpty, word.allSatisfy(plain.contains) { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
