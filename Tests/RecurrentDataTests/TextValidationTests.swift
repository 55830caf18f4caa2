import RecurrentData
import Testing

@Suite struct TextValidationTests {
  private func message(of bytes: [UInt8]) -> String { message { _ = try read(bytes) } }
  private func message(_ body: () throws -> Void) -> String { RecurrentDataTests.message(body) }

  @Test(
    arguments: [
      ([0xE9], "0xE9"), ([0xC0, 0x80], "0xC0"), ([0xE0, 0x80, 0x80], "0xE0"), ([0xED, 0xA0, 0x80], "0xED"),
      ([0xF4, 0x90, 0x80, 0x80], "0xF4"), ([0xF8, 0x88, 0x80, 0x80, 0x80], "0xF8"), ([0xE2, 0x82], "0xE2"),
      ([0x80], "0x80"), ([0xFF], "0xFF"),
    ] as [([UInt8], String)])
  func malformedBytesAreNamed(_ bytes: [UInt8], _ name: String) {
    // After a line with characters of two, three and four bytes, which count as one each.
    let start = Array("név,€😀\n1,2\n3,".utf8)
    #expect(
      message(of: start + bytes + Array("\n".utf8))
        == "a.csv:3:3: expected UTF-8 text, received the byte \(name); "
        + "save the file as UTF-8, for example with iconv -f LATIN1 -t UTF-8")
  }

  @Test func everyWellFormedLengthIsTaken() throws {
    let series = try read("\u{FEFF}név,€,😀\u{10FFFF}\u{7FF}\u{E000}\n1,2,3\n4,5,6\n")
    #expect(series.columns.map(\.name) == ["név", "€", "😀\u{10FFFF}\u{7FF}\u{E000}"])
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x78, 0x00], "UTF-16 text"), ([0xFE, 0xFF, 0x00, 0x78], "UTF-16 text"),
      ([0xFF, 0xFE, 0, 0], "UTF-32 text"), ([0x50, 0x4B, 0x03, 0x04], "a zip archive or spreadsheet"),
      ([0x50, 0x41, 0x52, 0x31], "a Parquet file"),
    ] as [([UInt8], String)])
  func otherFormatsAreNamed(_ start: [UInt8], _ name: String) {
    #expect(message(of: start + [9, 9]).hasPrefix("a.csv:1:1: expected UTF-8 text, received \(name); "))
  }
}
