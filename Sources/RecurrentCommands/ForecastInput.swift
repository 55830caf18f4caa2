import CommandLineKit
import Recurrent

/// The series that a command line speaks of, read and cut into parts.
struct ForecastInput {
  let series: TimeSeries
  /// nil for the standard split.
  let split: SeriesSplit?
  /// The rows that follow, with their known columns; nil where no file of them is given.
  let future: TimeSeries?
  /// What is done beyond a plain training, a line each.
  private let extras: [String]
  private let refit: RefitPolicy
  private let horizon: Int

  /// Reads the files of `train forecast`.
  ///
  /// - Throws: `DataError` with the place of what is wrong, `UsageError` for a split that is none.
  init(_ options: ForecastOptions) throws {
    var reading = ReadingOptions(options)
    reading.known = options.known
    if !options.past.isEmpty { reading.past = options.past == ["none"] ? [] : options.past }
    reading.categories = options.category
    let paths = options.data + [options.validation, options.test].compactMap(\.self)
    series = try TimeSeries(contentsOf: paths, options: reading)
    if let split = options.split {
      guard let rule = try? SeriesSplit.Rule(split, timeFormat: series.timeFormat) else {
        throw UsageError(
          .badValue, "option --split cannot be \"\(split)\"", expected: ForecastOptionTable.splitExpectation,
          received: split, hint: "write times as the file does, such as \(series.timeText(row: series.rowCount / 2))",
          commandPath: ["train", "forecast"])
      }
      self.split = try SeriesSplit(series, rule: rule)
    } else if options.test != nil || options.validation != nil {
      let validation = options.validation.map { _ in options.data.count }
      let test = options.test.map { _ in options.data.count + (validation == nil ? 0 : 1) }
      self.split = try SeriesSplit(series, validationFile: validation, testFile: test)
    } else {
      self.split = nil
    }
    extras =
      (options.augment.map { names in
        ["half of the training windows are changed anew in every epoch by each of: " + names.joined(separator: ", ")]
      } ?? [])
      + (options.ensemble.map { ["an ensemble: the chosen networks are trained \($0) times, which takes that long"] }
        ?? [])
    (refit, horizon) = (options.refitPolicy, options.horizon)
    future = try options.future.map { [series] in try Self.future($0, after: series.summary, options) }
  }

  /// Reads the known columns of rows to be forecast, and nothing else of their file.
  static func future(_ path: String, after summary: SeriesSummary, _ options: ForecastOptions) throws -> TimeSeries {
    var reading = reading(summary, options)
    reading.requiredColumns = reading.known
    reading.targets = []
    reading.categories = reading.categories.filter(reading.known.contains)
    return try TimeSeries(contentsOf: [path], options: reading)
  }

  /// How files are read that go with a series read before.
  static func reading(_ summary: SeriesSummary, _ options: ForecastOptions) -> ReadingOptions {
    func names(_ isMeant: (SeriesSummary.Column) -> Bool) -> [String] { summary.columns.filter(isMeant).map(\.name) }
    var reading = ReadingOptions()
    reading.targets = names { $0.role == .target }
    reading.known = names { $0.role == .known }
    reading.categories = names { $0.categoryCount != nil }
    reading.timeColumn = summary.timeColumn.map { .named($0) } ?? .none
    reading.grid = summary.grid
    reading.timeFormat = options.timeFormat
    if options.noHeader { reading.hasHeader = false }
    return reading
  }

  /// How the files were understood, a line each.
  func description(_ outline: ForecastOutline) -> [String] {
    let summary = series.summary
    var lines: [String] = []
    let span = [summary.firstTime, summary.lastTime].compactMap(\.self).joined(separator: " to ")
    lines.append(
      "\(summary.rowCount) rows, \(summary.frequency)\(span.isEmpty ? "" : ", \(span)")"
        + (summary.timeColumn.map { " (times in \($0))" } ?? ""))
    let targets = summary.columns.filter { $0.role == .target }.map(\.name)
    let inputs = summary.columns.filter { $0.role == .input }.map(\.name)
    lines.append("to forecast: " + targets.joined(separator: ", "))
    if !inputs.isEmpty { lines.append("as inputs: " + inputs.joined(separator: ", ")) }
    let known = summary.columns.filter { $0.role == .known }.map(\.name)
    if !known.isEmpty { lines.append("known ahead: " + known.joined(separator: ", ")) }
    lines += summary.notes
    lines += outline.split.text(for: series)
    lines.append(outline.season?.explanation ?? "no season found")
    let further = refit.fittings(origins: outline.split.test.count - horizon + 1) - 1
    if let interval = refit.interval {
      lines.append(
        "the backtest fits anew at every \(interval) origins: \(further) further trainings, each as long as the first or "
          + "longer")
    }
    return lines + extras
  }
}

extension ReadingOptions {
  private static let delimiters: [String: Character] = ["comma": ",", "semicolon": ";", "tab": "\t"]

  /// What a command line says about its files.
  init(_ options: ForecastOptions) {
    self.init()
    if !options.target.isEmpty { targets = options.target }
    if let time = options.time { timeColumn = time == "none" ? .none : .named(time) }
    timeFormat = options.timeFormat
    frequency = options.frequency
    if options.noHeader { hasHeader = false }
    delimiter = options.delimiter.flatMap { Self.delimiters[$0] }
  }
}

extension ForecasterConfiguration {
  /// The configuration that a command line asks for.
  init(_ options: ForecastOptions) {
    self.init(horizon: options.horizon)
    window = options.window
    segment = options.segment
    season = options.season
    levels = options.levels
    cell = options.cell
    hiddenSize = options.hidden
    layers = options.layers
    connections = options.connections.flatMap(LayerConnections.init)
    regularization = options.regularization
    decoder = DecoderKind(named: options.decoder) ?? .direct
    dropout = options.dropout
    allowsShortcut = !options.noShortcut
    hasQuantileHeads = options.quantileHeads
    distribution = options.distribution
    scaler = options.scaler.flatMap(Scaler.Kind.init)
    difference = Difference(rawValue: options.difference) ?? .none
    missing = MissingValues.Method(rawValue: options.missing) ?? .mask
    epochs = options.epochs
    batchSize = options.batch
    optimizer = options.optimizer
    learningRate = options.learningRate ?? .standard
    schedule = options.schedule
    weightDecay = options.weightDecay
    averaging = options.average?.share
    clipNorm = options.clipNorm
    patience = options.patience
    timeLimit = options.timeLimit?.seconds
    augmentations = options.augment
    ensembleSize = options.ensemble
    seed = options.seed
  }
}

extension ForecasterSearch {
  /// The search that a command line asks for; nil without one.
  init?(_ options: ForecastOptions) {
    guard let count = options.search else { return nil }
    self.init(
      candidates: count, method: options.searchMethod.flatMap(SearchMethod.init) ?? .random,
      options: options.searchSpace ?? Self.optionNames)
  }
}
