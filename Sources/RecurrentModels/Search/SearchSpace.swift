import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The value of an option in a search.
public enum SearchValue: Hashable, Sendable, Codable, CustomStringConvertible {
  /// A whole number, such as a number of units.
  case whole(Int)
  /// Any number, such as a learning rate.
  case number(Double)
  /// A word, such as the name of a cell.
  case word(String)

  /// The value as a command line takes it.
  public var description: String {
    switch self {
    case .whole(let value): "\(value)"
    case .number(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
    case .word(let value): value
    }
  }

  /// Reads a number or a word. A number without a fraction counts as whole.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Int.self) {
      self = .whole(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .word(try container.decode(String.self))
    }
  }

  /// Writes a number or a word.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .whole(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .word(let value): try container.encode(value)
    }
  }
}

/// What a search chooses from: options with the values that they may have.
public struct SearchSpace: Hashable, Sendable {
  /// One option.
  public struct Dimension: Hashable, Sendable {
    /// The values it may have.
    public enum Values: Hashable, Sendable {
      /// Numbers above zero whose logarithms are evenly spread, rounded to three digits.
      case logarithmic(ClosedRange<Double>)
      /// One of these, each as likely.
      case oneOf([SearchValue])
    }

    /// The name of the option.
    public let name: String
    /// The value without a search.
    public let standard: SearchValue
    /// The values it may have.
    public let values: Values

    /// - Parameters:
    ///   - name: The name of the option.
    ///   - standard: The value without a search, which the first candidate has.
    ///   - values: The values it may have: at least one.
    public init(_ name: String, standard: SearchValue, _ values: Values) {
      switch values {
      case .logarithmic(let range):
        require(range.lowerBound > 0, "SearchSpace \(name): expected numbers above 0; received \(range).")
      case .oneOf(let list): require(!list.isEmpty, "SearchSpace \(name): expected at least one value; received none.")
      }
      self.name = name
      self.standard = standard
      self.values = values
    }

    /// The values in words: `learning-rate from 0.0003 to 0.01`.
    public var text: String {
      switch values {
      case .logarithmic(let range):
        "\(name) from \(NumberText.short(range.lowerBound)) to \(NumberText.short(range.upperBound))"
      case .oneOf(let list): "\(name) \(list.map(\.description).joined(separator: ", "))"
      }
    }

    fileprivate func value(_ random: RandomSource) -> SearchValue {
      switch values {
      case .logarithmic(let range):
        let share = Double(random.bits(at: 0) >> 11) * 0x1p-53
        let value = range.lowerBound * pow(range.upperBound / range.lowerBound, share)
        // Rounded, so that the value on a command line is this one to the bit.
        return .number(Double(NumberText.significant(value, 3)) ?? value)
      case .oneOf(let list): return list[random.integer(below: list.count, at: 0)]
      }
    }
  }

  /// The options.
  public let dimensions: [Dimension]

  /// A space of these options.
  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

  /// The candidate of a number from 1. The first has the standard values; the values of the others depend on the seed, the
  /// number and the name of the option alone.
  public func candidate(_ number: Int, seed: UInt64) -> SearchCandidate {
    let random = RandomSource(seed: seed).stream("search").stream(number)
    return SearchCandidate(
      number: number,
      settings: dimensions.map {
        .init(name: $0.name, value: number == 1 ? $0.standard : $0.value(random.stream($0.name)))
      })
  }
}

/// One way to set the options of a search space.
public struct SearchCandidate: Hashable, Sendable, Codable {
  /// An option with its value.
  public struct Setting: Hashable, Sendable, Codable {
    /// The name of the option.
    public let name: String
    /// Its value.
    public var value: SearchValue

    /// An option with its value.
    public init(name: String, value: SearchValue) { (self.name, self.value) = (name, value) }
  }

  /// From 1, the candidate of the standard values.
  public let number: Int
  /// A value for each option of the space.
  public var settings: [Setting]

  /// The value of an option; nil if the space has it not.
  public subscript(_ name: String) -> SearchValue? { settings.first { $0.name == name }?.value }

  /// The options as a command line takes them: `--hidden 64 --dropout 0.2`.
  public var options: String { settings.map { "--\($0.name) \($0.value)" }.joined(separator: " ") }
}
