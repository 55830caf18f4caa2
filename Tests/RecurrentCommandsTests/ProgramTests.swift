import CommandLineKit
import RecurrentCommands
import Testing

/// A command that does what its argument says.
private struct Echo: Command {
  static let definition = CommandDefinition(
    "echo", summary: "Say it", positionals: [PositionalDefinition("word", help: "what to say")],
    groups: [
      OptionGroup(
        "Options",
        [
          OptionDefinition("json", .flag, help: "JSON.", example: "--json"),
          OptionDefinition("quiet", .flag, help: "Quiet.", example: "--quiet"),
          OptionDefinition("config", .text, valueName: "FILE", help: "File.", example: "--config a"),
        ])
    ])
  let word: String

  init(_ arguments: ParsedArguments) { word = arguments.texts("word")[0] }

  func run(in context: CommandContext) throws -> ExitCode {
    context.console.message("saying \(word)")
    switch word {
    case "fail": throw CommandFailure(.trainingStopped, code: "not-finite", "loss is not finite")
    case "require": return .requirementNotMet
    default:
      try context.console.result("\(word) by \(context.commandLine)\n")
      return .done
    }
  }
}

/// A task of `train`.
private struct Learn: Command {
  static let definition = CommandDefinition("learn", summary: "Learn it")
  init(_ arguments: ParsedArguments) {}
  func run(in context: CommandContext) throws -> ExitCode {
    try context.console.result("learned\n")
    return .done
  }
}

private func run(_ line: String, _ recorder: Recorder) -> ExitCode {
  Program.run(words(line), commands: [Echo.self], tasks: [Learn.self], console: recorder.console())
}

@Suite struct ProgramTests {
  @Test func resultAndMessagesGoTheirOwnWays() {
    let recorder = Recorder()
    #expect(run("echo 'a b' ", recorder) == .done)
    #expect(recorder.output == "a b by recurrent echo 'a b'\n")
    #expect(recorder.error == "saying a b\n")
    let quiet = Recorder()
    #expect(run("echo hello --quiet", quiet) == .done)
    #expect(quiet.error == "")
    #expect(run("echo require", Recorder()) == .requirementNotMet)
    let task = Recorder()
    #expect(run("train learn", task) == .done)
    #expect(task.output == "learned\n")
  }

  @Test func failuresAreToldOnStandardError() {
    let recorder = Recorder()
    #expect(run("echo fail --quiet", recorder) == .trainingStopped)
    #expect(recorder.output == "")
    #expect(recorder.error == "recurrent: error: loss is not finite\n")
  }

  @Test func failuresAreJSONWhenAskedFor() {
    let recorder = Recorder()
    #expect(run("echo --json --loud", recorder) == .usage)
    #expect(recorder.error.hasPrefix("recurrent: error: unknown option --loud\n"))
    #expect(recorder.output.contains("\"code\" : \"unknown-option\""))
    #expect(recorder.output.contains("\"file\" : null"))
    let literal = Recorder()
    #expect(run("echo --loud -- --json", literal) == .usage)
    #expect(literal.output == "")
  }

  @Test func versionAndHelp() {
    let recorder = Recorder()
    #expect(run("--version", recorder) == .done)
    #expect(recorder.output == "recurrent \(CommandTable.version)\n")
    let help = Recorder()
    #expect(run("help", help) == .done)
    #expect(help.output.contains("  train learn     Learn it\n"))
    #expect(help.output.contains("  130  interrupted with Ctrl-C\n"))
    #expect(run("", Recorder()) == .usage)
  }

  @Test func missingFilesAndFullDisks() {
    let recorder = Recorder()
    #expect(run("echo a --config /nowhere/c.json", recorder) == .noInput)
    #expect(recorder.error.contains("/nowhere/c.json: this configuration file cannot be read\n  hint: there is no"))
    #expect(run("echo a", Recorder(failsToWrite: true)) == .inputOutput)
  }

  @Test func longMessagesAreBroken() {
    let recorder = Recorder()
    recorder.console().warning(String(repeating: "word ", count: 40))
    #expect(recorder.error.hasPrefix("recurrent: warning: word"))
    #expect(recorder.error.split(separator: "\n").count == 3)
    #expect(recorder.error.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func wordsAreQuotedForTheShell() {
    #expect(ShellQuoting.quoted("a-b_c.d/e:1") == "a-b_c.d/e:1")
    #expect(ShellQuoting.quoted("") == "''")
    #expect(ShellQuoting.quoted("mae<=3") == "'mae<=3'")
    #expect(ShellQuoting.quoted("it's") == "'it'\\''s'")
  }
}
