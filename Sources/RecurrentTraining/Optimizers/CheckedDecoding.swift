/// Decoding that refuses what an initialiser would stop at: options may come from a file.
extension KeyedDecodingContainer {
  /// An option that is at least 0.
  func option(_ key: Key) throws -> Double {
    let value = try decode(Double.self, forKey: key)
    guard value >= 0, value < .infinity else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "expected at least 0, received \(value)")
    }
    return value
  }
}
