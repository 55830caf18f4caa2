import RecurrentData

/// How an input column becomes features: a number in deviations from its mean, a category one feature for each of its
/// values. Fitted on the training part.
///
///     number:   x -> clamp((x - mean) / deviation, -4, 4), 0 where missing
///     category: x -> 1 at the place of x among `labels`, else 0
///
/// A category that the training part does not have, and a missing one, has the code of no category: all zero.
struct ColumnCode: Codable, Sendable {
  let name: String
  /// The categories, most frequent first; nil for a number.
  let labels: [String]?
  let mean, deviation: Double

  private static let bound = 4.0
  /// Rarer categories than these share the code of no category.
  private static let mostLabels = 64
  /// A known column of so few different whole numbers, such as months, holds categories.
  private static let wholeNumbers = 3...31

  init(fittedTo column: TimeSeries.Column, training: Range<Int>) {
    name = column.name
    let known = column.values[training].filter { !$0.isNaN }
    let different = Set(known)
    let isCategory =
      column.categories != nil
      || Self.wholeNumbers.contains(different.count) && different.allSatisfy { $0 == $0.rounded() }
    if isCategory {
      var counts: [String: Int] = [:]
      for row in training { if let label = column.category(row: row) { counts[label, default: 0] += 1 } }
      let ranked = counts.sorted { $0.value > $1.value || $0.value == $1.value && $0.key < $1.key }
      labels = ranked.prefix(Self.mostLabels).map(\.key)
      (mean, deviation) = (0, 1)
    } else {
      labels = nil
      let count = Double(max(1, known.count))
      let mean = known.reduce(0) { $0 + $1 / count }
      let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
      self.mean = mean
      deviation = variance > 1e-24 * mean * mean ? variance.squareRoot() : 1
    }
  }

  /// The number of features.
  var count: Int { labels?.count ?? 1 }

  /// The features of a column, `[feature][row]`.
  func features(of column: TimeSeries.Column) -> [[Double]] {
    guard let labels else {
      return [column.values.map { $0.isNaN ? 0 : min(max(($0 - mean) / deviation, -Self.bound), Self.bound) }]
    }
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var features = labels.map { _ in [Double](repeating: 0, count: column.values.count) }
    for row in column.values.indices {
      if let place = column.category(row: row).flatMap({ places[$0] }) { features[place][row] = 1 }
    }
    return features
  }

  /// The categories of some rows that have no code, with the number of their rows.
  func uncoded(in column: TimeSeries.Column, rows: Range<Int>) -> [(label: String, rows: Int)] {
    guard let labels else { return [] }
    let coded = Set(labels)
    var counts: [String: Int] = [:]
    for row in rows {
      if let label = column.category(row: row), !coded.contains(label) { counts[label, default: 0] += 1 }
    }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  var isSound: Bool {
    deviation.isFinite && deviation > 0 && mean.isFinite && Set(labels ?? []).count == labels?.count ?? 0
  }
}
