/// The header of a safetensors file, checked against the bytes that follow it.
struct SafetensorsHeader {
  let entries: [SafetensorsFile.Entry]
  let metadata: [String: String]
  /// Where the header ends and the scalars begin.
  let end: Int

  static let lengthBytes = 8
  static let largestHeader = 100_000_000
  static let metadataKey = "__metadata__"

  /// Bits of a scalar, by the name the format gives it.
  private static let scalarBits = [
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32,
    "U16": 16, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8,
  ]

  init(of content: [UInt8], name: String) throws(SafetensorsError) {
    guard content.count >= Self.lengthBytes else {
      throw .truncated(file: name, expectedBytes: Self.lengthBytes, receivedBytes: content.count)
    }
    let length = content[..<Self.lengthBytes].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.largestHeader else {
      throw .malformed(file: name, reason: "a header of \(length) bytes; at most \(Self.largestHeader) are allowed")
    }
    end = Self.lengthBytes + Int(length)
    guard content.count >= end else {
      throw .truncated(file: name, expectedBytes: end, receivedBytes: content.count)
    }
    do {
      (entries, metadata) = try Self.read(HeaderParser.parse(content[Self.lengthBytes..<end]))
    } catch {
      throw .malformed(file: name, reason: error.reason)
    }
    let expected = end + (entries.last?.bytes.upperBound ?? 0)
    if content.count < expected {
      throw .truncated(file: name, expectedBytes: expected, receivedBytes: content.count)
    }
    if content.count > expected {
      throw .malformed(file: name, reason: "\(content.count - expected) bytes after the last tensor")
    }
  }

  private static func read(
    _ header: HeaderParser.Value
  ) throws(HeaderParser.Failure) -> ([SafetensorsFile.Entry], [String: String]) {
    guard case .object(let members) = header else { throw .init(reason: "the header is not an object") }
    var metadata: [String: String] = [:]
    var entries: [SafetensorsFile.Entry] = []
    for (name, value) in members {
      if name == metadataKey {
        metadata = try texts(value)
      } else {
        entries.append(try entry(name, value))
      }
    }
    entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    var offset = 0
    for entry in entries {
      guard entry.bytes.lowerBound == offset else {
        let fault = entry.bytes.lowerBound < offset ? "overlaps another tensor" : "leaves a gap before it"
        throw .init(reason: "tensor “\(entry.name)” begins at byte \(entry.bytes.lowerBound) and \(fault)")
      }
      offset = entry.bytes.upperBound
    }
    return (entries, metadata)
  }

  private static func texts(_ value: HeaderParser.Value) throws(HeaderParser.Failure) -> [String: String] {
    var texts: [String: String] = [:]
    guard case .object(let members) = value else { throw .init(reason: "“\(metadataKey)” is not an object") }
    for (key, value) in members {
      guard case .string(let text) = value else { throw .init(reason: "“\(metadataKey)” holds more than texts") }
      texts[key] = text
    }
    return texts
  }

  private static func entry(
    _ name: String, _ value: HeaderParser.Value
  ) throws(HeaderParser.Failure) -> SafetensorsFile.Entry {
    var scalarType: String?
    var shape: [Int]?
    var offsets: [Int]?
    guard case .object(let members) = value else { throw .init(reason: "tensor “\(name)” is not an object") }
    for member in members {
      switch (member.key, member.value) {
      case ("dtype", .string(let text)): scalarType = text
      case ("shape", .integers(let numbers)): shape = numbers
      case ("data_offsets", .integers(let numbers)): offsets = numbers
      default: throw .init(reason: "tensor “\(name)” has an unknown or mistyped member “\(member.key)”")
      }
    }
    guard let scalarType, let shape, let offsets else {
      throw .init(reason: "tensor “\(name)” needs dtype, shape and data_offsets")
    }
    guard let bits = scalarBits[scalarType] else {
      throw .init(reason: "tensor “\(name)” has the unknown dtype “\(scalarType)”")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw .init(reason: "tensor “\(name)” has data_offsets \(offsets), not a begin and an end")
    }
    var expected = bits / 8
    for length in shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: length)
      if overflow { throw .init(reason: "tensor “\(name)” has the impossible shape \(shape)") }
      expected = product
    }
    guard offsets[1] - offsets[0] == expected else {
      let received = offsets[1] - offsets[0]
      throw .init(reason: "tensor “\(name)” \(scalarType) \(shape) needs \(expected) bytes, received \(received)")
    }
    return SafetensorsFile.Entry(name: name, scalarType: scalarType, shape: shape, bytes: offsets[0]..<offsets[1])
  }
}
