import RecurrentData
import Testing

@Suite struct RecordScannerTests {
  @Test(arguments: [
    "x,y\n1,2\n3,4\n", "x,y\r\n1,2\r\n3,4\r\n", "x,y\r1,2\r3,4\r", "x,y\n1,2\n3,4", "x,y\r\n1,2\r\n3,4",
    "\u{FEFF}x,y\n1,2\n3,4\n", "\"x\",\"y\"\n\"1\",\"2\"\n\"3\",4\n", "x, y\n 1 ,2\n3, \"4\" \n",
    "x,y\n\n1,2\n\n3,4\n\n\n", "x;y\n1;2\n3;4\n", "x\ty\n1\t2\n3\t4\n", "x,y\n1,2\n3,4\n,\n,\n",
  ])
  func formsOfOneTableAreEqual(_ text: String) throws {
    let series = try read(text)
    #expect(series.columns.map(\.name) == ["x", "y"])
    #expect(series.columns.map(\.values) == [[1, 3], [2, 4]])
  }

  @Test func quotedNamesHoldDelimitersQuotesAndLines() throws {
    let series = try read("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n1,2,3\n4,5,7\n")
    #expect(series.columns.map(\.name) == ["a,b", "say \"hi\"", "two\r\nlines"])
  }

  @Test func linesInsideQuotesCount() {
    #expect(message { _ = try read("\"x\n\n\",y\n1,2\n3,z\n5,6\n") }.hasPrefix("a.csv:5:3: expected a number"))
    #expect(message { _ = try read("x,y\r1,2\r3,z\r5,6") }.hasPrefix("a.csv:3:3: expected a number"))
  }

  @Test func rowsWithoutContentInTheMiddleAreMissing() throws {
    let series = try read("x,y\n1,2\n,\n3,4\n,\n")
    #expect(series["x"]?.count == 3)
    #expect(series["x"]?[1].isNaN == true)
    let single = try read("x\n1\n\n3\n\n")
    #expect(single["x"]?.map(\.isNaN) == [false, true, false])
  }

  @Test func otherDelimitersCanBeGiven() throws {
    let series = try read("x|y\n1|2\n3|5\n", options { $0.delimiter = "|" })
    #expect(series["y"] == [2, 5])
  }
}
