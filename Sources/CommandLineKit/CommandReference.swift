/// The reference of a program's commands in Markdown, made from the same tables as its help pages.
public enum CommandReference {
  /// One document: a section for each command with its arguments, options and examples.
  public static func markdown(of program: ProgramDefinition) -> String {
    var lines = ["# \(program.name)", "", program.summary + "."]
    for command in program.commands { append(command, path: [command.name], of: program, to: &lines) }
    for note in program.notes {
      lines += ["", "## \(note.title)", "", "| | |", "| --- | --- |"]
      lines += note.rows.map { "| `\(escaped($0.0))` | \(escaped($0.1)) |" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func append(
    _ command: CommandDefinition, path: [String], of program: ProgramDefinition, to lines: inout [String]
  ) {
    guard command.subcommands.isEmpty else {
      for next in command.subcommands { append(next, path: path + [next.name], of: program, to: &lines) }
      return
    }
    lines += ["", "## \(([program.name] + path).joined(separator: " "))", "", command.summary + "."]
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
