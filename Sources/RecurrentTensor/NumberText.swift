#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Numbers as text for tables, axes and sentences; the same on every machine and in every language setting.
public enum NumberText {
  /// What stands for a value that is not a number.
  public static let missing = "–"

  /// `value` with at least `digits` significant digits, never dropping digits before the decimal point: `0.0297`,
  /// `18.60`, `931800000`; below 0.0001 and from 10^15 in powers of ten: `1.23e-7`.
  /// Zeros at the end of a fraction are left out if `trimsZeros`.
  public static func significant(_ value: Double, _ digits: Int = 4, trimsZeros: Bool = false) -> String {
    guard value.isFinite else { return fixed(value, 0) }
    guard value != 0 else { return "0" }
    let exponent = magnitude(of: value)
    guard (-5..<15).contains(exponent) else {
      var scaled = value / pow(10, Double(exponent))
      var shown = exponent
      if abs(scaled) >= 10 - 0.5 / pow(10, Double(digits - 1)) {
        scaled /= 10
        shown += 1
      }
      return fixed(scaled, max(0, digits - 1), trimsZeros: trimsZeros) + "e\(shown)"
    }
    return fixed(value, max(0, digits - 1 - exponent), trimsZeros: trimsZeros)
  }

  /// `value` with four significant digits and no zeros at the end of a fraction: `0.2134`, `0.25`, `1250`.
  public static func short(_ value: Double) -> String { significant(value, trimsZeros: true) }

  /// `value` with a fixed number of digits after the decimal point; zeros at their end are left out if `trimsZeros`.
  public static func fixed(_ value: Double, _ decimals: Int, trimsZeros: Bool = false) -> String {
    guard value.isFinite else { return value.isNaN ? missing : value < 0 ? "-∞" : "∞" }
    let unit = pow(10, Double(decimals))
    let scaled = (abs(value) * unit).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let digits = Int(scaled)
    let (whole, rest) = (digits / Int(unit), digits % Int(unit))
    var text = "\(whole)"
    if decimals > 0 {
      let fraction = "\(rest)"
      var padded = String(repeating: "0", count: decimals - fraction.count) + fraction
      if trimsZeros { padded = String(padded.reversed().drop { $0 == "0" }.reversed()) }
      if !padded.isEmpty { text += "." + padded }
    }
    return value < 0 && digits != 0 ? "-" + text : text
  }

  /// A count with a comma after every three digits: `15,040`.
  public static func grouped(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = count < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A number of bytes in the largest unit that it reaches: `512 B`, `1.5 KiB`, `22.4 MiB`.
  public static func bytes(_ count: Int) -> String {
    var (size, unit) = (Double(count), 0)
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while size >= 1024, unit < units.count - 1 { (size, unit) = (size / 1024, unit + 1) }
    return (unit == 0 ? String(count) : fixed(size, 1)) + " " + units[unit]
  }

  /// A share as percent, `79.3 %`, with a space at which lines do not break.
  public static func percent(_ share: Double, decimals: Int = 1) -> String {
    share.isFinite ? fixed(share * 100, decimals) + "\u{A0}%" : missing
  }

  /// The decimals with which all of `values` are written so that the largest has `digits` significant digits.
  public static func decimals(for values: some Sequence<Double>, digits: Int = 4) -> Int {
    let largest = values.lazy.filter(\.isFinite).map { abs($0) }.max() ?? 0
    return largest > 0 ? min(12, max(0, digits - 1 - magnitude(of: largest))) : 0
  }

  /// A length of time in the two largest units: `8.2 s`, `3 min 20 s`, `2 h 5 min`.
  public static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return missing }
    if seconds < 60 { return fixed(seconds, seconds < 10 ? 1 : 0) + " s" }
    let whole = Int(seconds.rounded())
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  /// The exponent of the power of ten at or below the size of `value`, which is finite and not zero.
  package static func magnitude(of value: Double) -> Int {
    let exponent = Int(floor(log10(abs(value))))
    // The logarithm of a power of ten may fall just short of it.
    return abs(value) >= pow(10, Double(exponent + 1)) ? exponent + 1 : exponent
  }
}
