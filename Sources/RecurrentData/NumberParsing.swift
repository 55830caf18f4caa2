/// What a cell of a numeric column holds.
enum Cell: Equatable {
  case number(Double)
  case missing
  case text
}

/// Reads numbers strictly: optional sign, digits, one decimal mark, optional exponent. Nothing depends on the locale.
struct NumberParser {
  /// The decimal mark, `.` or `,`.
  var decimalMark: UInt8 = .point

  /// What stands in `field` of `text`.
  @inline(__always)
  func cell(_ field: Field, in text: TextBuffer) -> Cell {
    guard let base = text.bytes.baseAddress else { return .missing }
    let count = field.end - field.start
    let start = base + field.start
    if let value = number(start, count) { return .number(value) }
    return Self.isMissing(start, count) ? .missing : .text
  }

  /// The number in `bytes[0..<count]`, or nil.
  func number(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    var index = 0
    var isNegative = false
    if count > 0, bytes[0] == .minus || bytes[0] == .plus {
      isNegative = bytes[0] == .minus
      index = 1
    }
    var mantissa: UInt64 = 0
    var significantDigits = 0
    var digits = 0
    var exponent = 0
    while index < count, bytes[index].isDigit {
      if significantDigits < 19 {
        mantissa = mantissa &* 10 &+ UInt64(bytes[index].digit)
        if mantissa != 0 { significantDigits += 1 }
      } else {
        exponent += 1
        significantDigits += 1
      }
      digits += 1
      index += 1
    }
    if index < count, bytes[index] == decimalMark {
      index += 1
      while index < count, bytes[index].isDigit {
        if significantDigits < 19 {
          mantissa = mantissa &* 10 &+ UInt64(bytes[index].digit)
          if mantissa != 0 { significantDigits += 1 }
          exponent -= 1
        } else {
          significantDigits += 1
        }
        digits += 1
        index += 1
      }
    }
    guard digits > 0 else { return nil }
    if index < count {
      guard let given = Self.exponent(bytes, &index, count), index == count else { return nil }
      exponent += given
    }
    // Exact by IEEE 754: both operands are representable, so the one operation rounds correctly.
    if mantissa < 1 << 53, -22...22 ~= exponent, significantDigits <= 19 {
      let whole = Double(mantissa)
      let value = exponent < 0 ? whole / Self.powersOfTen[-exponent] : whole * Self.powersOfTen[exponent]
      return isNegative ? -value : value
    }
    return slowNumber(bytes, count)
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
  ]

  /// Reads `e+12` at `index`; nil if that is not what stands there.
  private static func exponent(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) -> Int? {
    guard bytes[index] | 0x20 == 0x65 else { return nil }
    index += 1
    var sign = 1
    if index < count, bytes[index] == .minus || bytes[index] == .plus {
      sign = bytes[index] == .minus ? -1 : 1
      index += 1
    }
    guard index < count else { return nil }
    var value = 0
    while index < count, bytes[index].isDigit {
      value = min(value * 10 + Int(bytes[index].digit), 100_000)
      index += 1
    }
    return bytes[index - 1].isDigit ? sign * value : nil
  }

  /// Beyond this the squares that scaling needs are no longer finite.
  private static let largestMagnitude = 1e150

  /// The correctly rounded value of checked text; nil if it is too large to work with.
  private func slowNumber(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    let plain = decimalMark == .point ? text : String(text.map { $0 == "," ? "." : $0 })
    guard let value = Double(plain), value.magnitude <= Self.largestMagnitude else { return nil }
    return value
  }

  /// True for the texts that stand for a missing value: nothing, NA, N/A, #N/A, NaN, null, none, -, ? in any case.
  static func isMissing(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if count == 0 { return true }
    if count > 4 { return false }
    var code: UInt32 = 0
    for index in 0..<count { code = code << 8 | UInt32(bytes[index].lowercased) }
    return missingCodes.contains(code)
  }

  private static let missingCodes: [UInt32] = ["na", "n/a", "#n/a", "nan", "null", "none", "-", "?"].map {
    $0.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Advice for a field that should have been a number.
  func hint(for field: Field, in text: TextBuffer) -> String {
    let content = text.string(
      Field(start: field.start, end: min(field.end, field.start + 200), isQuoted: false, hasDoubledQuotes: false))
    let lower = content.lowercased()
    let unsigned = lower.drop { $0 == "+" || $0 == "-" }
    let whole = "write NA or leave the field empty where a value is missing"
    if unsigned.hasPrefix("inf") || isTooLarge(content) { return "values must be finite and at most 1e150; \(whole)" }
    if unsigned.hasPrefix("0x") { return "hexadecimal numbers are not read" }
    if content.unicodeScalars.contains("\u{2212}") { return "write a minus sign as -" }
    let marks = unsigned.filter { !$0.isASCII || !$0.isNumber }
    let hasDigits = unsigned.contains { $0.isASCII && $0.isNumber }
    if hasDigits, !marks.isEmpty, marks.allSatisfy({ ",.' \u{A0}\u{202F}".contains($0) }) {
      let other: Character = decimalMark == .point ? "," : "."
      if marks.count == 1, marks.first == other, !Self.looksGrouped(String(unsigned), by: other) {
        return decimalMark == .point
          ? "write decimals with a point; a decimal comma is read where columns are separated by semicolons or tabs"
          : "this file writes decimals with a comma"
      }
      return "remove thousands separators"
    }
    if hasDigits, marks.contains(where: { "%$€£¥".contains($0) }) { return "remove units and signs of currency" }
    return whole
  }

  private func isTooLarge(_ content: String) -> Bool {
    (Double(content)?.magnitude ?? 0) > Self.largestMagnitude
  }

  /// True for `1,234` and `12,345,678`: groups of three digits.
  static func looksGrouped(_ unsigned: String, by mark: Character) -> Bool {
    let parts = unsigned.split(separator: mark, omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, (1...3).contains(first.count), first != "0" else { return false }
    return parts.dropFirst().allSatisfy { $0.count == 3 }
  }
}
