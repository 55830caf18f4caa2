import RecurrentData

/// How the rows of the horizon are made of what an encoder has left of a window: one row of the table `all`.
///
/// In options and files it is its name.
public struct DecoderKind: Sendable {
  /// The name in options and files: `direct`, `recursive`, `encoder-decoder`.
  public let name: String
  /// What it reads of the rows of the horizon beside known columns.
  let reads: HorizonRows.Parts
  private let segmentOfHorizon: @Sendable (Int) -> Int
  private let words: @Sendable (Int, Int) -> String?
  /// A number of scalars that a decoder of these sizes has at least, for each hidden unit.
  let leastScalars: @Sendable (_ horizon: Int, _ segment: Int, _ outputs: Int) -> Double
  let make: @Sendable (HorizonDecoderPlan) -> any HorizonDecoder

  init(
    name: String, reads: HorizonRows.Parts = [],
    segment: @escaping @Sendable (_ horizon: Int) -> Int = { max($0, 4) },
    explanation: @escaping @Sendable (_ horizon: Int, _ segment: Int) -> String?,
    leastScalars: @escaping @Sendable (_ horizon: Int, _ segment: Int, _ outputs: Int) -> Double,
    make: @escaping @Sendable (HorizonDecoderPlan) -> any HorizonDecoder
  ) {
    (self.name, self.reads, segmentOfHorizon, words) = (name, reads, segment, explanation)
    (self.leastScalars, self.make) = (leastScalars, make)
  }

  /// Every decoder that can be chosen by name.
  public static let all: [DecoderKind] = [.direct, .recursive, .encoderDecoder]

  /// The decoder of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  /// The rows of a segment that suit it, if windows allow them.
  func segment(horizon: Int) -> Int { segmentOfHorizon(horizon) }

  /// How it makes the rows of a horizon, in words; nil for all rows at once.
  public func explanation(horizon: Int, segment: Int) -> String? { words(horizon, segment) }

  /// The features of the calendar that it reads; nil for none.
  func calendarSize(_ encoders: ForecastEncoders) -> Int? {
    let count = 2 * encoders.calendar.cycles.count
    return reads.contains(.calendar) && encoders.known == nil && count > 0 ? count : nil
  }
}

extension DecoderKind: Hashable, Codable {
  /// Whether two decoders are the same row of the table.
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// Reads the name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let kind = Self(named: name) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "there is no decoder \(name)")
    }
    self = kind
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

extension KeyedDecodingContainer {
  /// Files from before there was a choice are of networks with a direct decoder. Synthesised decoding takes this.
  func decode(_ type: DecoderKind.Type, forKey key: Key) throws -> DecoderKind {
    try decodeIfPresent(type, forKey: key) ?? .direct
  }
}
