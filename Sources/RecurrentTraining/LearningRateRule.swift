/// Where a learning rate comes from. As JSON and on a command line a number, `find`, or nothing for the optimizer's own.
public enum LearningRateRule: Hashable, Sendable, Codable, CustomStringConvertible, ExpressibleByFloatLiteral {
  /// The one that the optimizer begins with where nothing else is said: `OptimizerKind.learningRate`.
  case standard
  /// The one that `LearningRateFinder` suggests for the first network.
  case found
  /// This one.
  case given(Double)

  private static let findWord = "find"
  private static let standardWord = "standard"

  /// A learning rate as it is.
  public init(floatLiteral value: Double) { self = .given(value) }

  /// Reads a number above zero or `find`; nil if the text is neither.
  public init?(_ text: String) {
    if text == Self.findWord {
      self = .found
    } else if let value = Double(text), value > 0, value.isFinite {
      self = .given(value)
    } else {
      return nil
    }
  }

  /// The rule as a command line takes it; `standard` for none.
  public var description: String {
    switch self {
    case .standard: Self.standardWord
    case .found: Self.findWord
    case .given(let value): "\(value)"
    }
  }

  /// Reads a number, `find` or `standard`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      self = .given(value)
      return
    }
    let word = try container.decode(String.self)
    switch word {
    case Self.findWord: self = .found
    case Self.standardWord: self = .standard
    default:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected a learning rate, \(Self.findWord) or \(Self.standardWord)")
    }
  }

  /// Writes a number, `find` or `standard`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .given(let value) = self { try container.encode(value) } else { try container.encode(description) }
  }
}
