/// The decompressed text of one file, held once; readers look at it through offsets.
///
/// Positions are found only when an error needs them, by counting from the start.
package final class TextBuffer {
  /// The text, without a byte order mark.
  package let bytes: UnsafeMutableBufferPointer<UInt8>
  /// The name of the file, as the user gave it.
  package let file: String
  /// SHA-256 of the file as stored, before decompression.
  let digest: String
  /// Bytes of the file as stored.
  let storedByteCount: Int

  /// Takes over `storage`; the text is what stands in `storage[textStart..<textEnd]`.
  init(adopting bytes: UnsafeMutableBufferPointer<UInt8>, file: String, digest: String, storedByteCount: Int) {
    self.bytes = bytes
    self.file = file
    self.digest = digest
    self.storedByteCount = storedByteCount
  }

  deinit { bytes.deallocate() }

  var count: Int { bytes.count }

  /// The line and the character at `offset`, both counted from 1. Carriage return, line feed or both end a line.
  func position(of offset: Int) -> (line: Int, column: Int) {
    Self.position(after: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<min(offset, bytes.count)]))
  }

  /// The line and the character that follow `text`, both counted from 1.
  static func position(after text: UnsafeRawBufferPointer) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for (index, byte) in text.enumerated() {
      // A carriage return ends a line only if no line feed follows, which then ends it.
      let isReturn = byte == .carriageReturn && (index + 1 == text.count || text[index + 1] != .lineFeed)
      if byte == .lineFeed || isReturn {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }

  /// An error that points at `offset`.
  func error(at offset: Int, expected: String, received: String, hint: String? = nil) -> DataError {
    let place = position(of: offset)
    return DataError(
      file: file, line: place.line, column: place.column, expected: expected, received: received, hint: hint)
  }
}

extension UInt8 {
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let tab: UInt8 = 0x09
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let comma: UInt8 = 0x2C
  static let semicolon: UInt8 = 0x3B
  static let point: UInt8 = 0x2E
  static let plus: UInt8 = 0x2B
  static let minus: UInt8 = 0x2D
  static let colon: UInt8 = 0x3A

  /// The value of an ASCII digit, or 10 and more for anything else.
  @inline(__always) var digit: UInt8 { self &- 0x30 }
  @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }
  @inline(__always) var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
