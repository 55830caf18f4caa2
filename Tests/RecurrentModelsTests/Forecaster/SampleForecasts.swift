import Foundation
import RecurrentData
import RecurrentModels

/// Monthly columns with a season of 12 rows, a trend and noise, all above zero, as a file would bring them.
struct SampleSeries {
  var rows = 220
  var columns = ["load", "price", "wind"]
  var targets = ["load", "price"]
  var hasTimes = true
  /// Rows and columns without a value.
  var gaps: [(rows: Range<Int>, column: Int)] = []
  var seed = 3

  func series() throws -> TimeSeries {
    var random = GeneratedSeries(seed: seed)
    var text = (hasTimes ? ["month"] : []).joined() + (hasTimes ? "," : "") + columns.joined(separator: ",") + "\n"
    for row in 0..<rows {
      var fields = hasTimes ? ["\(1990 + row / 12)-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1)-01"] : []
      for column in columns.indices {
        let angle = 2 * .pi * Double(row) / 12 + Double(column)
        let value = 20 + 0.03 * Double(row) + 5 * sin(angle) + random.normal()
        let isMissing = gaps.contains { $0.column == column && $0.rows.contains(row) }
        fields.append(isMissing ? "NA" : "\(value)")
      }
      text += fields.joined(separator: ",") + "\n"
    }
    var options = ReadingOptions()
    options.targets = targets
    if !hasTimes { options.timeColumn = .none }
    return try TimeSeries(bytes: Array(text.utf8), named: "sample.csv", options: options)
  }
}

/// A configuration that trains in a moment.
func quick(horizon: Int = 3, _ change: (inout ForecasterConfiguration) -> Void = { _ in }) -> ForecasterConfiguration {
  var configuration = ForecasterConfiguration(horizon: horizon)
  configuration.window = 12
  configuration.hiddenSize = 6
  configuration.epochs = 2
  configuration.learningRate = 1e-2
  configuration.dropout = 0.1
  change(&configuration)
  return configuration
}

extension TimeSeries {
  /// The same rows, with other values (and times, unless they shall stay) from a row on.
  func changed(from row: Int, keepsTimes: Bool = false) -> TimeSeries {
    var other = self
    for column in other.columns.indices {
      for index in row..<rowCount { other.columns[column].values[index] += 3 + Double(index % 5) }
    }
    if let times = timestamps, !keepsTimes {
      for index in row..<rowCount {
        other.timestamps?[index] = Timestamp(secondsSince1970: times[index].secondsSince1970 + 86_400 * 40)
      }
    }
    return other
  }
}

/// A folder of a test's own, removed when the test is done.
final class ScratchFolder {
  let path = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var contents: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
