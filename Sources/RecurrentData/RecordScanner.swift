/// Where one field stands in the text; surrounding quotes and blanks are not part of it.
struct Field {
  var start: Int
  var end: Int
  var isQuoted: Bool
  /// The field holds doubled quotes, to be read as single ones.
  var hasDoubledQuotes: Bool

  var isEmpty: Bool { start == end }
}

/// Splits text into records by RFC 4180, one at a time, without copying: quotes, doubled quotes, line breaks in quotes;
/// lines end with CRLF, LF or CR; the last one may be without its end.
struct RecordScanner {
  private let text: TextBuffer
  private let delimiter: UInt8
  private let limits: ReadingLimits
  /// The offset of the next record.
  private(set) var position = 0
  /// The offset of the record given last.
  private(set) var recordStart = 0

  init(_ text: TextBuffer, delimiter: UInt8, limits: ReadingLimits) {
    self.text = text
    self.delimiter = delimiter
    self.limits = limits
  }

  /// Puts the fields of the next record into `fields`; false at the end of the text.
  mutating func next(into fields: inout [Field]) throws(DataError) -> Bool {
    fields.removeAll(keepingCapacity: true)
    let bytes = text.bytes
    let count = bytes.count
    guard position < count else { return false }
    recordStart = position
    while true {
      let atQuote = startOfQuote(at: position)
      let field = atQuote >= 0 ? try quotedField(at: atQuote) : try plainField()
      if fields.count == limits.columns {
        throw text.error(
          at: field.start, expected: "at most \(limits.columns) columns", received: "more",
          hint: "check the delimiter and the line ends")
      }
      fields.append(field)
      guard position < count else { return true }
      let byte = bytes[position]
      position += 1
      if byte == delimiter {
        if position == count {
          fields.append(Field(start: count, end: count, isQuoted: false, hasDoubledQuotes: false))
          return true
        }
        continue
      }
      if byte == .carriageReturn, position < count, bytes[position] == .lineFeed { position += 1 }
      return true
    }
  }

  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool { byte == .space || (byte == .tab && delimiter != .tab) }

  /// The offset of the quote that opens the field at `start`, or -1 if the field is not quoted.
  @inline(__always)
  private func startOfQuote(at start: Int) -> Int {
    var index = start
    while index < text.bytes.count, isBlank(text.bytes[index]), index - start < 64 { index += 1 }
    return index < text.bytes.count && text.bytes[index] == .quote ? index : -1
  }

  private mutating func plainField() throws(DataError) -> Field {
    let bytes = text.bytes
    let count = bytes.count
    var start = position
    var index = start
    while index < count {
      let byte = bytes[index]
      if byte == delimiter || byte == .lineFeed || byte == .carriageReturn { break }
      index += 1
    }
    if index - start > limits.fieldBytes { throw tooLong(start) }
    position = index
    while start < index, isBlank(bytes[start]) { start += 1 }
    while index > start, isBlank(bytes[index - 1]) { index -= 1 }
    return Field(start: start, end: index, isQuoted: false, hasDoubledQuotes: false)
  }

  private mutating func quotedField(at quote: Int) throws(DataError) -> Field {
    let bytes = text.bytes
    let count = bytes.count
    var index = quote + 1
    var hasDoubledQuotes = false
    while true {
      guard index < count else {
        throw text.error(
          at: quote, expected: "a closing quote", received: "the end of the file",
          hint: "the quote opened here is not closed; write a quote inside a field twice")
      }
      if bytes[index] == .quote {
        guard index + 1 < count, bytes[index + 1] == .quote else { break }
        hasDoubledQuotes = true
        index += 1
      }
      index += 1
      if index - quote > limits.fieldBytes { throw tooLong(quote) }
    }
    let field = Field(start: quote + 1, end: index, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes)
    index += 1
    while index < count, isBlank(bytes[index]) { index += 1 }
    if index < count, bytes[index] != delimiter, bytes[index] != .lineFeed, bytes[index] != .carriageReturn {
      throw text.error(
        at: index, expected: "\(Dialect.name(of: delimiter)) or the end of the line after the closing quote",
        received: text.quotedCharacter(at: index), hint: "write a quote inside a field twice")
    }
    position = index
    return field
  }

  private func tooLong(_ start: Int) -> DataError {
    text.error(
      at: start, expected: "a field of at most \(FileContent.sizeText(limits.fieldBytes))", received: "a longer one",
      hint: "check the line ends, and for a quote that is not closed")
  }
}

extension TextBuffer {
  /// The content of `field`.
  func string(_ field: Field) -> String {
    let slice = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(bytes)[field.start..<field.end])
    let raw = String(decoding: slice, as: UTF8.self)
    guard field.hasDoubledQuotes else { return raw }
    var result = ""
    var isSecond = false
    for character in raw.unicodeScalars {
      isSecond = character == "\"" && !isSecond
      if !isSecond { result.unicodeScalars.append(character) }
    }
    return result
  }

  /// The content of `field` as it is shown in messages.
  func quoted(_ field: Field) -> String {
    if field.isEmpty { return "an empty field" }
    let shown = Field(
      start: field.start, end: min(field.end, field.start + 200), isQuoted: false,
      hasDoubledQuotes: field.hasDoubledQuotes)
    return DataError.quoted(string(shown))
  }

  /// The whole character at `offset`, in quotes.
  func quotedCharacter(at offset: Int) -> String {
    var end = offset + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return quoted(Field(start: offset, end: end, isQuoted: false, hasDoubledQuotes: false))
  }
}
