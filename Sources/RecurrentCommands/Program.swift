import CommandLineKit
import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The program `recurrent`: reads a command line, runs the command, reports what went wrong.
public enum Program {
  /// Runs the command that `arguments` (without the program's name) ask for, and gives the exit code.
  public static func run(_ arguments: [String]) -> Int32 {
    Interruption.install()
    return run(arguments, commands: CommandTable.commands, tasks: CommandTable.tasks, console: .standard).rawValue
  }

  /// Runs one of the given commands on a console.
  package static func run(
    _ arguments: [String], commands: [any Command.Type], tasks: [any Command.Type], console: Console
  ) -> ExitCode {
    let program = CommandTable.program(commands: commands.map { $0.definition }, tasks: tasks.map { $0.definition })
    do {
      if let problem = Threads.environmentProblem {
        throw UsageError(
          .badValue, "the environment variable \(problem.variable) has a value that cannot be followed",
          expected: problem.expected, received: problem.received, hint: "change it, or take it away")
      }
      switch try CommandLineParser(program, readFile: readFile).parse(Resumption.expanded(arguments)) {
      case .version:
        try console.result("\(program.name) \(program.version)\n")
        return .done
      case .help(let path):
        try console.result(HelpPage(program).text(for: path))
        return .done
      case .reference(let path):
        try console.result(
          path.isEmpty
            ? CommandReference.markdown(of: program) : CommandReference.markdown(of: program, command: path))
        return .done
      case .run(let parsed):
        let isTask = parsed.commandPath.count == 2
        let row = (isTask ? tasks : commands).first { $0.definition.name == parsed.commandPath.last }
        guard let row else { preconditionFailure("every command of the program is made from a row") }
        var console = console
        console.isQuiet = parsed.flag("quiet")
        return try row.init(parsed).run(in: CommandContext(console: console, arguments: arguments))
      }
    } catch {
      let failure = CommandFailure(error)
      console.error(failure.text(program: program.name))
      if arguments.prefix(while: { $0 != "--" }).contains("--json") {
        // Standard output may be what failed; the text above has been written all the same.
        try? console.result(json: failure)
      }
      return failure.exitCode
    }
  }

  private static func readFile(_ path: String) throws -> [UInt8] {
    do {
      return try [UInt8](Data(contentsOf: URL(filePath: path)))
    } catch {
      throw CommandFailure(
        .noInput, code: "no-input", "this configuration file cannot be read", file: path,
        hint: FileManager.default.fileExists(atPath: path) ? "check its permissions" : "there is no such file")
    }
  }
}
