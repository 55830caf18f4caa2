package import RecurrentData
import RecurrentTensor

/// A series in model space: every column differenced and scaled as the encoders say, calendar features beside it.
package struct ForecastFrame: Sendable {
  /// `[column][row]`; NaN where missing.
  package let columns: [[Double]]
  /// Positions of the targets in `columns`.
  package let targets: [Int]
  /// `[feature][row]`; it may go on beyond the last row of the columns.
  let calendar: [[Double]]
  /// Features of the known columns, `[feature][row]`; empty without any.
  let known: [[Double]]
  /// What known columns explain of each target, which `columns` do not contain, `[target][row]`; empty without any.
  let explained: [[Double]]
  let missing: MissingValues
  /// Whether any column has a missing value in the rows it was fitted to, so that a mark is worth a channel.
  let marksMissing: Bool
  let isComplete: [Bool]

  package init(
    columns: [[Double]], targets: [Int], calendar: [[Double]], missing: MissingValues, marksMissing: Bool,
    known: [[Double]] = [], explained: [[Double]] = []
  ) {
    (self.columns, self.targets, self.calendar) = (columns, targets, calendar)
    (self.missing, self.marksMissing) = (missing, marksMissing)
    (self.known, self.explained) = (known, explained)
    isComplete = columns.map { column in !column.contains(where: \.isNaN) }
  }

  var rowCount: Int { columns.first?.count ?? 0 }

  /// Some features, `[feature][row]`, in the horizons of some windows: `[windows, horizon, features]`.
  func horizons(of features: [[Double]], _ samples: [ForecastSample], _ horizon: Int) -> Tensor {
    var values: [Scalar] = []
    values.reserveCapacity(samples.count * horizon * features.count)
    for sample in samples {
      for row in sample.origin..<sample.origin + horizon {
        for feature in features { values.append(Scalar(feature[row])) }
      }
    }
    return Tensor(values, shape: [samples.count, horizon, features.count])
  }

  /// The last value of a window of a column, or what stands in for it.
  func newest(_ column: Int, _ rows: Range<Int>) -> Double {
    let value = columns[column][rows.upperBound - 1]
    // What stands in for a missing value may depend on the whole window.
    return value.isNaN ? window(column, rows)[rows.count - 1] : value
  }

  /// The rows of a window of a column, none missing. Rows at and after its end have no influence.
  package func window(_ column: Int, _ rows: Range<Int>) -> [Double] {
    isComplete[column] ? Array(columns[column][rows]) : missing.filled(rows, of: columns[column], column: column)
  }
}

/// How a window is shown to the network.
enum WindowView: String, Codable, Sendable, CaseIterable {
  /// The target less its last value, then every column, all on the scale of the training part.
  case level
  /// The target less its last value, divided by the window's own spread: the shape alone, reversible.
  case shape
}

/// One window of one target: what a row of a batch is.
package struct ForecastSample: Sendable {
  package let origin: Int
  package let target: Int

  package init(origin: Int, target: Int) { (self.origin, self.target) = (origin, target) }
}

/// A window as the network takes it, and what undoes its normalisation.
struct WindowShape: Codable, Sendable {
  let view: WindowView
  /// Rows of a window, and of each of its segments; segments divide the window.
  let window, segment: Int
  /// Smallest spread of each target's windows in the view `shape`.
  let minimumSpreads: [Double]

  /// Level columns beyond this many deviations tell no more.
  static let levelBound = 4.0

  var segments: Int { window / segment }

  /// Features of one row of a window.
  func channels(of frame: ForecastFrame) -> Int {
    let levels = view == .level ? frame.columns.count : 0
    return 1 + levels + (frame.marksMissing ? 1 : 0) + frame.calendar.count
  }

  /// Writes a window as `[window, channels]` and returns its normalisation.
  func write(_ sample: ForecastSample, of frame: ForecastFrame, to output: UnsafeMutablePointer<Float>)
    -> WindowNormalization
  {
    let rows = sample.origin - window..<sample.origin
    let column = frame.targets[sample.target]
    let own = frame.window(column, rows)
    let normalization = WindowNormalization(
      own, level: .last, dividesBySpread: view == .shape, minimumSpread: minimumSpreads[sample.target])
    let channels = channels(of: frame)
    for time in 0..<window { output[time * channels] = Float(normalization.normalized(own[time])) }
    var channel = 1
    if view == .level {
      for other in frame.columns.indices {
        let values = other == column ? own : frame.window(other, rows)
        for time in 0..<window {
          output[time * channels + channel] = Float(min(max(values[time], -Self.levelBound), Self.levelBound))
        }
        channel += 1
      }
    }
    if frame.marksMissing {
      for time in 0..<window {
        output[time * channels + channel] = frame.columns[column][rows.lowerBound + time].isNaN ? 1 : 0
      }
      channel += 1
    }
    for feature in frame.calendar {
      for time in 0..<window { output[time * channels + channel] = Float(feature[rows.lowerBound + time]) }
      channel += 1
    }
    return normalization
  }
}
