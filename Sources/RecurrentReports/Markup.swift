/// Text made safe for HTML and SVG, inside elements and inside quoted attributes.
package enum Markup {
  /// `text` with the marks of the language replaced and characters that XML forbids left out.
  package static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// Collects the elements of an SVG picture. Coordinates are written with one decimal.
struct SVGWriter {
  /// Where a text stands relative to its point.
  enum Anchor: String {
    case start
    case middle
    case end
  }

  private(set) var body = ""

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
    body += "<line class=\"\(name)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\""
    body += " x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, class name: String, radius: Double = 0,
    title: String? = nil
  ) {
    body += "<rect class=\"\(name)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    body += " width=\"\(Self.number(max(0, width)))\" height=\"\(Self.number(max(0, height)))\""
    if radius > 0 { body += " rx=\"\(Self.number(radius))\"" }
    body += title.map { "><title>\(Markup.escaped($0))</title></rect>" } ?? "/>"
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, class name: String, title: String? = nil) {
    body += "<circle class=\"\(name)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\""
    body += title.map { "><title>\(Markup.escaped($0))</title></circle>" } ?? "/>"
  }

  mutating func path(_ data: String, class name: String) {
    if !data.isEmpty { body += "<path class=\"\(name)\" d=\"\(data)\"/>" }
  }

  mutating func text(_ text: String, _ x: Double, _ y: Double, anchor: Anchor = .start, class name: String) {
    body += "<text class=\"\(name)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
    body += ">\(Markup.escaped(text))</text>"
  }

  /// The picture: scaled to the width it is given, named and described for those who cannot see it.
  func svg(width: Double, height: Double, title: String, description: String) -> String {
    let title = Markup.escaped(title)
    return "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" aria-label=\"\(title)\" "
      + "xmlns=\"http://www.w3.org/2000/svg\"><title>\(title)</title><desc>\(Markup.escaped(description))</desc>"
      + body + "</svg>"
  }

  /// A coordinate with at most one decimal.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e7 else { return "0" }
    let tenths = Int((value * 10).rounded())
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
  }

  /// The width of `text` in the chart's font, by a rough rule.
  static func width(of text: String) -> Double { Double(text.count) * 6.6 }
}
