import RecurrentData
import Testing

@Suite struct NumberParsingTests {
  @Test(arguments: [
    "0", "-0.0", "+7", "1.", ".5", "-.25", "1e3", "1E-3", "5.827000141143799", "30.5310001373291", "0.1",
    "123456789012345678",
    "9007199254740993", "12345678901234567890123", "0.00000000000000000000000000000123", "1.7976931348623157e100",
    "3.14159265358979323846264338327950288", "4.9e-324", "1e-400", "0000000000000000000000001.5",
    "2.2250738585072011e-308",
    "8.5e22", "8.5e-22",
  ])
  func valueIsTheNearestDouble(_ text: String) throws {
    let series = try read("x\n\(text)\n2\n")
    #expect(series["x"]?[0].bitPattern == Double(text)?.bitPattern)
  }

  @Test func randomNumbersAreTheNearestDouble() throws {
    var state: UInt64 = 7
    var texts: [String] = []
    for _ in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(Int64(bitPattern: state)) / [1e3, 1e10, 1e25, 1e-20][Int(state >> 33 & 3)]
      texts.append("\(value)")
    }
    let values = try read("x\n" + texts.joined(separator: "\n"))["x"]
    #expect(values == texts.map { Double($0)! })
  }

  @Test(arguments: ["", "NA", "na", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None", "-", "?", "\"\"", " "])
  func missingTokensAreMissing(_ token: String) throws {
    let series = try read("x,y\n1,2\n\(token),3\n4,5\n")
    #expect(series["x"]?[1].isNaN == true)
    #expect(series.columns[0].missingCount == 1)
  }

  @Test(arguments: [
    "1e", "e5", "--1", "1-", "1.2.3", "+", ".", "1 2", "1_000", "inf", "0x10", "１", "1e5.5", "\u{2212}1", "1d5", "n.a.",
  ])
  func otherTextIsRefused(_ text: String) {
    #expect(
      message { _ = try read("x\n1\n2\n\(text)\n") }.hasPrefix("a.csv:4:1: expected a number in the column \"x\""))
  }

  @Test func decimalCommasAreReadBehindSemicolonsAndTabs() throws {
    let series = try read("date;x\n2020-01-01;1,5\n2020-01-02;-0,25\n2020-01-03;3\n")
    #expect(series["x"] == [1.5, -0.25, 3])
    #expect(series.notes.contains("Decimals are written with a comma: 1,5 is read as 1.5."))
    #expect(try read("x\ty\n1,5\t2,25\n3\t1e1\n")["y"] == [2.25, 10])
    #expect(
      message { _ = try read("x;y\n1,5;1\n2,5;1.234,5\n3,5;3\n") }
        == "a.csv:3:5: expected a number in the column \"y\", received \"1.234,5\"; remove thousands separators")
    #expect(
      message { _ = try read("x;y\n1,5;1\n2,5;1\n3,5;3\n" + String(repeating: "1;2\n", count: 1000) + "4,5;7.5\n") }
        .hasSuffix("received \"7.5\"; this file writes decimals with a comma"))
    #expect(try read("x\ty\n1.5\t2\n2\t3.5\n")["x"] == [1.5, 2])
    #expect(message { _ = try read("x\ty\n1\t1,234\n2\t2\n3\t4\n") }.hasSuffix("remove thousands separators"))
  }
}
