import Foundation

/// A result as one line: a JSON object whose keys are in order.
enum ExperimentLine {
  /// The line, without its end.
  static func of(_ row: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(row), as: UTF8.self)
  }
}
