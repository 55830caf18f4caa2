package import CommandLineKit

/// `recurrent train TASK`: the tasks of the table below one word.
package enum TrainCommand {
  package static func definition(tasks: [CommandDefinition]) -> CommandDefinition {
    CommandDefinition(
      "train", summary: "Learn from data and write a model folder",
      discussion: """
        The task may also stand in a configuration file: recurrent train --config MODEL/config.json repeats a run.
        """,
      subcommands: tasks, subcommandName: "task")
  }
}
