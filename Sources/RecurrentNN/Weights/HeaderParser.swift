/// A strict reader of JSON as it stands in safetensors headers: objects, arrays of integers, strings.
///
/// Stricter than a general JSON reader, because headers come from strangers: a repeated key, a fraction, a negative
/// number, a number beyond 63 bits, deep nesting or anything after the end is an error.
struct HeaderParser {
  enum Value: Equatable {
    case object([(key: String, value: Value)])
    case integers([Int])
    case string(String)

    static func == (left: Value, right: Value) -> Bool {
      switch (left, right) {
      case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
      case (.integers(let a), .integers(let b)): a == b
      case (.string(let a), .string(let b)): a == b
      default: false
      }
    }
  }

  struct Failure: Error {
    let reason: String
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private static let deepestNesting = 4

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The value that the bytes spell; trailing spaces are padding.
  static func parse(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Value {
    var parser = HeaderParser(bytes)
    guard parser.current == UInt8(ascii: "{") else {
      throw Failure(reason: "the header does not begin with “{”")
    }
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.current != nil { throw parser.failure("unexpected text after the end of the header") }
    return value
  }

  private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private func failure(_ what: String) -> Failure {
    Failure(reason: "\(what) (header byte \(position - bytes.startIndex))")
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard current == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(Failure) {
    if !take(character) { throw failure("expected “\(character)”") }
  }

  private mutating func value(depth: Int) throws(Failure) -> Value {
    if depth > Self.deepestNesting { throw failure("nested too deep") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .integers(try integers())
    case UInt8(ascii: "\""): return .string(try string())
    default: throw failure("expected an object, a list of integers or a string")
    }
  }

  private mutating func object(depth: Int) throws(Failure) -> [(key: String, value: Value)] {
    try expect("{")
    var members: [(key: String, value: Value)] = []
    var seen: Set<String> = []
    if take("}") { return members }
    repeat {
      skipSpace()
      let key = try string()
      if !seen.insert(key).inserted { throw failure("the key “\(key)” stands twice") }
      try expect(":")
      members.append((key, try value(depth: depth + 1)))
    } while take(",")
    try expect("}")
    return members
  }

  private mutating func integers() throws(Failure) -> [Int] {
    try expect("[")
    var numbers: [Int] = []
    if take("]") { return numbers }
    repeat { numbers.append(try integer()) } while take(",")
    try expect("]")
    return numbers
  }

  private mutating func integer() throws(Failure) -> Int {
    skipSpace()
    let start = position
    var number = 0
    while let byte = current, byte >= 0x30, byte <= 0x39 {
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte - 0x30))
      if overflow || carry { throw failure("a number is too large") }
      number = sum
      position += 1
    }
    if position == start { throw failure("expected a whole number that is not negative") }
    if position - start > 1, bytes[start] == 0x30 { throw failure("a number begins with zero") }
    return number
  }

  private mutating func string() throws(Failure) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      if byte < 0x20 { throw failure("a control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") { text += try escape() } else { text.append(byte) }
    }
    guard let string = String(validating: text, as: UTF8.self) else { throw failure("a string is not UTF-8") }
    try expect("\"")
    return string
  }

  private mutating func escape() throws(Failure) -> [UInt8] {
    guard let byte = current else { throw failure("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try escapedScalar()).utf8)
    default: throw failure("an unknown escape in a string")
    }
  }

  private mutating func escapedScalar() throws(Failure) -> Unicode.Scalar {
    let first = try hexUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, current == UInt8(ascii: "\\") else { throw failure("half a surrogate pair in a string") }
    position += 1
    guard current == UInt8(ascii: "u") else { throw failure("half a surrogate pair in a string") }
    position += 1
    let second = try hexUnit()
    guard (0xDC00...0xDFFF).contains(second) else { throw failure("half a surrogate pair in a string") }
    return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))!
  }

  private mutating func hexUnit() throws(Failure) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("an escape needs four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}
