import CommandLineKit
import Testing

@Suite struct TextLayoutTests {
  @Test func wrapsBetweenWords() {
    #expect(TextLayout.wrap("one two  three", width: 7) == ["one two", "three"])
    #expect(TextLayout.wrap("incomprehensibilities is long", width: 8) == ["incomprehensibilities", "is long"])
    #expect(TextLayout.wrap("  ", width: 8) == [])
  }

  @Test func rowsKeepTheirColumns() {
    #expect(TextLayout.row("ab", ["right"], leftWidth: 4) == ["  ab    right"])
    #expect(TextLayout.row("abcdef", ["right"], leftWidth: 4) == ["  abcdef", "        right"])
    #expect(TextLayout.row("ab", [], leftWidth: 4) == ["  ab"])
  }
}
