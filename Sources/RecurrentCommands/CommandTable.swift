package import CommandLineKit

/// The commands and tasks of the program. A command is one source file and one row here; a task that `train` can
/// learn is one source file and one row there.
package enum CommandTable {
  /// The name of the executable.
  package static let programName = "recurrent"

  /// The version of the program, also written into model folders.
  package static let version = "0.1.0"

  /// The commands, in the order of the help page.
  package static let commands: [any Command.Type] = [
    EvaluateCommand.self, PredictCommand.self, SummaryCommand.self, DemoCommand.self, CellsCommand.self,
    BenchCommand.self,
  ]

  /// The tasks of `train`, in the order of the help page.
  package static let tasks: [any Command.Type] = [TrainForecastCommand.self, TrainTreesCommand.self]

  /// A program made of commands; those whose name is that of a task stand below `train`.
  package static func program(
    commands: [CommandDefinition], tasks: [CommandDefinition]
  ) -> ProgramDefinition {
    let train = tasks.isEmpty ? [] : [TrainCommand.definition(tasks: tasks)]
    return ProgramDefinition(
      name: programName, version: version,
      summary: "recurrent neural networks for the data in your files", commands: train + commands,
      notes: [
        ("Exit codes", ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) }),
        (
          "Output",
          [
            ("standard output", "the result and nothing else"),
            ("standard error", "progress, messages and errors"),
          ]
        ),
      ])
  }
}
