package import CommandLineKit
import Recurrent

/// How `train` behaves, apart from what it learns: never kept with a model.
package struct TrainingConduct: Sendable, Equatable {
  /// Show what was understood and the baselines, then stop.
  package let isDryRun: Bool
  /// Draw the forecast in the terminal.
  package let plots: Bool
  /// Print the metrics as JSON.
  package let printsJSON: Bool
  /// Replace an existing model folder.
  package let overwrites: Bool
  /// Go on with the training that stands in the model folder.
  package let resumes: Bool
  /// The seconds between two checkpoints.
  package let checkpointInterval: Double

  package init(_ arguments: ParsedArguments) {
    isDryRun = arguments.flag("dry-run")
    plots = arguments.flag("plot")
    printsJSON = arguments.flag("json")
    overwrites = arguments.flag("overwrite")
    resumes = arguments.text(TrainingFolder.resumeOption) != nil
    checkpointInterval = arguments.text("checkpoint-interval").flatMap { ForecastOptions.Duration($0) }?.seconds ?? 60
  }

  /// The record of the training that a command line begins, or goes on with, in a folder where it may do so.
  ///
  /// - Throws: `CommandFailure` if another training runs there, `ModelFolderError` if something stands there or the record
  ///   is damaged, `UsageError` for options that the training which stands there was not begun with.
  func record<Options: RecordedOptions>(
    of options: Options, in folder: ModelFolder, _ context: CommandContext
  ) throws -> TrainingFolder.Record<Options> {
    let record =
      resumes
      ? try TrainingFolder.record(of: folder, resumedWith: options)
      : TrainingFolder.Record(
        command: ["train", Options.definition.name], commandLine: context.commandLine, options: options)
    if !isDryRun {
      try TrainingFolder.checkFree(folder)
      if !resumes { try folder.checkPlace(overwriting: overwrites) }
    }
    return record
  }
}
