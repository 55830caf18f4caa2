#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Option values from a JSON file: an object with option names as keys, or an object that holds such an object under
/// `options` beside `command` (the configuration of a trained model, so that a run can be repeated from its folder).
struct ConfigurationFile {
  let path: String
  let values: [String: [String]]
  /// The command the options belong to, such as `["train", "forecast"]`, if the file names it under `command`.
  let commandPath: [String]

  init(path: String, bytes: [UInt8]) throws(UsageError) {
    self.path = path
    let root: JSONValue
    do {
      root = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw UsageMessages.badConfiguration(path, expected: "valid JSON", received: nil)
    }
    guard case .object(var object) = root else {
      throw UsageMessages.badConfiguration(path, expected: "a JSON object", received: root.kind)
    }
    commandPath = object["command"]?.texts ?? []
    if case .object(let inner)? = object["options"] { object = inner }
    var values: [String: [String]] = [:]
    // A null says "as if not given".
    for (name, value) in object where !value.isNull {
      guard let list = value.texts else {
        throw UsageMessages.badConfiguration(
          path, expected: "text, a number, true, false or a list of texts for \"\(name)\"", received: value.kind)
      }
      values[name] = list
    }
    self.values = values
  }
}

/// A JSON value, only as far as option values need it.
private enum JSONValue: Decodable {
  case null
  case flag(Bool)
  case number(String)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .number("\(value)")
    } else if let value = try? container.decode(Double.self) {
      self = .number("\(value)")
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  var kind: String {
    switch self {
    case .null: "null"
    case .flag(let value): "\(value)"
    case .number(let digits): digits
    case .text(let text): "\"\(text)\""
    case .list: "a list"
    case .object: "an object"
    }
  }

  private var scalar: String? {
    switch self {
    case .flag(let value): "\(value)"
    case .number(let digits): digits
    case .text(let text): text
    case .null, .list, .object: nil
    }
  }

  var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The value as option texts; `nil` for a value no option can have.
  var texts: [String]? {
    guard case .list(let items) = self else { return scalar.map { [$0] } }
    let scalars = items.compactMap(\.scalar)
    return scalars.count == items.count ? scalars : nil
  }
}
