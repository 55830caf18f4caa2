package import CommandLineKit

/// What a task of `train` can be told, in the form in which it is kept with a model and with a training that may go on: a
/// property for each option, its key being the name of the option.
package protocol RecordedOptions: Codable {
  associatedtype CodingKeys: CodingKey, CaseIterable, Hashable, RawRepresentable<String>
  /// The table of the options.
  static var definition: CommandDefinition { get }
  /// The options that may change when a training goes on, as they make no other weights: of the data the digest counts.
  static var resumable: Set<CodingKeys> { get }
  /// What the data are counted in.
  static var dataUnit: String { get }
}

extension RecordedOptions {
  /// Every option with its value in words, in the order of the table.
  package var settings: [(name: String, value: String)] {
    values.map { ($0.key.rawValue, Self.words($0.value, of: $0.key)) }
  }

  /// The options whose values differ in `other`, with both values in words, in the order of the table.
  func changes(in other: Self) -> [(key: CodingKeys, before: String, after: String)] {
    zip(values, other.values).compactMap { mine, others in
      // Reflected, so that a text is told from no value and from a list.
      guard String(reflecting: mine.value) != String(reflecting: others.value) else { return nil }
      return (mine.key, Self.words(mine.value, of: mine.key), Self.words(others.value, of: mine.key))
    }
  }

  private var values: [(key: CodingKeys, value: Any)] {
    let values = Dictionary(
      Mirror(reflecting: self).children.map { ($0.label ?? "", $0.value) }, uniquingKeysWith: { first, _ in first })
    return CodingKeys.allCases.map { key in
      guard let value = values[Self.property(key)] else {
        preconditionFailure("the option \(key.rawValue) has no property \(Self.property(key))")
      }
      return (key, value)
    }
  }

  /// The property that keeps an option: `time-format` is `timeFormat`.
  private static func property(_ key: CodingKeys) -> String {
    let parts = key.rawValue.split(separator: "-")
    return parts.dropFirst().reduce(String(parts[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }

  private static func words(_ value: Any, of key: CodingKeys) -> String {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { words($0.value, of: key) } ?? standard(key) ?? "automatic"
    case .collection:
      return mirror.children.isEmpty
        ? "automatic" : mirror.children.map { words($0.value, of: key) }.joined(separator: ", ")
    default: return "\(value)"
    }
  }

  /// The value that an option has when it is not given, if it has one.
  private static func standard(_ key: CodingKeys) -> String? {
    guard case .value(let text)? = definition.option(named: key.rawValue)?.defaultValue else { return nil }
    return text
  }
}
