/// One row of a command's option table: the parser, the help text and the reference are all made from it.
public struct OptionDefinition: Sendable {
  /// The long name without dashes, such as `learning-rate`.
  public let name: String
  /// A one-letter name, used with one dash.
  public let letter: Character?
  /// What a value may be.
  public let form: OptionForm
  /// The word that stands for the value in help texts, such as `N`; empty for a flag.
  public let valueName: String
  /// What holds when the option is not given.
  public let defaultValue: OptionDefault
  /// One or two sentences for the reader of `--help`.
  public let help: String
  /// A way to write the option that the parser accepts.
  public let example: String
  /// Whether the option may be given several times, each adding a value.
  public let isRepeatable: Bool
  /// Whether a command line without the option is an error.
  public let isRequired: Bool

  /// Makes a row; the `example` is checked by tests against `form`.
  public init(
    _ name: String, letter: Character? = nil, _ form: OptionForm, valueName: String = "",
    default defaultValue: OptionDefault = .none, help: String, example: String, isRepeatable: Bool = false,
    isRequired: Bool = false
  ) {
    self.name = name
    self.letter = letter
    self.form = form
    self.valueName = valueName
    self.defaultValue = defaultValue
    self.help = help
    self.example = example
    self.isRepeatable = isRepeatable
    self.isRequired = isRequired
  }

  /// The option as people write it, such as `-o, --output FILE`.
  public var usage: String {
    let long = form.isFlag ? "--\(name)" : "--\(name) \(valueName)"
    return letter.map { "-\($0), \(long)" } ?? long
  }
}

/// What holds when an option is not given.
public enum OptionDefault: Sendable, Hashable {
  /// Nothing: the option is simply absent.
  case none
  /// A value, parsed as if the user had written it.
  case value(String)
  /// A value found out later, described in words for the help text.
  case described(String)

  /// The words after "Default:" in a help text.
  public var text: String? {
    switch self {
    case .none: nil
    case .value(let value): value
    case .described(let words): words
    }
  }
}

/// What the value of an option may be.
public enum OptionForm: Sendable {
  /// No value: given or not given.
  case flag
  /// Any text.
  case text
  /// A whole number in a range.
  case integer(ClosedRange<Int>)
  /// A finite number within bounds.
  case number(NumberBounds)
  /// One of a few words.
  case choice([String])
  /// Any text that `accepts` takes; `expected` says in words what that is.
  case pattern(expected: String, accepts: @Sendable (String) -> Bool)

  /// Whether the option takes no value.
  public var isFlag: Bool {
    if case .flag = self { true } else { false }
  }

  /// The words a value must be one of, if there is such a list.
  public var allowedValues: [String]? {
    if case .choice(let words) = self { words } else { nil }
  }

  /// What a value must be, in words; `nil` where any text will do.
  public var expectation: String? {
    switch self {
    case .flag: "true or false"
    case .text: nil
    case .integer(let range):
      if range.upperBound == .max {
        range.lowerBound == .min ? "a whole number" : "a whole number, at least \(range.lowerBound)"
      } else {
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
      }
    case .number(let bounds): bounds.description
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .pattern(let expected, _): expected
    }
  }

  /// Whether `value` is of this form.
  public func accepts(_ value: String) -> Bool {
    switch self {
    case .flag: value == "true" || value == "false"
    case .text: true
    case .integer(let range): Int(value).map(range.contains) ?? false
    case .number(let bounds): Double(value).map(bounds.contains) ?? false
    case .choice(let words): words.contains(value)
    case .pattern(_, let accepts): accepts(value)
    }
  }
}

/// The bounds of a number option.
public struct NumberBounds: Sendable, Hashable, CustomStringConvertible {
  private let lowest: Double?
  private let includesLowest: Bool
  private let below: Double?

  /// Numbers at least `lowest` and below `below`, each bound only if given.
  public static func atLeast(_ lowest: Double, below: Double? = nil) -> NumberBounds {
    NumberBounds(lowest: lowest, includesLowest: true, below: below)
  }

  /// Numbers above `lowest` and below `below`, each bound only if given.
  public static func above(_ lowest: Double, below: Double? = nil) -> NumberBounds {
    NumberBounds(lowest: lowest, includesLowest: false, below: below)
  }

  /// Whether `value` is finite and within the bounds.
  public func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    if let lowest, includesLowest ? value < lowest : value <= lowest { return false }
    if let below, value >= below { return false }
    return true
  }

  /// The bounds in words, such as "a number at least 0 and below 1".
  public var description: String {
    var parts: [String] = []
    if let lowest { parts.append((includesLowest ? "at least " : "above ") + Self.text(lowest)) }
    if let below { parts.append("below " + Self.text(below)) }
    return (["a number"] + [parts.joined(separator: " and ")]).joined(separator: " ")
  }

  private static func text(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
