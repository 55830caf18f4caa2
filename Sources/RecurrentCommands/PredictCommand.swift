package import CommandLineKit
import Recurrent

/// `recurrent predict`: the rows that follow the last one known.
package struct PredictCommand: Command {
  package static let definition = PredictOptions.definition

  private let options: PredictOptions

  package init(_ arguments: ParsedArguments) { options = PredictOptions(arguments) }

  package func run(in context: CommandContext) throws -> ExitCode {
    if let threads = options.threads { Threads.count = threads }
    let model = try TrainedForecaster(options.model)
    let series = try options.data.map { try model.series(contentsOf: $0) } ?? model.lastRows()
    let future = try options.future.map { try model.future(contentsOf: $0) }
    let forecast = try model.forecaster.forecast(after: series, future: future)
    if let future {
      let whole = try model.forecaster.continued(series, by: future)
      for remark in model.forecaster.remarks(on: whole, rows: series.rowCount..<whole.rowCount) {
        context.console.warning(remark)
      }
    }
    guard (forecast.values + (forecast.lower + forecast.upper).joined()).joined().allSatisfy(\.isFinite) else {
      throw CommandFailure(
        .badData, code: "not-finite", "the forecast is not a finite number", file: options.data ?? options.model,
        hint: "compare the size of these values with those the model was trained with")
    }
    let text: [UInt8] =
      switch options.format {
      case .csv: Array(ForecastTable.csv(forecast).utf8)
      case .json: try ModelFolder.json(ForecastTable.Document(forecast))
      }
    guard let output = options.output else {
      try context.console.result(String(decoding: text, as: UTF8.self))
      return .done
    }
    try OutputFile.write(text, to: output, overwriting: options.overwrites)
    return .done
  }
}
