/// The reference of a program's commands in Markdown, made from the same tables as its help pages: a page for the program, and
/// one for each command with what stands below it.
public enum CommandReference {
  /// The name of a command's page: `CommandTrain`.
  public static func page(of command: String) -> String {
    "Command" + command.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The page of the program: its commands, and what holds for all of them.
  public static func markdown(of program: ProgramDefinition) -> String {
    var lines = ["# \(program.name)", "", program.summary + "."]
    lines += ["", "| command | | page |", "| --- | --- | --- |"]
    for command in program.commands {
      for (path, leaf) in leaves(of: command, path: [command.name]) {
        let name = ([program.name] + path).joined(separator: " ")
        lines.append("| `\(name)` | \(escaped(leaf.summary)) | <doc:\(page(of: command.name))> |")
      }
    }
    for note in program.notes {
      lines += ["", "## \(note.title)", "", "| | |", "| --- | --- |"]
      lines += note.rows.map { "| `\(escaped($0.0))` | \(escaped($0.1)) |" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The page of one command: a section for each command below it with its arguments, options and examples.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - path: The names that select the command, of which there must be one.
  /// - Returns: The page.
  public static func markdown(of program: ProgramDefinition, command path: [String]) -> String {
    guard let command = program.command(at: path) else { preconditionFailure("a path is made of existing commands") }
    var lines = ["# \(([program.name] + path).joined(separator: " "))", "", command.summary + "."]
    for (path, leaf) in leaves(of: command, path: path) { append(leaf, path: path, of: program, to: &lines) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func leaves(
    of command: CommandDefinition, path: [String]
  ) -> [(path: [String], command: CommandDefinition)] {
    guard !command.subcommands.isEmpty else { return [(path, command)] }
    return command.subcommands.flatMap { leaves(of: $0, path: path + [$0.name]) }
  }

  private static func append(
    _ command: CommandDefinition, path: [String], of program: ProgramDefinition, to lines: inout [String]
  ) {
    if lines[0] != "# \(([program.name] + path).joined(separator: " "))" {
      lines += ["", "## \(([program.name] + path).joined(separator: " "))", "", command.summary + "."]
    }
    lines += ["", "```text", HelpPage(program).usage(of: path), "```"]
    for paragraph in HelpPage.paragraphs(command.discussion) { lines += ["", paragraph] }
    if !command.positionals.isEmpty {
      lines += ["", "| argument | |", "| --- | --- |"]
      lines += command.positionals.map { "| `\(escaped($0.usage))` | \(escaped($0.help)) |" }
    }
    for group in command.groups {
      lines += ["", "### \(group.title)", "", "| option | | example |", "| --- | --- | --- |"]
      lines += group.options.map {
        "| `\(escaped($0.usage))` | \(escaped(HelpPage.sentences($0))) | `\(escaped($0.example))` |"
      }
    }
    for example in command.examples {
      lines += ["", example.explanation, "", "```sh", "\(program.name) \(example.arguments)", "```"]
    }
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
