/// Lays out plain text in lines of a fixed width.
package enum TextLayout {
  /// The width of all help texts.
  package static let width = 80

  /// Breaks `text` between words into lines of at most `width` characters; a longer word stands alone, and a percent
  /// sign stays with its number.
  package static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words(text) {
      if line.isEmpty {
        line = word
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = word
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    for word in text.split(whereSeparator: { $0 == " " || $0.isNewline || $0 == "\t" }) {
      if word.hasPrefix("%"), let last = words.popLast() {
        words.append(last + " " + word)
      } else {
        words.append(String(word))
      }
    }
    return words
  }

  /// `text` with every line of more than `width` characters broken between words; what follows is indented by two.
  package static func fitted(_ text: String, width: Int = TextLayout.width) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.count > width else { return String(line) }
      let indent = String(line.prefix { $0 == " " })
      let first = wrap(String(line), width: max(1, width - indent.count))[0]
      let rest = words(String(line)).joined(separator: " ").dropFirst(first.count)
      let others = wrap(String(rest), width: max(1, width - indent.count - 2)).map { indent + "  " + $0 }
      return ([indent + first] + others).joined(separator: "\n")
    }.joined(separator: "\n")
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
