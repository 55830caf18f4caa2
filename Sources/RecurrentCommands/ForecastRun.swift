import CommandLineKit
import Recurrent

/// A finished training of a forecaster, and the files and texts made of it.
struct ForecastRun {
  let options: ForecastOptions
  let input: ForecastInput
  let forecaster: Forecaster
  let judged: ForecastBacktest.Result
  /// The next values; nil where known columns of their rows are not given.
  let next: Forecast?
  /// What was tried; nil without a search.
  let search: SearchTable?
  let log: TrainingLog
  let commandLine: String
  let seconds: Double
  // Taken once, so that what is printed is what the file says.
  private let threads = Threads.count
  private let peakMemoryBytes = ForecastDocument.peakMemoryBytes()

  /// The files of a model folder, besides those of the forecaster itself.
  private enum FileName {
    static let metrics = "metrics.json", forecast = "forecast.csv", log = "log.jsonl", report = "report.html"
  }

  /// What `config.json` holds.
  private struct Configuration: Encodable {
    let format = ModelFolder.format
    let program = "\(CommandTable.programName) \(CommandTable.version)"
    let command: [String]
    let commandLine: String
    let options: ForecastOptions
    let seed: UInt64
    let forecaster: ForecasterRecord
  }

  var document: ForecastDocument {
    ForecastDocument(
      command: commandLine, status: "done",
      model: .init(forecaster),
      data: .init(
        input.series, forecaster.split, horizon: options.horizon, window: forecaster.window,
        season: forecaster.season),
      evaluation: judged.evaluation, refit: refit, search: search, remarks: remarks, warnings: warnings,
      seconds: seconds, seed: options.seed,
      threads: threads, peakMemoryBytes: peakMemoryBytes,
      files: [
        Forecaster.FileName.configuration, Forecaster.FileName.weights, Forecaster.FileName.encoders,
        Forecaster.FileName.paths, Forecaster.FileName.data, FileName.metrics,
      ].map { "\(options.output)/\($0)" } + outputNames.map { "\(options.output)/\($0)" })
  }

  private var refit: ForecastDocument.Refit {
    ForecastDocument.Refit(options.refitPolicy, judged)
  }

  private var outputNames: [String] { (next == nil ? [] : [FileName.forecast]) + [FileName.log, FileName.report] }

  func files() throws -> [(name: String, bytes: [UInt8])] {
    let configuration = Configuration(
      command: ["train", "forecast"], commandLine: commandLine, options: options, seed: options.seed,
      forecaster: forecaster.record)
    var files: [(name: String, bytes: [UInt8])] = []
    files.append((Forecaster.FileName.configuration, try ModelFolder.json(configuration)))
    files += try forecaster.files(continuing: input.series)
    files.append((FileName.metrics, try ModelFolder.json(document)))
    if let next { files.append((FileName.forecast, Array(ForecastTable.csv(next).utf8))) }
    files.append((FileName.log, Array((log.lines.joined(separator: "\n") + "\n").utf8)))
    files.append((FileName.report, Array(ForecastReport(report).html.utf8)))
    return files
  }

  /// What the reader should know before using the model.
  var warnings: [String] {
    var warnings: [String] = []
    let evaluation = judged.evaluation
    if evaluation.verdict.kind != .better { warnings.append(evaluation.verdict.sentence) }
    if let coverage = evaluation.metrics.overall.coverage, abs(coverage - evaluation.level) > 0.1 {
      warnings.append(
        "\(NumberText.percent(evaluation.level, decimals: 0)) intervals contained "
          + "\(NumberText.percent(coverage, decimals: 0)) of the test values")
    }
    let summary = input.series.summary
    if summary.gaps.count > 0 {
      warnings.append("\(summary.gaps.rowCount) rows are missing from the grid, in \(summary.gaps.count) gaps")
    }
    for column in summary.columns where column.missingCount * 5 > summary.rowCount {
      warnings.append(
        "\(NumberText.percent(Double(column.missingCount) / Double(summary.rowCount), decimals: 0)) of \(column.name) "
          + "is missing")
    }
    return warnings + forecaster.remarks(on: input.series, rows: forecaster.split.train.upperBound..<summary.rowCount)
  }

  /// The verdict, the scores and the next values, for a person.
  func text(plots: Bool, on console: Console) -> String {
    let evaluation = judged.evaluation
    var text = TextLayout.fitted(evaluation.verdict.sentence) + "\n\n"
    text += ScoreTable.text(model: evaluation.metrics, baselines: evaluation.baselines, level: evaluation.level) + "\n"
    if options.refit != nil { text += TextLayout.fitted("The backtest: \(refit.text).") + "\n\n" }
    if let search { text += SearchText.text(search) + "\n" }
    guard let next else {
      return text
        + TextLayout.fitted(
          "The next values need the known columns of their rows: recurrent predict \(options.output) --future FILE")
        + "\n"
    }
    if plots { text += plot(next, on: console) + "\n" }
    return text + "The next \(options.horizon) values:\n" + ForecastTable.text(next)
  }

  private func plot(_ next: Forecast, on console: Console) -> String {
    next.targets.indices.prefix(4).map { target in
      let column = input.series[next.targets[target]] ?? []
      let history = Array(column.suffix(max(40, 3 * options.horizon)))
      let widest = next.levels.count - 1
      return TerminalPlot(
        title: next.targets[target], history: history, forecast: next.values[target],
        lower: widest >= 0 ? next.lower[widest][target] : [], upper: widest >= 0 ? next.upper[widest][target] : [],
        labels: (
          input.series.timeText(row: input.series.rowCount - history.count), next.times.first ?? "",
          next.times.last ?? ""
        )
      ).text(width: console.errorStream.width, style: console.showsUnicode ? .braille : .ascii)
    }.joined(separator: "\n")
  }

  /// The loss curve of the best network.
  private var curve: TrainingLog.Curve? {
    log.curves.filter { $0.network.candidate == search?.chosen }
      .min { ($0.bestLoss ?? .infinity) < ($1.bestLoss ?? .infinity) }
  }

  /// What the course of the best network's training says.
  var remarks: [TrainingRemark] { curve.map { log.remarks(on: $0.network) } ?? [] }

  private var report: ForecastReportContent {
    let targets = forecaster.targetNames.count
    func flat(_ values: [[Double]]) -> [Double] {
      (0..<options.horizon).flatMap { step in (0..<targets).map { values[$0][step] } }
    }
    var content = ForecastReportContent(
      series: input.series, problem: forecaster.problem(on: input.series), evaluation: judged.evaluation,
      samples: judged.samples,
      next: next.map { next in
        .init(
          point: flat(next.values),
          intervals: next.levels.enumerated().map { index, level in
            .init(level: level, lower: flat(next.lower[index]), upper: flat(next.upper[index]))
          })
      }, command: commandLine)
    let curve = curve
    content.epochs = (curve?.epochs ?? []).map {
      .init(number: $0.epoch, trainingLoss: $0.trainLoss, validationLoss: $0.validationLoss)
    }
    content.trainingRemarks = remarks.map(\.text)
    if let found = log.learningRate(candidate: search?.chosen) {
      let points = found.finding.points
      content.learningRate = .init(
        rates: points.map(\.learningRate), losses: points.map(\.loss), smoothedLosses: points.map(\.smoothedLoss),
        used: found.used, explanation: found.finding.description)
    }
    content.bestEpoch = curve?.epochs.last { $0.isBest }?.epoch
    content.seasonExplanation = forecaster.season?.explanation
    content.warnings = warnings
    content.model = [
      .init("Networks", log.notes.last ?? ""), .init("Cell", forecaster.configuration.cell),
      .init("Decoder", forecaster.configuration.decoder.name), .init("Backtest", refit.text),
      .init("Window", "\(forecaster.window) rows"), .init("Parameters", "\(forecaster.parameterCount)"),
      .init("Digest of the weights", forecaster.weightsDigest),
      .init("Time", NumberText.duration(seconds: seconds)),
    ]
    content.search = search
    content.configuration = options.settings.map { .init($0.name, $0.value) }
    return content
  }
}
