/// How the windows of many series are brought to one size, so that one network can learn from all of them.
struct PanelEncoding: Codable, Sendable, Equatable {
  /// What is taken of the values before everything else.
  enum Measure: String, Codable, Sendable {
    /// Their logarithm: equal shares of change are equal then whatever the size of a series.
    case logarithm
    /// The values; a window is divided by its own spread as well.
    case plain
  }

  let measure: Measure
  /// Rows that a network sees, and the rows it forecasts.
  let window, horizon: Int
  /// Forecasts start from the mean of what the last so many rows repeat; the first is the cycle of windows' levels.
  let cycles: [Int]
  /// The names of the categories, and the texts known of each.
  let categories: [String]
  let texts: [[String]]
  /// The features of the static columns; nil without any.
  var statics: PanelStatics?
  /// The unit of windows of logarithms; nil for other values, where it does not help, and in folders from before it.
  var unit: PanelUnit?

  /// The rows at the end of a window whose mean is its level.
  var levelRows: Int { cycles[0] > 1 ? cycles[0] : window }

  /// The number of a series' text in each category, from 1; 0 for a text that was not met in training.
  func numbers(of texts: [String]) -> [Int] {
    zip(self.texts, texts).map { known, text in (known.firstIndex(of: text) ?? -1) + 1 }
  }
}

/// One window of one series: a row of a batch.
package struct PanelSample: Sendable {
  package let series: Int
  /// The first row to forecast.
  package let origin: Int
}

/// A window on its own level and spread, with the forecast that takes no learning.
struct PanelWindow {
  /// `[window]`, oldest first.
  let inputs: [Double]
  /// `[horizon]`.
  let base: [Double]
  let level, spread: Double
  /// How much its errors count in training.
  let weight: Double
  /// The mean change over a cycle within the window, in the unit of the measure.
  let roughness: Double
}
