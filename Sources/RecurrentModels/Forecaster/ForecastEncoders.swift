import RecurrentData

/// What turns columns into model space and forecasts back, fitted on the training part: `encoders.json`.
public struct ForecastEncoders: Codable, Sendable {
  /// The names of the columns in their order, and the positions of the targets among them.
  let columns: [String]
  let targets: [Int]
  let differencing: Differencing
  let scalers: [Scaler]
  let missing: MissingValues
  let marksMissing: Bool
  let calendar: CalendarFeatures
  /// The codes of past columns of categories, by position in `columns`; nil without any.
  let categories: [Int: ColumnCode]?
  /// The known columns, and what they explain of each target; nil without any.
  let known: KnownCovariates?
  let effects: [CovariateEffects]?

  /// Fits the encoders to the training rows of a series; the penalty of the effects is chosen on the validation rows.
  init(
    fittedTo series: TimeSeries, split: SeriesSplit, season: Int?, _ configuration: ForecasterConfiguration
  ) throws(DataError) {
    let training = split.train
    columns = series.columns.map(\.name)
    targets = series.targetIndices
    differencing = configuration.difference.differencing(season: season)
    var scalers: [Scaler] = []
    for (index, column) in series.columns.enumerated() {
      let isTarget = series.targetIndices.contains(index)
      let kind = isTarget ? configuration.scaler ?? .standard : .standard
      let values = Array(column.values[training])
      scalers.append(
        try Scaler(
          kind, fitting: isTarget ? differencing.differences(of: values) : values, name: column.name,
          rowName: { series.timeText(row: training.lowerBound + $0) }))
    }
    self.scalers = scalers
    let span = series.timestamps.flatMap { times in
      training.isEmpty ? nil : times[training.lowerBound]...times[training.upperBound - 1]
    }
    calendar = span.map { CalendarFeatures(grid: series.grid, trainingSpan: $0) } ?? CalendarFeatures(cycles: [])
    var codes: [Int: ColumnCode] = [:]
    for index in series.inputIndices where series.columns[index].categories != nil {
      codes[index] = ColumnCode(fittedTo: series.columns[index], training: training)
    }
    categories = codes.isEmpty ? nil : codes
    let fitted = series[0..<split.validation.upperBound]
    known = KnownCovariates(fittedTo: fitted, training: training, calendar: calendar)
    effects = known.map { [differencing, targets] known in
      let features = known.features(of: fitted)
      return targets.map { target in
        let column = fitted.columns[target]
        let problem = ForecastProblem(
          targetNames: [column.name],
          values: [scalers[target].scaled(differencing.differences(of: column.values))], training: training,
          validation: split.validation, test: fitted.rowCount..<fitted.rowCount, horizon: configuration.horizon,
          window: Self.window(configuration, training: training))
        return CovariateEffects(fittedTo: problem, features, differencing)
      }
    }
    let shown = Self.shown(
      fitted[training], targets: targets, differencing, scalers, codes, known,
      explained: Self.explained(fitted[training], known, effects ?? [], differencing))
    missing = MissingValues(configuration.missing, fitting: shown.columns, period: max(1, season ?? 1))
    let lost = differencing.lostRows
    marksMissing =
      configuration.missing == .mask
      && shown.targets.contains { shown.columns[$0].dropFirst(lost).contains(where: \.isNaN) }
  }

  /// The window of the linear map by whose errors effects are fitted, before a window is chosen.
  private static func window(_ configuration: ForecasterConfiguration, training: Range<Int>) -> Int {
    configuration.window ?? max(2, min(ForecastWindowChoice.mostRows, training.count / 3))
  }

  /// What known columns explain of each target, differenced as the targets are, `[target][row]`; empty without any.
  private static func explained(
    _ series: TimeSeries, _ known: KnownCovariates?, _ effects: [CovariateEffects], _ differencing: Differencing
  ) -> [[Double]] {
    guard let known else { return [] }
    let features = known.features(of: series)
    return effects.map { differencing.differences(of: $0.values(features, rows: series.rowCount)) }
  }

  /// The columns that a window is shown, `[column][row]`, and the positions of the targets among them: what known
  /// columns leave of the targets, other numbers, and the codes of categories.
  private static func shown(
    _ series: TimeSeries, targets: [Int], _ differencing: Differencing, _ scalers: [Scaler], _ codes: [Int: ColumnCode],
    _ known: KnownCovariates?, explained: [[Double]]
  ) -> (columns: [[Double]], targets: [Int]) {
    var columns: [[Double]] = []
    var positions: [Int] = []
    for (index, column) in series.columns.enumerated() where known?.positions.contains(index) != true {
      if let code = codes[index] {
        columns += code.features(of: column)
      } else if let target = targets.firstIndex(of: index) {
        positions.append(columns.count)
        let values = scalers[index].scaled(differencing.differences(of: column.values))
        columns.append(explained.isEmpty ? values : zip(values, explained[target]).map { $0 - $1 })
      } else {
        columns.append(scalers[index].scaled(column.values))
      }
    }
    return (columns, positions)
  }

  /// The number of columns that a window is shown.
  var shownCount: Int {
    columns.count - (known?.codes.count ?? 0) + (categories ?? [:]).values.reduce(0) { $0 + $1.count - 1 }
  }

  /// A series in model space.
  func frame(of series: TimeSeries) -> ForecastFrame {
    let explained = Self.explained(series, known, effects ?? [], differencing)
    let encoded = Self.shown(
      series, targets: targets, differencing, scalers, categories ?? [:], known, explained: explained)
    var features = calendar.cycles.flatMap { _ in [[Double](), [Double]()] }
    for time in series.timestamps ?? [] where !features.isEmpty {
      for (index, value) in calendar.values(at: time).enumerated() { features[index].append(value) }
    }
    return ForecastFrame(
      columns: encoded.columns, targets: encoded.targets, calendar: features, missing: missing,
      marksMissing: marksMissing, known: known?.features(of: series).all ?? [], explained: explained)
  }

  /// What known columns explain of the targets in units of the file, for the baseline that uses them; nil without
  /// known columns, and where effects do not add up in those units (after differences, a logarithm or a power).
  func effects(on series: TimeSeries) -> KnownEffects? {
    guard let known, let effects, differencing.isIdentity, targets.allSatisfy({ scalers[$0].kind.isLinear }) else {
      return nil
    }
    let features = known.features(of: series)
    let values = zip(targets, effects).map { target, effect in
      effect.values(features, rows: series.rowCount).map { $0 * scalers[target].scale }
    }
    return KnownEffects(values: values, of: targets.map { series.columns[$0].values })
  }

  /// How the counts of each target stand in model space, where that is neither differenced nor a logarithm.
  var countCodes: [CountCode] { targets.map { CountCode(center: scalers[$0].center, scale: scalers[$0].scale) } }

  /// A path of one target from model space, continuing the rows before its origin.
  func values(of path: [Double], target: Int, after history: ArraySlice<Double>) -> [Double] {
    let column = targets[target]
    let unscaled = scalers[column].values(of: path)
    guard !differencing.isIdentity else { return unscaled }
    return differencing.values(of: unscaled, after: Array(history))
  }

  /// The categories of some rows that the training part does not have, a sentence for each.
  func remarks(on series: TimeSeries, rows: Range<Int>) -> [String] {
    series.columns.enumerated().flatMap { index, column -> [String] in
      let code =
        categories?[index]
        ?? known.flatMap { known in
          known.positions.firstIndex(of: index).map { known.codes[$0] }
        }
      guard let code else { return [] }
      return code.uncoded(in: column, rows: rows).map { label, count in
        "\(column.name) is \(DataError.quoted(label)) in \(count) \(count == 1 ? "row" : "rows"), which the training "
          + "part has not enough of: it counts there as no category"
      }
    }
  }

  /// Whether the parts fit together.
  var isSound: Bool {
    let most = 10_000_000
    return scalers.count == columns.count && missing.means.count == shownCount && !targets.isEmpty
      && targets.allSatisfy { columns.indices.contains($0) } && Set(targets).count == targets.count
      && scalers.allSatisfy(\.isSound) && differencing.lostRows <= most
      && differencing.lags.count <= 16 && missing.period <= most
      && (categories ?? [:]).allSatisfy { columns.indices.contains($0.key) && $0.value.isSound } && areEffectsSound
  }

  private var areEffectsSound: Bool {
    guard let known, let effects else { return known == nil && effects == nil }
    let columns = known.codes.reduce(0) { $0 + $1.count }
    return known.isSound && known.positions.allSatisfy { self.columns.indices.contains($0) && !targets.contains($0) }
      && effects.count == targets.count
      && effects.allSatisfy { $0.weights.count == (columns + 1) * (2 * known.harmonics + 1) }
  }
}
