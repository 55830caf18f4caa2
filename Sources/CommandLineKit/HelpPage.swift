/// The help texts of a program, made from its tables: 80 columns, every option with its default and an example.
public struct HelpPage {
  private let program: ProgramDefinition

  /// Makes the pages of a program.
  public init(_ program: ProgramDefinition) { self.program = program }

  /// The page of a command; an empty path gives the first page.
  public func text(for path: [String]) -> String {
    let lines = program.command(at: path).map { commandPage($0, path: path) } ?? firstPage()
    return lines.joined(separator: "\n") + "\n"
  }

  /// The usage line of a command.
  public func usage(of path: [String]) -> String {
    var words = [program.name] + path
    guard let command = program.command(at: path) else { return "\(program.name) COMMAND ..." }
    if !command.subcommands.isEmpty { words += [command.subcommandName.uppercased(), "..."] }
    words += command.positionals.map(\.usage)
    words += command.options.filter(\.isRequired).map { "--\($0.name) \($0.valueName)" }
    if command.options.contains(where: { !$0.isRequired }) { words.append("[options]") }
    return words.joined(separator: " ")
  }

  private func firstPage() -> [String] {
    var lines = TextLayout.wrap("\(program.name) \(program.version): \(program.summary)", width: TextLayout.width)
    lines += ["", "Usage: \(program.name) COMMAND ...", "", "Commands:"]
    let rows = program.commands.flatMap { command in
      command.subcommands.isEmpty
        ? [(command.name, command.summary)]
        : command.subcommands.map { ("\(command.name) \($0.name)", $0.summary) }
    }
    let extra = [
      ("help [COMMAND]", "This page, or all about a command; --markdown for all"), ("--version", "The version"),
    ]
    lines += table(rows + extra)
    for note in program.notes { lines += ["", note.title + ":"] + table(note.rows) }
    return lines
  }

  private func table(_ rows: [(String, String)]) -> [String] {
    let leftWidth = min(26, rows.map(\.0.count).max() ?? 0)
    return rows.flatMap { TextLayout.row($0.0, [$0.1], leftWidth: leftWidth) }
  }

  private func commandPage(_ command: CommandDefinition, path: [String]) -> [String] {
    let name = ([program.name] + path).joined(separator: " ")
    var lines = TextLayout.wrap("\(name): \(command.summary)", width: TextLayout.width)
    lines += [""] + TextLayout.wrap("Usage: " + usage(of: path), width: TextLayout.width)
    for paragraph in Self.paragraphs(command.discussion) {
      lines += [""] + TextLayout.wrap(paragraph, width: TextLayout.width)
    }
    if !command.subcommands.isEmpty {
      let title = command.subcommandName.prefix(1).uppercased() + command.subcommandName.dropFirst()
      lines += ["", title + "s:"] + table(command.subcommands.map { ($0.name, $0.summary) })
    }
    if !command.positionals.isEmpty {
      lines += ["", "Arguments:"] + table(command.positionals.map { ($0.usage, $0.help) })
    }
    for group in command.groups {
      lines += ["", group.title + ":"]
      for option in group.options { lines += optionRow(option) }
    }
    if !command.examples.isEmpty {
      lines += ["", "Examples:"]
      for example in command.examples {
        lines += TextLayout.wrap(example.explanation, width: TextLayout.width - 2).map { "  " + $0 }
        lines.append("    \(program.name) \(example.arguments)")
      }
    }
    return lines
  }

  private func optionRow(_ option: OptionDefinition) -> [String] {
    TextLayout.row(
      option.usage, [Self.sentences(option), "Example: \(option.example)"], leftWidth: 24)
  }

  /// The help sentences of an option with what its table row says beside them.
  static func sentences(_ option: OptionDefinition) -> String {
    var text = option.help
    if let allowed = option.form.allowedValues { text += " One of: " + allowed.joined(separator: ", ") + "." }
    if option.isRequired { text += " Required." }
    if option.isRepeatable { text += " May be repeated." }
    if let words = option.defaultValue.text { text += " Default: \(words)." }
    return text
  }

  static func paragraphs(_ text: String) -> [String] {
    var paragraphs: [String] = []
    var current: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty {
        paragraphs.append(current.joined(separator: " "))
        current = []
      } else {
        current.append(line)
      }
    }
    return (paragraphs + [current.joined(separator: " ")]).filter { !$0.isEmpty }
  }
}
