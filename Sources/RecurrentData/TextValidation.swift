extension TextBuffer {
  /// Refuses files whose first bytes name another format or encoding.
  func refuseOtherFormats() throws(DataError) {
    let formats: [(start: [UInt8], name: String, hint: String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32 text", "convert it with iconv -f UTF-32 -t UTF-8"),
      ([0xFF, 0xFE], "UTF-16 text", "convert it with iconv -f UTF-16 -t UTF-8"),
      ([0xFE, 0xFF], "UTF-16 text", "convert it with iconv -f UTF-16 -t UTF-8"),
      ([0x50, 0x4B, 0x03, 0x04], "a zip archive or spreadsheet", "unpack it, or save the sheet as CSV (UTF-8)"),
      ([0x50, 0x41, 0x52, 0x31], "a Parquet file", "save it as CSV"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz archive", "unpack it with xz -d"),
      ([0x42, 0x5A, 0x68], "a bzip2 archive", "unpack it with bzip2 -d"),
      ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive", "unpack it with zstd -d"),
    ]
    for format in formats where bytes.starts(with: format.start) {
      if format.start == [0x42, 0x5A, 0x68],
        !(bytes.count > 3 && bytes[3].isDigit && bytes.count > 10 && bytes[4] == 0x31)
      {
        continue
      }
      throw error(at: 0, expected: "UTF-8 text", received: format.name, hint: format.hint)
    }
  }

  /// Refuses bytes that are not UTF-8, and NUL.
  func validate() throws(DataError) {
    let count = bytes.count
    guard let base = bytes.baseAddress else { return }
    let highBits: UInt64 = 0x8080_8080_8080_8080
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = 0
    while index < count {
      if index + 8 <= count {
        let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
        // No byte has its high bit set and none is zero.
        if (word | ((word &- ones) & ~word)) & highBits == 0 {
          index += 8
          continue
        }
      }
      let length = scalarLength(at: index)
      if length == 0 { throw invalid(at: index) }
      index += length
    }
  }

  /// Bytes of the well-formed Unicode scalar at `index`; 0 if there is none.
  private func scalarLength(at index: Int) -> Int {
    let first = bytes[index]
    if first == 0 { return 0 }
    if first < 0x80 { return 1 }
    func isContinuation(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
      index + offset < bytes.count && (low...high).contains(bytes[index + offset])
    }
    switch first {
    case 0xC2...0xDF: return isContinuation(1) ? 2 : 0
    case 0xE0...0xEF:
      let low: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let high: UInt8 = first == 0xED ? 0x9F : 0xBF
      return isContinuation(1, low, high) && isContinuation(2) ? 3 : 0
    case 0xF0...0xF4:
      let low: UInt8 = first == 0xF0 ? 0x90 : 0x80
      let high: UInt8 = first == 0xF4 ? 0x8F : 0xBF
      return isContinuation(1, low, high) && isContinuation(2) && isContinuation(3) ? 4 : 0
    default: return 0
    }
  }

  private func invalid(at index: Int) -> DataError {
    let digits = String(bytes[index], radix: 16, uppercase: true)
    let byte = "the byte 0x" + (digits.count == 1 ? "0" : "") + digits
    if bytes[index] == 0 {
      return error(at: index, expected: "text", received: byte, hint: "this looks like a binary or damaged file")
    }
    return error(
      at: index, expected: "UTF-8 text", received: byte,
      hint: "save the file as UTF-8, for example with iconv -f LATIN1 -t UTF-8")
  }
}
