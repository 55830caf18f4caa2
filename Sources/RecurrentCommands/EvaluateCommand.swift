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
      judged = try forecaster.backtest(on: series)
    }
    try Interruption.check()
    let evaluation = judged.evaluation
    let document = ForecastDocument(
      command: context.commandLine, status: "done",
      model: .init(
        cell: forecaster.configuration.cell, parameters: forecaster.parameterCount,
        weightsDigest: forecaster.weightsDigest),
      data: .init(
        series, split, horizon: forecaster.configuration.horizon, window: forecaster.window,
        season: forecaster.season),
      evaluation: evaluation, seconds: (clock.now - start).inSeconds, seed: forecaster.configuration.seed,
      threads: Threads.count)
    if options.printsJSON {
      try context.console.result(json: document)
    } else {
      try context.console.result(
        TextLayout.fitted(evaluation.verdict.sentence) + "\n\n"
          + ScoreTable.text(model: evaluation.metrics, baselines: evaluation.baselines, level: evaluation.level))
    }
    return unmet(evaluation, context) ? .requirementNotMet : .done
  }

  /// Says which requirements are not met; whether there are any.
  private func unmet(_ evaluation: ForecastEvaluation, _ context: CommandContext) -> Bool {
    var isUnmet = false
    for requirement in options.requirements {
      let value = evaluation.value(of: requirement.metric)
      if let value, requirement.isMet(by: value) { continue }
      isUnmet = true
      context.console.error(
        "recurrent: not met: \(requirement), seen \(value.map { "\($0)" } ?? "no such figure here")\n")
    }
    return isUnmet
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
