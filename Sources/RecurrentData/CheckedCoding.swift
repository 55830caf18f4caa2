/// Decoding that refuses what could not have been written: a damaged model folder must not stop the program later on.
private func refuse(_ reason: String, _ decoder: any Decoder) -> DecodingError {
  .dataCorrupted(DecodingError.Context(codingPath: decoder.codingPath, debugDescription: reason))
}

extension Timestamp: Codable {
  /// Years -9999 to 9999, within which no calendar arithmetic overflows.
  private static let range: ClosedRange<Int64> = -377_705_116_800...253_402_300_799

  /// Reads seconds since 1970.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for a moment beyond the year 9999.
  public init(from decoder: any Decoder) throws {
    let seconds = try decoder.singleValueContainer().decode(Int64.self)
    guard Self.range.contains(seconds) else { throw refuse("a moment beyond the year 9999", decoder) }
    self.init(secondsSince1970: seconds)
  }

  /// Writes seconds since 1970.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(secondsSince1970)
  }
}

extension Grid: Codable {
  private enum Key: String, CodingKey { case frequency, dayOfMonth }

  /// Reads the name of the spacing and the day of the month.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DataError` for an unknown name, `DecodingError` for a day that no month has.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    try self.init(named: container.decode(String.self, forKey: .frequency))
    guard case .months = step else { return }
    dayOfMonth = try container.decodeIfPresent(Int.self, forKey: .dayOfMonth) ?? 1
    guard 1...31 ~= dayOfMonth ?? 1 else { throw refuse("a day that no month has", decoder) }
  }

  /// Writes the name of the spacing and the day of the month.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(description, forKey: .frequency)
    try container.encodeIfPresent(dayOfMonth, forKey: .dayOfMonth)
  }
}

extension Differencing {
  private enum Key: String, CodingKey { case lags }

  /// Reads the lags.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for a lag below 1.
  public init(from decoder: any Decoder) throws {
    let lags = try decoder.container(keyedBy: Key.self).decode([Int].self, forKey: .lags)
    guard lags.allSatisfy({ 1...1_000_000_000 ~= $0 }) else { throw refuse("a lag below 1", decoder) }
    self.init(lags: lags)
  }
}

extension MissingValues {
  private enum Key: String, CodingKey { case method, period, means }

  /// Reads method, period and means.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for a period below 1.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let period = try container.decode(Int.self, forKey: .period)
    guard 1...1_000_000_000 ~= period else { throw refuse("a period below 1", decoder) }
    self.init(
      method: try container.decode(Method.self, forKey: .method), period: period,
      means: try container.decode([Double].self, forKey: .means))
  }
}

extension SeriesPanel.Form: Codable {
  private enum Key: String, CodingKey { case long, wide }
  private enum LongKey: String, CodingKey { case id, categories, statics }
  private enum WideKey: CodingKey {}

  /// Reads a form.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for what is no form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard container.allKeys.count == 1 else { throw refuse("expected one form of many series", decoder) }
    guard container.contains(.long) else {
      self = .wide
      return
    }
    let long = try container.nestedContainer(keyedBy: LongKey.self, forKey: .long)
    self = .long(
      id: try long.decode(String.self, forKey: .id), categories: try long.decode([String].self, forKey: .categories),
      // Written where there are any.
      statics: try long.decodeIfPresent([String].self, forKey: .statics) ?? [])
  }

  /// Writes a form.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .wide: _ = container.nestedContainer(keyedBy: WideKey.self, forKey: .wide)
    case .long(let id, let categories, let statics):
      var long = container.nestedContainer(keyedBy: LongKey.self, forKey: .long)
      try long.encode(id, forKey: .id)
      try long.encode(categories, forKey: .categories)
      if !statics.isEmpty { try long.encode(statics, forKey: .statics) }
    }
  }
}
