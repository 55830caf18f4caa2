import RecurrentData

/// How the numbers that do not change within a series become features. Fitted on the series that are learned from.
///
///     x -> (clamp((x - mean) / deviation, -4, 4), 0), and (0, 1) where missing
struct PanelStatics: Codable, Sendable, Equatable {
  /// One column.
  struct Code: Codable, Sendable, Equatable {
    let name: String
    /// Over series, each counting once.
    let mean, deviation: Double
  }

  let codes: [Code]

  private static let bound = 4.0

  /// Fits to some series of a panel; nil without static columns.
  init?(fittedTo members: [SeriesPanel.Member], names: [String]) {
    guard !names.isEmpty else { return nil }
    codes = names.enumerated().map { index, name in
      let known = members.map { $0.statics[index] }.filter { !$0.isNaN }
      let count = Double(max(1, known.count))
      let mean = known.reduce(0) { $0 + $1 / count }
      let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
      return Code(name: name, mean: mean, deviation: variance > 1e-24 * mean * mean ? variance.squareRoot() : 1)
    }
  }

  /// The number of features.
  var count: Int { 2 * codes.count }

  /// The features of one series.
  func features(of values: [Double]) -> [Double] {
    zip(codes, values).flatMap { code, value in
      value.isNaN ? [0, 1] : [min(max((value - code.mean) / code.deviation, -Self.bound), Self.bound), 0]
    }
  }

  var isSound: Bool {
    !codes.isEmpty && codes.allSatisfy { $0.mean.isFinite && $0.deviation.isFinite && $0.deviation > 0 }
  }
}
