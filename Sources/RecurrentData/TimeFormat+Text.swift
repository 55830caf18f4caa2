extension TimeFormat {
  /// A time as read: the clock's reading, and the zone where one is told.
  struct Reading: Equatable {
    var clockSeconds: Int64
    var zoneSeconds: Int?
  }

  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// Reads a time.
  ///
  /// - Parameter text: The text.
  /// - Returns: The moment on the text's own clock, or nil if the text is not written in this format.
  public func timestamp(from text: String) -> Timestamp? {
    var text = text
    return text.withUTF8 { read($0) }.map { Timestamp(secondsSince1970: $0.clockSeconds) }
  }

  /// Writes a time.
  ///
  /// - Parameter timestamp: The moment.
  /// - Returns: The text; parts finer than the format tells are left out.
  public func text(for timestamp: Timestamp) -> String {
    let date = timestamp.date
    let second = timestamp.secondOfDay
    let hour = second / 3600
    var result = ""
    func append(_ value: Int, _ padded: Bool) { result += padded ? paddedDecimal(value, 2) : String(value) }
    for element in elements {
      switch element {
      case .year(let digits):
        result += digits == 2 ? paddedDecimal(date.year % 100, 2) : paddedDecimal(date.year, digits)
      case .month(let padded): append(date.month, padded)
      case .monthName(let full):
        result += full ? Self.monthNames[date.month - 1] : String(Self.monthNames[date.month - 1].prefix(3))
      case .quarter: result += String((date.month + 2) / 3)
      case .day(let padded): append(date.day, padded)
      case .hour(let padded): append(hour, padded)
      case .hour12(let padded): append((hour + 11) % 12 + 1, padded)
      case .dayHalf: result += hour < 12 ? "AM" : "PM"
      case .minute(let padded): append(second / 60 % 60, padded)
      case .second(let padded): append(second % 60, padded)
      case .fraction(let digits): result += String(repeating: "0", count: digits)
      case .zone(let style): result += zoneText(style)
      case .unix(let perSecond): result += String(timestamp.secondsSince1970 * perSecond)
      case .literal(let byte): result.unicodeScalars.append(UnicodeScalar(byte))
      }
    }
    return result
  }

  private func zoneText(_ style: String) -> String {
    if style == "XXX", zoneSeconds == 0 { return "Z" }
    let minutes = abs(zoneSeconds) / 60
    let colon = style == "xx" ? "" : ":"
    return (zoneSeconds < 0 ? "-" : "+") + paddedDecimal(minutes / 60, 2) + colon + paddedDecimal(minutes % 60, 2)
  }

  /// True if `field` is written in this format.
  func matches(_ field: Field, in text: TextBuffer) -> Bool { read(field, in: text) != nil }

  func read(_ field: Field, in text: TextBuffer) -> Reading? {
    guard field.end - field.start <= 64 else { return nil }
    return read(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(text.bytes)[field.start..<field.end]))
  }

  func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Reading? {
    var reader = TimeReader(bytes: bytes)
    for (index, element) in elements.enumerated() {
      let touchesNext = index + 1 < elements.count && elements[index + 1].fixedWidth != nil
      let touchesLast = index > 0 && elements[index - 1].fixedWidth != nil
      let width = touchesNext || touchesLast ? element.fixedWidth : nil
      guard reader.read(element, width: width) else { return nil }
    }
    return reader.reading
  }
}

/// The state of reading one time.
private struct TimeReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0
  var year = 1970
  var month = 1
  var day = 1
  var hour = 0
  var isAfternoon = false
  var minute = 0
  var second = 0
  var zoneSeconds: Int?
  var unixSeconds: Int64?

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var reading: TimeFormat.Reading? {
    guard index == bytes.count, day <= CivilDate.daysInMonth(month, ofYear: year) else { return nil }
    if let unixSeconds { return TimeFormat.Reading(clockSeconds: unixSeconds, zoneSeconds: nil) }
    let hour24 = hour + (isAfternoon ? 12 : 0)
    let moment = Timestamp(year: year, month: month, day: day, hour: hour24, minute: minute, second: second)
    return TimeFormat.Reading(clockSeconds: moment.secondsSince1970, zoneSeconds: zoneSeconds)
  }

  mutating func read(_ element: TimeFormat.Element, width: Int?) -> Bool {
    switch element {
    case .year(let digits):
      let lengths = digits == 0 ? 1...4 : digits...digits
      guard let value = number(width.map { $0...$0 } ?? lengths, 0...9999) else { return false }
      year = digits == 2 ? (value < 69 ? 2000 + value : 1900 + value) : value
    case .month:
      guard let value = number(width.map { $0...$0 } ?? 1...2, 1...12) else { return false }
      month = value
    case .day:
      guard let value = number(width.map { $0...$0 } ?? 1...2, 1...31) else { return false }
      day = value
    case .hour:
      guard let value = number(width.map { $0...$0 } ?? 1...2, 0...23) else { return false }
      hour = value
    case .minute:
      guard let value = number(width.map { $0...$0 } ?? 1...2, 0...59) else { return false }
      minute = value
    case .second:
      guard let value = number(width.map { $0...$0 } ?? 1...2, 0...59) else { return false }
      second = value
    case .hour12:
      guard let value = number(width.map { $0...$0 } ?? 1...2, 1...12) else { return false }
      hour = value % 12
    case .quarter:
      guard let value = number(1...1, 1...4) else { return false }
      month = value * 3 - 2
    case .fraction:
      let start = index
      while index < bytes.count, bytes[index] == UInt8(ascii: "0") { index += 1 }
      return index > start
    case .monthName: return readMonthName()
    case .dayHalf: return readDayHalf()
    case .zone: return readZone()
    case .unix(let perSecond): return readUnix(perSecond)
    case .literal(let byte):
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  private mutating func number(_ lengths: ClosedRange<Int>, _ range: ClosedRange<Int>) -> Int? {
    var value = 0
    let start = index
    while index < bytes.count, index - start < lengths.upperBound, bytes[index].isDigit {
      value = value * 10 + Int(bytes[index].digit)
      index += 1
    }
    return index - start >= lengths.lowerBound && range.contains(value) ? value : nil
  }

  private mutating func readMonthName() -> Bool {
    let start = index
    while index < bytes.count, bytes[index].isLetter { index += 1 }
    let length = index - start
    guard length >= 3 else { return false }
    for (number, name) in TimeFormat.monthNames.enumerated() {
      let name = name.utf8
      guard length == 3 || length == name.count else { continue }
      if zip(name, bytes[start..<index]).allSatisfy({ $0.lowercased == $1.lowercased }) {
        month = number + 1
        return true
      }
    }
    return false
  }

  private mutating func readDayHalf() -> Bool {
    guard index + 2 <= bytes.count, bytes[index + 1] | 0x20 == UInt8(ascii: "m") else { return false }
    let letter = bytes[index] | 0x20
    guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else { return false }
    isAfternoon = letter == UInt8(ascii: "p")
    index += 2
    return true
  }

  private mutating func readZone() -> Bool {
    guard index < bytes.count else { return false }
    if bytes[index] | 0x20 == UInt8(ascii: "z") {
      zoneSeconds = 0
      index += 1
      return true
    }
    guard bytes[index] == .plus || bytes[index] == .minus else { return false }
    let sign = bytes[index] == .minus ? -1 : 1
    index += 1
    guard let hours = number(2...2, 0...18) else { return false }
    if index < bytes.count, bytes[index] == .colon { index += 1 }
    let minutes = index < bytes.count ? number(2...2, 0...59) : 0
    guard let minutes else { return false }
    zoneSeconds = sign * (hours * 3600 + minutes * 60)
    return true
  }

  private mutating func readUnix(_ perSecond: Int64) -> Bool {
    let isNegative = index < bytes.count && bytes[index] == .minus
    if isNegative { index += 1 }
    let start = index
    var value: Int64 = 0
    while index < bytes.count, index - start < 15, bytes[index].isDigit {
      value = value * 10 + Int64(bytes[index].digit)
      index += 1
    }
    // pandas writes whole seconds of a float column as 1467331200.0.
    if index + 2 == bytes.count, bytes[index] == .point, bytes[index + 1] == UInt8(ascii: "0") { index += 2 }
    guard index > start, value % perSecond == 0 else { return false }
    unixSeconds = (isNegative ? -value : value) / perSecond
    // Years 1 to 9999, so that dates stay within what calendars and texts carry.
    return -62_135_596_800...253_402_300_799 ~= unixSeconds!
  }
}
