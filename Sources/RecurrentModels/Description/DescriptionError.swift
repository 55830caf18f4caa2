import RecurrentData
import RecurrentTensor

/// What is wrong with the description of a model: where it stands, what was expected there, what was received, and what to do.
///
/// Its text has the form `model.json: layers[1].hidden: expected a whole number from 1 to 65536, received 0`.
public struct DescriptionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name of the file, as the user gave it; nil of a description made in a program.
  public var file: String?
  /// Where it stands, as `layers[1].hidden`; empty of the whole.
  public var path: String
  /// What should stand there.
  public var expected: String
  /// What stands there.
  public var received: String
  /// What the user can do about it.
  public var hint: String?
  /// The names of which one is expected, where it is a name.
  public var names: [String]

  /// An error of these parts.
  ///
  /// - Parameters:
  ///   - path: Where it stands, as `layers[1].hidden`.
  ///   - expected: What should stand there.
  ///   - received: What stands there.
  ///   - hint: What the user can do about it.
  ///   - names: The names of which one is expected, where it is a name.
  public init(_ path: String, expected: String, received: String, hint: String? = nil, names: [String] = []) {
    (self.path, self.expected, self.received) = (path, expected, received)
    (self.hint, self.names) = (hint, names)
  }

  /// The same below a part of the whole.
  func below(_ part: String) -> DescriptionError {
    var error = self
    error.path = path.isEmpty ? part : "\(part).\(path)"
    return error
  }

  /// One line: place, expectation, finding, advice.
  public var description: String {
    let place = [file, path].compactMap { $0 }.filter { !$0.isEmpty }.map { $0 + ": " }.joined()
    return place + "expected \(expected), received \(received)" + (hint.map { "; \($0)" } ?? "")
  }
}

/// What stands in a description, checked against what may stand there.
enum DescriptionCheck {
  /// Refuses a number of things outside a range.
  static func count(_ number: Int, _ key: String, in range: ClosedRange<Int>) throws(DescriptionError) {
    guard !range.contains(number) else { return }
    throw DescriptionError(
      key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", received: "\(number)")
  }

  /// Refuses a share that is none.
  static func share(_ number: Double, _ key: String) throws(DescriptionError) {
    guard !(number >= 0 && number < 1) else { return }
    throw DescriptionError(key, expected: "a number at least 0 and below 1", received: "\(number)")
  }

  /// What all cells of a layer carry for one row, at most: a state may be a matrix of units.
  private static let mostStateScalars = 524_288.0

  /// Refuses a layer that carries more numbers for one row than memory should hold.
  static func state(_ scalars: Double, _ key: String, hint: String) throws(DescriptionError) {
    guard scalars > mostStateScalars else { return }
    throw DescriptionError(
      key, expected: "a state of at most \(Int(mostStateScalars)) numbers",
      received: "one of up to \(Int(min(scalars, 0x1p62)))", hint: hint)
  }

  /// Refuses a name that is not in a table.
  static func name(_ name: String, _ key: String, among names: [String]) throws(DescriptionError) {
    guard !names.contains(name) else { return }
    throw DescriptionError(
      key, expected: "one of \(names.joined(separator: ", "))", received: DataError.quoted(name), names: names)
  }
}

extension KeyedDecodingContainer {
  /// The value of a name.
  ///
  /// - Parameters:
  ///   - values: The values that have names.
  ///   - key: The key of the name.
  /// - Returns: The value.
  /// - Throws: `DecodingError`, or `DescriptionError` for a name that is none.
  func named<Value: RawRepresentable<String>>(_ values: [Value], forKey key: Key) throws -> Value {
    let name = try decode(String.self, forKey: key)
    try DescriptionCheck.name(name, key.stringValue, among: values.map(\.rawValue))
    return Value(rawValue: name)!
  }

  /// The value of a name, or nil if there is no such key.
  ///
  /// - Parameters:
  ///   - values: The values that have names.
  ///   - key: The key of the name.
  /// - Returns: The value.
  /// - Throws: `DecodingError`, or `DescriptionError` for a name that is none.
  func namedIfPresent<Value: RawRepresentable<String>>(_ values: [Value], forKey key: Key) throws -> Value? {
    guard contains(key), try !decodeNil(forKey: key) else { return nil }
    return try named(values, forKey: key)
  }
}
