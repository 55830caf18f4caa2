package import CommandLineKit
import Recurrent

/// `recurrent train forecast`: from CSV files to a judged forecaster in a folder.
package struct TrainForecastCommand: Command {
  package static let definition = ForecastOptionTable.definition

  private let options: ForecastOptions
  private let conduct: TrainingConduct

  package init(_ arguments: ParsedArguments) throws {
    options = try ForecastOptions(arguments)
    conduct = TrainingConduct(arguments)
  }

  package func run(in context: CommandContext) throws -> ExitCode {
    let clock = ContinuousClock()
    let start = clock.now
    if let threads = options.threads { Threads.count = threads }
    let folder = ModelFolder(options.output)
    let record = try conduct.record(of: options, in: folder, context)
    if let form = options.form {
      return try PanelTraining(options: options, conduct: conduct, form: form, folder: folder, record: record)
        .run(in: context)
    }
    let input = try ForecastInput(options)
    let configuration = ForecasterConfiguration(options)
    let outline = try ForecastOutline(of: input.series, split: input.split, configuration)
    if let future = input.future { try outline.check(future, after: input.series) }
    let search = ForecasterSearch(options)
    for line in input.description(outline) { context.console.message(line) }
    if conduct.isDryRun {
      try dryRun(input, outline, configuration, search, context, seconds: { (clock.now - start).inSeconds })
      return .done
    }
    let training = try TrainingFolder(
      of: folder, record: record, data: .init(digest: input.series.digest, rows: input.series.rowCount),
      resuming: conduct.resumes)
    let checkpoints = FittingCheckpoints(training.path, every: .seconds(conduct.checkpointInterval))
    var log = TrainingLog(context.console, file: training.logFile)
    let (forecaster, table): (Forecaster, SearchTable?)
    do {
      let onEvent: (ForecasterEvent) -> Void = { log.add($0) }
      if let search {
        (forecaster, table) = try search.fit(
          to: input.series, split: outline.split, configuration: configuration, checkpoints: checkpoints,
          isCancelled: { Interruption.isRequested }, onEvent: onEvent)
      } else {
        forecaster = try Forecaster(
          fittedTo: input.series, split: outline.split, configuration: configuration, checkpoints: checkpoints,
          isCancelled: { Interruption.isRequested }, onEvent: onEvent)
        table = nil
      }
    } catch {
      log.finish()
      throw training.failure(error)
    }
    log.finish()
    try training.checkInterruption()
    let further = options.refitPolicy.fittings(origins: forecaster.origins(on: input.series).count) - 1
    if further > 0 {
      // A training that went on does not say how long a whole one takes.
      let once = table?.best?.results.last?.seconds ?? (conduct.resumes ? nil : (clock.now - start).inSeconds)
      context.console.message(
        "the backtest trains \(further) times more"
          + (once.map { ", about \(NumberText.duration(seconds: Double(further) * $0))" } ?? ""))
    }
    var refits = TrainingLog(context.console)
    let judged: ForecastBacktest.Result
    do {
      judged = try forecaster.backtest(
        on: input.series, refit: options.refitPolicy, checkpoints: checkpoints,
        isCancelled: { Interruption.isRequested }, onEvent: { refits.add($0) })
    } catch {
      refits.finish()
      throw error is TrainingError ? training.failure(error) : error
    }
    refits.finish()
    log.append(refits)
    try training.checkInterruption()
    let hasFuture = forecaster.knownNames.isEmpty || input.future != nil
    let next = hasFuture ? try forecaster.forecast(after: input.series, future: input.future) : nil
    try training.checkInterruption()
    let run = ForecastRun(
      options: options, input: input, forecaster: forecaster, judged: judged, next: next, search: table, log: log,
      commandLine: record.commandLine, seconds: (clock.now - start).inSeconds)
    let document = run.document
    try training.finish(try run.files())
    for remark in document.remarks { context.console.message("training: \(remark)") }
    for warning in document.warnings { context.console.warning(warning) }
    context.console.message("model and report in \(folder.path)")
    if conduct.printsJSON {
      try context.console.result(json: document)
    } else {
      try context.console.result(run.text(plots: conduct.plots, on: context.console))
    }
    return .done
  }

  /// What would be done, and how good the baselines are.
  private func dryRun(
    _ input: ForecastInput, _ outline: ForecastOutline, _ configuration: ForecasterConfiguration,
    _ search: ForecasterSearch?, _ context: CommandContext, seconds: () -> Double
  ) throws {
    let window = try outline.window(for: input.series)
    let baselines = ForecastBacktest(
      of: outline.problem(input.series, window: window.rows), level: configuration.judgedLevel
    ).baselineMetrics()
    let document = ForecastDocument(
      command: context.commandLine, status: "dry-run", model: nil,
      data: .init(
        input.series, outline.split, horizon: options.horizon, window: window.rows, season: outline.season),
      baselines: baselines, seconds: seconds(), seed: options.seed, threads: Threads.count)
    guard !conduct.printsJSON else { return try context.console.result(json: document) }
    let space = try search?.space(outline, input.series, configuration).dimensions.map(\.text) ?? []
    let decoding = configuration.decoder.explanation(horizon: options.horizon, segment: window.segment)
    let lines =
      input.description(outline) + [window.reason] + (decoding.map { [$0] } ?? [])
      + (search.map { ["search: \($0.candidates) candidates (\($0.method.rawValue)) of"] } ?? [])
      + space.map { "  \($0)" }
    try context.console.result(
      lines.joined(separator: "\n") + "\n\nBaselines on the test part:\n"
        + ScoreTable.text(model: nil, baselines: baselines, level: configuration.judgedLevel))
  }
}

extension Duration {
  /// This duration in seconds.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
