import CommandLineKit
import Recurrent

/// `recurrent train forecast` for files of many series: from the files to a judged model in a folder.
struct PanelTraining {
  let options: ForecastOptions
  let conduct: TrainingConduct
  let form: SeriesPanel.Form
  let folder: ModelFolder
  let record: TrainingFolder.Record<ForecastOptions>

  private enum FileName {
    static let metrics = "metrics.json", forecast = "forecast.csv", scores = "scores.csv", log = "log.jsonl"
    static let report = "report.html"
  }

  /// What `config.json` holds.
  private struct Configuration: Encodable {
    let format = ModelFolder.format
    let program = "\(CommandTable.programName) \(CommandTable.version)"
    let command = ["train", "forecast"]
    let commandLine: String
    let options: ForecastOptions
    let seed: UInt64
    let panel: PanelForecasterRecord
  }

  func run(in context: CommandContext) throws -> ExitCode {
    let start = ContinuousClock.now
    let input = try PanelInput(options, form: form)
    for line in input.description { context.console.message(line) }
    if conduct.isDryRun {
      try context.console.result(input.description.joined(separator: "\n") + "\n")
      return .done
    }
    let training = try TrainingFolder(
      of: folder, record: record, data: .init(digest: input.digest, rows: input.whole.rowCount),
      resuming: conduct.resumes)
    var log = TrainingLog(context.console, file: training.logFile)
    let forecaster: PanelForecaster
    do {
      forecaster = try PanelForecaster(
        fittedTo: input.history, configuration: ForecasterConfiguration(options),
        checkpoints: FittingCheckpoints(training.path, every: .seconds(conduct.checkpointInterval)),
        isCancelled: { Interruption.isRequested },
        onEvent: { log.add($0) })
    } catch {
      log.finish()
      throw training.failure(error)
    }
    log.finish()
    try training.checkInterruption()
    let judged = try forecaster.evaluate(after: input.history, truth: input.truth)
    let next = forecaster.forecast(after: input.whole)
    try training.checkInterruption()
    let metrics = document(forecaster, input, judged, (ContinuousClock.now - start).inSeconds)
    let configuration = Configuration(
      commandLine: record.commandLine, options: options, seed: options.seed, panel: forecaster.record)
    var files = [(Forecaster.FileName.configuration, try ModelFolder.json(configuration))]
    files += try forecaster.files(continuing: input.whole, form: form).map { ($0.name, $0.bytes) }
    files.append((FileName.metrics, try ModelFolder.json(metrics)))
    files.append((FileName.forecast, Array(PanelTable.csv(next).utf8)))
    files.append((FileName.scores, Array(PanelTable.scores(judged).utf8)))
    files.append((FileName.log, Array((log.lines.joined(separator: "\n") + "\n").utf8)))
    files.append((FileName.report, Array(report(judged, input, forecaster, metrics, log).html.utf8)))
    try training.finish(files.map { (name: $0.0, bytes: $0.1) })
    for warning in metrics.warnings { context.console.warning(warning) }
    context.console.message("model, forecasts and report in \(folder.path)")
    if conduct.printsJSON {
      try context.console.result(json: metrics)
    } else {
      try context.console.result(PanelTable.text(judged))
    }
    return .done
  }

  private func document(
    _ forecaster: PanelForecaster, _ input: PanelInput, _ judged: PanelEvaluation, _ seconds: Double
  ) -> ForecastDocument {
    var warnings: [String] = []
    if judged.evaluation.verdict.kind != .better { warnings.append(judged.evaluation.verdict.sentence) }
    let unjudged = input.whole.members.count - judged.summary.count
    if unjudged > 0 {
      warnings.append("\(unjudged) of \(input.whole.members.count) series have no row to be judged on")
    }
    return ForecastDocument(
      command: record.commandLine, status: "done", model: .init(forecaster), data: .init(input.whole, forecaster),
      evaluation: judged.evaluation, series: judged.summary, warnings: warnings, seconds: seconds, seed: options.seed,
      threads: Threads.count,
      files: [
        Forecaster.FileName.configuration, Forecaster.FileName.weights, Forecaster.FileName.encoders,
        Forecaster.FileName.data, FileName.metrics, FileName.forecast, FileName.scores, FileName.log, FileName.report,
      ].map { "\(options.output)/\($0)" })
  }

  private func report(
    _ judged: PanelEvaluation, _ input: PanelInput, _ forecaster: PanelForecaster, _ document: ForecastDocument,
    _ log: TrainingLog
  ) -> PanelReport {
    PanelReport(
      judged: judged, description: input.description + log.notes, warnings: document.warnings,
      command: document.command,
      model: [
        .init("Cell", options.cell), .init("Window", "\(forecaster.window) rows"),
        .init("Parameters", "\(forecaster.parameterCount)"),
        .init("Digest of the weights", forecaster.weightsDigest),
        .init("Time", NumberText.duration(seconds: document.seconds)),
      ],
      configuration: options.settings.map { .init($0.name, $0.value) },
      horizon: input.whole.grid.text(steps: options.horizon),
      files: input.whole.sources.map { $0.file.split(separator: "/").last.map(String.init) ?? $0.file })
  }
}
