import CommandLineKit
import Testing

@Suite struct TextLayoutTests {
  @Test func wrapsBetweenWords() {
    #expect(TextLayout.wrap("one two  three", width: 7) == ["one two", "three"])
    #expect(TextLayout.wrap("incomprehensibilities is long", width: 8) == ["incomprehensibilities", "is long"])
    #expect(TextLayout.wrap("  ", width: 8) == [])
    #expect(TextLayout.wrap("share 47 %) of", width: 9) == ["share", "47 %) of"])
    #expect(TextLayout.wrap("share 47\u{A0}% of", width: 8) == ["share", "47\u{A0}% of"])
  }

  @Test func longLinesAreFitted() {
    #expect(TextLayout.fitted("short\n  table   row\n", width: 13) == "short\n  table   row\n")
    #expect(TextLayout.fitted("one two three four", width: 11) == "one two\n  three\n  four")
    #expect(TextLayout.fitted("  one two three four", width: 13) == "  one two\n    three\n    four")
    let long = TextLayout.fitted("a word and another, and " + String(repeating: "more and ", count: 40))
    #expect(long.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(long.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("  more") || $0.hasPrefix("  and") })
  }

  @Test func rowsKeepTheirColumns() {
    #expect(TextLayout.row("ab", ["right"], leftWidth: 4) == ["  ab    right"])
    #expect(TextLayout.row("abcdef", ["right"], leftWidth: 4) == ["  abcdef", "        right"])
    #expect(TextLayout.row("ab", [], leftWidth: 4) == ["  ab"])
  }
}
