import RecurrentData

extension ForecasterConfiguration {
  /// The names of the distributions that can be learned.
  public static let distributions = ForecastDistributions.all.map(\.name)

  /// Whether counts are learned.
  var learnsCounts: Bool { distribution.flatMap(ForecastDistributions.named)?.isOfCounts ?? false }

  /// Refuses a distribution that there is none of, or that does not go with the other options or the series.
  ///
  /// - Throws: `DataError` that says which row and value, or which options.
  func checkDistribution(of series: TimeSeries, training: Range<Int>) throws(DataError) {
    guard let name = distribution else { return }
    guard let distribution = ForecastDistributions.named(name) else {
      throw DataError(
        expected: "a distribution: " + Self.distributions.joined(separator: ", "), received: name)
    }
    guard !hasQuantileHeads else {
      throw DataError(
        expected: "either quantile heads or a distribution, which has quantiles", received: "both",
        hint: "leave one of them out")
    }
    guard distribution.isOfCounts else { return }
    guard difference == .none, scaler?.isLinear ?? true, (augmentations ?? []).isEmpty else {
      throw DataError(
        expected: "counts as they are for the \(name) distribution",
        received: difference != .none
          ? "their differences" : scaler?.isLinear ?? true ? "augmented ones" : "the scaler \(scaler?.rawValue ?? "")",
        hint: "leave out the difference, the scaler or the augmentation")
    }
    // What is fed back are values, not the parameters of counts.
    guard !decoder.reads.contains(.continuation) else {
      throw DataError(
        expected: "a decoder that reads no forecasts of its own for the \(name) distribution",
        received: decoder.name, hint: "choose another decoder")
    }
    for column in series.targetIndices.map({ series.columns[$0] }) {
      guard let row = training.first(where: { !Self.isCountOrMissing(column.values[$0]) }) else { continue }
      throw series.error(
        atRow: row, expected: "whole numbers of 0 and above in \(DataError.quoted(column.name)), which are counted",
        received: "\(column.values[row]) in row \(row + 1)"
          + (series.timestamps == nil ? "" : ", \(series.timeText(row: row))"),
        hint: "choose another --distribution")
    }
  }

  private static func isCountOrMissing(_ value: Double) -> Bool {
    value.isNaN || value >= 0 && value == value.rounded()
  }
}
