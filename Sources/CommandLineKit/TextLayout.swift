/// Lays out plain text in lines of a fixed width.
package enum TextLayout {
  /// The width of all help texts.
  package static let width = 80

  /// Breaks `text` between words into lines of at most `width` characters; a longer word stands alone.
  package static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// A row of two columns, the right one wrapped; a left text too wide for its column gets a line of its own.
  package static func row(_ left: String, _ right: [String], leftWidth: Int) -> [String] {
    let indent = String(repeating: " ", count: leftWidth + 4)
    let wrapped = right.flatMap { wrap($0, width: width - leftWidth - 4) }
    guard let first = wrapped.first else { return ["  " + left] }
    if left.count > leftWidth { return ["  " + left] + wrapped.map { indent + $0 } }
    let padding = String(repeating: " ", count: leftWidth - left.count)
    return ["  " + left + padding + "  " + first] + wrapped.dropFirst().map { indent + $0 }
  }
}
