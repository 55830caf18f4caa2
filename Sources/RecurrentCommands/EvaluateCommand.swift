package import CommandLineKit
import Recurrent

/// `recurrent evaluate`: a model beside the baselines, on its test part or on other data.
package struct EvaluateCommand: Command {
  package static let definition = EvaluateOptions.definition

  private let options: EvaluateOptions

  package init(_ arguments: ParsedArguments) { options = EvaluateOptions(arguments) }

  package func run(in context: CommandContext) throws -> ExitCode {
    let clock = ContinuousClock()
    let start = clock.now
    if let threads = options.threads { Threads.count = threads }
    if let trees = try TrainedTrees(options.model) { return try evaluate(trees, context) }
    if let panel = try TrainedPanel(options.model) {
      guard options.refit == .never else {
        throw UsageError(
          .conflictingOptions, "--refit does not go with a model of many series",
          hint: "each of its series is forecast from one origin", commandPath: ["evaluate"])
      }
      return try evaluate(panel, context)
    }
    guard options.history == nil else {
      throw UsageError(
        .conflictingOptions, "--history needs a model of many series",
        hint: "leave it out: DATA holds the rows before each forecast too", commandPath: ["evaluate"])
    }
    guard options.refit == .never || options.data == nil else {
      throw UsageError(
        .conflictingOptions, "--refit and DATA exclude each other",
        hint: "leave DATA out: the backtest on the test part of the training data can fit anew",
        commandPath: ["evaluate"])
    }
    let model = try TrainedForecaster(options.model)
    let forecaster = model.forecaster
    let series: TimeSeries
    var split = forecaster.split
    let judged: ForecastBacktest.Result
    if let data = options.data {
      series = try model.series(contentsOf: data, rowsAfterWindow: forecaster.configuration.horizon)
      split = SeriesSplit(train: 0..<0, validation: 0..<0, test: forecaster.rowsSeen..<series.rowCount)
      judged = try forecaster.backtest(onAllOf: series)
    } else {
      series = try model.trainingSeries()
      var log = TrainingLog(context.console)
      judged = try forecaster.backtest(
        on: series, refit: options.refit, isCancelled: { Interruption.isRequested }, onEvent: { log.add($0) })
      log.finish()
    }
    try Interruption.check()
    let evaluation = judged.evaluation
    let refit = ForecastDocument.Refit(options.refit, judged)
    let document = ForecastDocument(
      command: context.commandLine, status: "done",
      model: .init(forecaster),
      data: .init(
        series, split, horizon: forecaster.configuration.horizon, window: forecaster.window,
        season: forecaster.season),
      evaluation: evaluation, refit: refit, seconds: (clock.now - start).inSeconds, seed: forecaster.configuration.seed,
      threads: Threads.count)
    if options.printsJSON {
      try context.console.result(json: document)
    } else {
      try context.console.result(
        TextLayout.fitted(evaluation.verdict.sentence) + "\n\n"
          + (options.refit == .never ? "" : TextLayout.fitted("The backtest: \(refit.text).") + "\n\n")
          + ScoreTable.text(model: evaluation.metrics, baselines: evaluation.baselines, level: evaluation.level))
    }
    return unmet(context) { evaluation.value(of: $0) } ? .requirementNotMet : .done
  }

  /// Judges a model of many series.
  private func evaluate(_ model: TrainedPanel, _ context: CommandContext) throws -> ExitCode {
    let start = ContinuousClock.now
    let forecaster = model.forecaster
    let horizon = forecaster.configuration.horizon
    let history: SeriesPanel
    let truth: [[Double]?]
    if let data = options.data {
      history = try options.history.map { try model.panel(contentsOf: [$0]) } ?? model.trainingInput().whole
      truth = try history.outcomes(in: try model.panel(contentsOf: [data], isTruth: true), horizon: horizon)
    } else {
      guard options.history == nil else {
        throw UsageError(
          .missingArgument, "--history needs the file of what followed as well",
          hint: "give evaluate MODEL TRUTH --history FILE", commandPath: ["evaluate"])
      }
      let input = try model.trainingInput()
      (history, truth) = (input.history, input.truth)
    }
    let judged = try forecaster.evaluate(after: history, truth: truth)
    try Interruption.check()
    let document = ForecastDocument(
      command: context.commandLine, status: "done", model: .init(forecaster),
      data: .init(history, forecaster), evaluation: judged.evaluation, series: judged.summary,
      seconds: (ContinuousClock.now - start).inSeconds, seed: forecaster.configuration.seed, threads: Threads.count)
    if options.printsJSON {
      try context.console.result(json: document)
    } else {
      try context.console.result(PanelTable.text(judged))
    }
    return unmet(context) { judged.evaluation.value(of: $0) } ? .requirementNotMet : .done
  }

  /// Judges a classifier of trees.
  private func evaluate(_ model: TrainedTrees, _ context: CommandContext) throws -> ExitCode {
    let start = ContinuousClock.now
    for (name, isGiven) in [("history", options.history != nil), ("refit", options.refit != .never)] where isGiven {
      throw UsageError(
        .conflictingOptions, "--\(name) needs a forecaster", hint: "leave it out: this is a classifier of trees",
        commandPath: ["evaluate"])
    }
    let (training, validation) = try model.trainingTrees()
    let test = try (options.data ?? model.options.test).map { try Treebank(contentsOf: $0) }
    let classifier = model.classifier
    let document = TreeDocument(
      command: context.commandLine, classifier: classifier,
      data: .init(training: training, validation: validation, test: test),
      scores: (try classifier.evaluate(on: validation), try test.map { try classifier.evaluate(on: $0) }),
      baselines: try classifier.baselines(training: training, validation: validation, on: test ?? validation),
      seconds: (ContinuousClock.now - start).inSeconds)
    if options.printsJSON {
      try context.console.result(json: document)
    } else {
      try context.console.result(document.text)
    }
    let judged = document.test ?? document.validation
    return unmet(context) { judged.value(of: $0) } ? .requirementNotMet : .done
  }

  /// Says which requirements are not met; whether there are any.
  private func unmet(_ context: CommandContext, _ figure: (_ metric: String) -> Double?) -> Bool {
    var isUnmet = false
    for requirement in options.requirements {
      let value = figure(requirement.metric)
      if let value, requirement.isMet(by: value) { continue }
      isUnmet = true
      context.console.error(
        "recurrent: not met: \(requirement), seen \(value.map { "\($0)" } ?? "no such figure here")\n")
    }
    return isUnmet
  }
}

extension TreeScores {
  /// A figure of the model by the name it has in `--require`.
  func value(of metric: String) -> Double? {
    switch metric {
    case "accuracy": accuracy
    case "binaryAccuracy": binaryAccuracy
    case "nodeAccuracy": nodeAccuracy
    default: nil
    }
  }
}

extension ForecastEvaluation {
  /// A figure of the model by the name it has in `--require`.
  func value(of metric: String) -> Double? {
    let scores = metrics.overall
    return switch metric.lowercased() {
    case "mae": scores.mae
    case "rmse": scores.rmse
    case "mse": scores.mse
    case "smape": scores.smape
    case "mase": scores.mase
    case "scaledmae", "scaled-mae": scores.scaledMAE
    case "scaledmse", "scaled-mse": scores.scaledMSE
    case "coverage": scores.coverage
    case "intervalscore", "interval-score": scores.intervalScore
    case "skill": skill
    default: nil
    }
  }
}
