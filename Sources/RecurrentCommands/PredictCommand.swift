package import CommandLineKit
import Recurrent

/// `recurrent predict`: the rows that follow the last one known.
package struct PredictCommand: Command {
  package static let definition = PredictOptions.definition

  private let options: PredictOptions

  package init(_ arguments: ParsedArguments) throws { options = try PredictOptions(arguments) }

  package func run(in context: CommandContext) throws -> ExitCode {
    if let threads = options.threads { Threads.count = threads }
    if let trees = try TrainedTrees(options.model) {
      try checkOneSeries()
      try write(try classes(by: trees), in: context)
      return .done
    }
    if let panel = try TrainedPanel(options.model) {
      try checkOneSeries()
      try write(try forecast(of: panel), in: context)
      return .done
    }
    let model = try TrainedForecaster(options.model)
    let series = try options.data.map { try model.series(contentsOf: $0) } ?? model.lastRows()
    let future = try options.future.map { try model.future(contentsOf: $0) }
    let text =
      try options.samples.map { try paths($0, of: model, series, future) } ?? forecast(of: model, series, future)
    if let future {
      let whole = try model.forecaster.continued(series, by: future)
      for remark in model.forecaster.remarks(on: whole, rows: series.rowCount..<whole.rowCount) {
        context.console.warning(remark)
      }
    }
    try write(text, in: context)
    return .done
  }

  /// Refuses what belongs to models of one series.
  private func checkOneSeries() throws(UsageError) {
    for (name, isGiven) in [("future", options.future != nil), ("samples", options.samples != nil)] where isGiven {
      throw UsageError(
        .conflictingOptions, "--\(name) needs a model of one series", hint: "leave it out", commandPath: ["predict"])
    }
  }

  /// The classes of trees as text.
  private func classes(by model: TrainedTrees) throws -> [UInt8] {
    guard let data = options.data else {
      throw UsageError(
        .missingArgument, "a classifier of trees needs DATA", hint: "name a file of trees, or - for standard input",
        commandPath: ["predict"])
    }
    let bank = try Treebank(contentsOf: data)
    let classes = try model.classifier.classes(of: bank)
    return switch options.format {
    case .csv: Array(TreeTable.csv(bank, classes).utf8)
    case .json: try ModelFolder.json(TreeTable.Document(bank, classes, labels: model.classifier.labels))
    }
  }

  /// The forecast of one series as text.
  private func forecast(of model: TrainedForecaster, _ series: TimeSeries, _ future: TimeSeries?) throws -> [UInt8] {
    let forecast = try model.forecaster.forecast(after: series, future: future)
    try check(forecast.values + (forecast.lower + forecast.upper).joined())
    return switch options.format {
    case .csv: Array(ForecastTable.csv(forecast).utf8)
    case .json: try ModelFolder.json(ForecastTable.Document(forecast))
    }
  }

  /// Futures drawn from the forecast of one series, as text.
  private func paths(
    _ count: Int, of model: TrainedForecaster, _ series: TimeSeries, _ future: TimeSeries?
  ) throws -> [UInt8] {
    let paths = try model.forecaster.samplePaths(after: series, future: future, count: count, seed: options.seed)
    try check(Array(paths.values.joined()))
    return switch options.format {
    case .csv: Array(PathTable.csv(paths).utf8)
    case .json: try ModelFolder.json(PathTable.Document(paths, seed: options.seed))
    }
  }

  /// The forecast of many series as text.
  private func forecast(of model: TrainedPanel) throws -> [UInt8] {
    let panel = try options.data.map { try model.panel(contentsOf: [$0]) } ?? model.lastRows()
    let forecast = model.forecaster.forecast(after: panel)
    try check(forecast.values + (forecast.lower + forecast.upper).joined())
    return switch options.format {
    case .csv: Array(PanelTable.csv(forecast).utf8)
    case .json: try ModelFolder.json(PanelTable.Document(forecast))
    }
  }

  private func check(_ values: [[Double]]) throws(CommandFailure) {
    guard values.joined().allSatisfy(\.isFinite) else {
      throw CommandFailure(
        .badData, code: "not-finite", "the forecast is not a finite number", file: options.data ?? options.model,
        hint: "compare the size of these values with those the model was trained with")
    }
  }

  /// Writes the text where the options say.
  private func write(_ text: [UInt8], in context: CommandContext) throws {
    guard let output = options.output else { return try context.console.result(String(decoding: text, as: UTF8.self)) }
    try OutputFile.write(text, to: output, overwriting: options.overwrites)
  }
}
