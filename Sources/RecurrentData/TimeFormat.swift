/// A way of writing times, able to read and to write.
///
/// The pattern language: `yyyy` year of four digits, `yy` of two (00-68 is 2000-2068, 69-99 is 1969-1999), `y` of any
/// number; `M` month, `MMM` its English short name, `MMMM` its name; `Q` quarter; `d` day; `H` hour 0-23, `h` hour 1-12
/// with `a` AM or PM; `m` minute; `s` second; `S` (repeated) a fraction of a second, which must be zero; `XXX` a zone `Z`
/// or `+02:00`, `xxx` always `+00:00`, `xx` `+0000`; `unix` seconds and `unixms` milliseconds since 1970. A doubled letter
/// (`MM`, `dd`, `HH`) is written with a leading zero; reading takes both. Letters that mean themselves stand in single
/// quotes, `T` needs none; everything else means itself.
///
/// Examples: `yyyy-MM-dd HH:mm:ss`, `M/d/yyyy H:mm`, `dd-MM-yy`, `yyyy-'Q'Q`.
public struct TimeFormat: Hashable, Sendable, CustomStringConvertible {
  /// The finest part that a format tells.
  public enum Resolution: Int, Comparable, Codable, Sendable {
    /// Years only.
    case year
    /// Years and quarters.
    case quarter
    /// Years and months.
    case month
    /// Whole days.
    case day
    /// Hours, minutes or seconds.
    case time

    /// Compares by fineness.
    public static func < (left: Resolution, right: Resolution) -> Bool { left.rawValue < right.rawValue }
  }

  enum Element: Hashable, Sendable {
    case year(digits: Int)
    case month(padded: Bool)
    case monthName(full: Bool)
    case quarter
    case day(padded: Bool)
    case hour(padded: Bool)
    case hour12(padded: Bool)
    case dayHalf
    case minute(padded: Bool)
    case second(padded: Bool)
    case fraction(digits: Int)
    case zone(String)
    case unix(perSecond: Int64)
    case literal(UInt8)

    /// Digits read where another number follows without anything between; nil for elements that are no numbers.
    var fixedWidth: Int? {
      switch self {
      case .year(let digits): digits == 0 ? 4 : digits
      case .fraction(let digits): digits
      case .quarter: 1
      case .month, .day, .hour, .hour12, .minute, .second: 2
      case .monthName, .dayHalf, .zone, .unix, .literal: nil
      }
    }
  }

  /// The pattern.
  public let pattern: String
  /// The zone that is written, in seconds east of Greenwich.
  package var zoneSeconds = 0
  let elements: [Element]

  /// Creates a format from its pattern.
  ///
  /// - Parameter pattern: The pattern, for example `yyyy-MM-dd HH:mm`.
  /// - Throws: `DataError` that names what is wrong with the pattern.
  public init(_ pattern: String) throws(DataError) {
    self.pattern = pattern
    elements = try Self.compile(pattern)
  }

  /// The pattern.
  public var description: String { pattern }

  /// The finest part that the format tells.
  public var resolution: Resolution {
    var finest = Resolution.year
    for element in elements {
      switch element {
      case .hour, .hour12, .minute, .second, .unix: finest = max(finest, .time)
      case .day: finest = max(finest, .day)
      case .month, .monthName: finest = max(finest, .month)
      case .quarter: finest = max(finest, .quarter)
      default: break
      }
    }
    return finest
  }

  /// True if times carry their zone.
  var hasZone: Bool {
    elements.contains { if case .zone = $0 { true } else { false } }
  }

  private static func compile(_ pattern: String) throws(DataError) -> [Element] {
    if pattern == "unix" { return [.unix(perSecond: 1)] }
    if pattern == "unixms" { return [.unix(perSecond: 1000)] }
    let bytes = Array(pattern.utf8)
    var elements: [Element] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "'") {
        guard let end = bytes[(index + 1)...].firstIndex(of: byte) else {
          throw refusal(pattern, "a quote that is not closed")
        }
        // Two quotes in a row mean one.
        elements += end == index + 1 ? [.literal(byte)] : bytes[(index + 1)..<end].map { .literal($0) }
        index = end + 1
      } else if byte.isLetter, byte != UInt8(ascii: "T") {
        let run = bytes[index...].prefix { $0 == byte }.count
        guard let element = element(byte, run) else {
          throw refusal(pattern, DataError.quoted(String(repeating: String(UnicodeScalar(byte)), count: run)))
        }
        elements.append(element)
        index += run
      } else {
        elements.append(.literal(byte))
        index += 1
      }
    }
    try check(elements, pattern)
    return elements
  }

  private static func element(_ letter: UInt8, _ run: Int) -> Element? {
    switch (UnicodeScalar(letter), run) {
    case ("y", 4): .year(digits: 4)
    case ("y", 2): .year(digits: 2)
    case ("y", 1): .year(digits: 0)
    case ("M", 1), ("M", 2): .month(padded: run == 2)
    case ("M", 3), ("M", 4): .monthName(full: run == 4)
    case ("Q", 1): .quarter
    case ("d", 1), ("d", 2): .day(padded: run == 2)
    case ("H", 1), ("H", 2): .hour(padded: run == 2)
    case ("h", 1), ("h", 2): .hour12(padded: run == 2)
    case ("a", 1): .dayHalf
    case ("m", 1), ("m", 2): .minute(padded: run == 2)
    case ("s", 1), ("s", 2): .second(padded: run == 2)
    case ("S", 1...9): .fraction(digits: run)
    case ("X", 3): .zone("XXX")
    case ("x", 3): .zone("xxx")
    case ("x", 2): .zone("xx")
    default: nil
    }
  }

  private static func check(_ elements: [Element], _ pattern: String) throws(DataError) {
    let hasYear = elements.contains { if case .year = $0 { true } else { false } }
    guard hasYear else { throw refusal(pattern, "no year") }
    let has12 = elements.contains { if case .hour12 = $0 { true } else { false } }
    guard has12 == elements.contains(.dayHalf) else { throw refusal(pattern, "only one of h and a") }
    let hasDay = elements.contains { if case .day = $0 { true } else { false } }
    let hasMonth = elements.contains {
      switch $0 {
      case .month, .monthName: true
      default: false
      }
    }
    if hasDay, !hasMonth { throw refusal(pattern, "a day without a month") }
  }

  private static func refusal(_ pattern: String, _ received: String) -> DataError {
    DataError(
      expected: "a time format such as yyyy-MM-dd HH:mm", received: "\(DataError.quoted(pattern)) with \(received)",
      hint: "letters: y year, M month, Q quarter, d day, H hour, h and a hour with AM/PM, m minute, s second; or unix")
  }
}

extension TimeFormat: Codable {
  private enum Key: String, CodingKey { case pattern, zoneSeconds }

  /// Reads pattern and zone.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DataError` for a pattern that is not one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self = try TimeFormat(container.decode(String.self, forKey: .pattern))
    zoneSeconds = try container.decodeIfPresent(Int.self, forKey: .zoneSeconds) ?? 0
  }

  /// Writes pattern and zone.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(pattern, forKey: .pattern)
    if zoneSeconds != 0 { try container.encode(zoneSeconds, forKey: .zoneSeconds) }
  }
}
