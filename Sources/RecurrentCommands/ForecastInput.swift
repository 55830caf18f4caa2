import Recurrent

/// The series that a command line speaks of, read and cut into parts.
struct ForecastInput {
  let series: TimeSeries
  /// nil for the standard split.
  let split: SeriesSplit?

  /// Reads the files of `train forecast`.
  ///
  /// - Throws: `DataError` with the place of what is wrong.
  init(_ options: ForecastOptions) throws {
    var reading = ReadingOptions()
    if !options.target.isEmpty { reading.targets = options.target }
    if let time = options.time { reading.timeColumn = time == "none" ? .none : .named(time) }
    reading.timeFormat = options.timeFormat
    reading.frequency = options.frequency
    if options.noHeader { reading.hasHeader = false }
    reading.delimiter = options.delimiter.flatMap { Self.delimiters[$0] }
    let paths = options.data + [options.validation, options.test].compactMap(\.self)
    series = try TimeSeries(contentsOf: paths, options: reading)
    if let split = options.split {
      self.split = try SeriesSplit(series, rule: SeriesSplit.Rule(split, timeFormat: series.timeFormat))
    } else if options.test != nil {
      self.split = try SeriesSplit(
        series, validationFile: options.validation.map { _ in options.data.count },
        testFile: options.data.count + (options.validation == nil ? 0 : 1))
    } else {
      self.split = nil
    }
  }

  private static let delimiters: [String: Character] = ["comma": ",", "semicolon": ";", "tab": "\t"]

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
    lines += summary.notes
    lines += outline.split.text(for: series)
    lines.append(outline.season?.explanation ?? "no season found")
    return lines
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
    dropout = options.dropout
    allowsShortcut = !options.noShortcut
    hasQuantileHeads = options.quantileHeads
    scaler = options.scaler.flatMap(Scaler.Kind.init)
    difference = Difference(rawValue: options.difference) ?? .none
    missing = MissingValues.Method(rawValue: options.missing) ?? .mask
    epochs = options.epochs
    batchSize = options.batch
    optimizer = options.optimizer
    learningRate = options.learningRate
    clipNorm = options.clipNorm
    patience = options.patience
    timeLimit = options.timeLimit?.seconds
    seed = options.seed
  }
}
