#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A number with three significant digits for a sentence: `0.297`, `18.6`, `3700`, `1.2e-07`.
package func shortNumber(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  let magnitude = Int(floor(log10(abs(value))))
  guard magnitude >= -4 && magnitude < 9 else {
    return "\((value / pow(10, Double(magnitude)) * 10).rounded() / 10)e\(magnitude)"
  }
  let digits = max(0, 2 - magnitude)
  let unit = pow(10, Double(digits))
  let rounded = (abs(value) * unit).rounded()
  let whole = Int(rounded / unit)
  let sign = value < 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(whole)" }
  let fraction = "\(Int(rounded) - whole * Int(unit))"
  return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// A share as whole percent: `83 %`.
package func shortPercent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
