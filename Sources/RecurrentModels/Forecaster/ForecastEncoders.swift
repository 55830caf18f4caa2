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

  /// Fits the encoders to the training rows of a series.
  init(
    fittedTo series: TimeSeries, training: Range<Int>, season: Int?, _ configuration: ForecasterConfiguration
  ) throws(DataError) {
    columns = series.columns.map(\.name)
    targets = series.targetIndices
    differencing = configuration.difference.differencing(season: season)
    var scalers: [Scaler] = []
    var known: [[Double]] = []
    for (index, column) in series.columns.enumerated() {
      let isTarget = series.targetIndices.contains(index)
      let training = Array(column.values[training])
      let changes = isTarget ? differencing.differences(of: training) : training
      let kind = isTarget ? configuration.scaler ?? .standard : .standard
      let scaler = try Scaler(kind, fitting: changes, name: column.name)
      scalers.append(scaler)
      known.append(scaler.scaled(changes))
    }
    self.scalers = scalers
    missing = MissingValues(configuration.missing, fitting: known, period: max(1, season ?? 1))
    let lost = differencing.lostRows
    marksMissing =
      configuration.missing == .mask
      && series.targetIndices.contains { known[$0].dropFirst(lost).contains(where: \.isNaN) }
    let span = series.timestamps.flatMap { times in
      training.isEmpty ? nil : times[training.lowerBound]...times[training.upperBound - 1]
    }
    calendar = span.map { CalendarFeatures(grid: series.grid, trainingSpan: $0) } ?? CalendarFeatures(cycles: [])
  }

  /// A series in model space.
  func frame(of series: TimeSeries) -> ForecastFrame {
    let encoded = series.columns.enumerated().map { index, column in
      let isTarget = targets.contains(index)
      return scalers[index].scaled(isTarget ? differencing.differences(of: column.values) : column.values)
    }
    var features = calendar.cycles.flatMap { _ in [[Double](), [Double]()] }
    for time in series.timestamps ?? [] where !features.isEmpty {
      for (index, value) in calendar.values(at: time).enumerated() { features[index].append(value) }
    }
    return ForecastFrame(
      columns: encoded, targets: targets, calendar: features, missing: missing, marksMissing: marksMissing)
  }

  /// A path of one target from model space, continuing the rows before its origin.
  func values(of path: [Double], target: Int, after history: ArraySlice<Double>) -> [Double] {
    let column = targets[target]
    let unscaled = scalers[column].values(of: path)
    guard !differencing.isIdentity else { return unscaled }
    return differencing.values(of: unscaled, after: Array(history))
  }
}
