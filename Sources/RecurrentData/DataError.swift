/// What is wrong with input from outside: where it stands, what was expected there, what was received, and what to do.
///
/// Its text has the form `file.csv:12:3: expected a number, received "abc"; write NA for a missing value`.
public struct DataError: Error, Hashable, Codable, Sendable, CustomStringConvertible {
  /// The kinds of failure; a command line maps them to its exit codes.
  public enum Kind: String, Hashable, Codable, Sendable {
    /// The content cannot be used (exit code 65).
    case badData
    /// The input does not exist or may not be opened (exit code 66).
    case noInput
    /// Reading or writing failed half-way (exit code 74).
    case inputOutput
  }

  /// The kind of failure.
  public var kind: Kind
  /// The name of the file, as the user gave it; nil where no file is concerned.
  public var file: String?
  /// The line in the (decompressed) text, counted from 1.
  public var line: Int?
  /// The character within the line, counted from 1.
  public var column: Int?
  /// What should stand there.
  public var expected: String
  /// What stands there.
  public var received: String
  /// What the user can do about it.
  public var hint: String?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - kind: The kind of failure.
  ///   - file: The name of the file.
  ///   - line: The line, counted from 1.
  ///   - column: The character within the line, counted from 1.
  ///   - expected: What should stand there.
  ///   - received: What stands there.
  ///   - hint: What the user can do about it.
  public init(
    _ kind: Kind = .badData, file: String? = nil, line: Int? = nil, column: Int? = nil, expected: String,
    received: String, hint: String? = nil
  ) {
    self.kind = kind
    self.file = file
    self.line = line
    self.column = column
    self.expected = expected
    self.received = received
    self.hint = hint
  }

  /// One line: place, expectation, finding, advice.
  public var description: String {
    var text = ""
    if let file {
      text += file
      if let line { text += ":\(line)" }
      if line != nil, let column { text += ":\(column)" }
      text += ": "
    }
    text += "expected \(expected), received \(received)"
    if let hint { text += "; \(hint)" }
    return text
  }

  /// `text` in quotes, shortened and with control characters spelled out, for use in messages.
  package static func quoted(_ text: some StringProtocol) -> String {
    var result = "\""
    var count = 0
    for scalar in text.unicodeScalars {
      if count == 40 { return result + "...\"" }
      count += 1
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\"": result += "\\\""
      case _ where scalar.value < 32 || scalar.value == 127:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
