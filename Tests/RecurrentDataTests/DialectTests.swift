import RecurrentData
import Testing

@Suite struct DialectTests {
  @Test(arguments: [
    ("1,2\n3,5\n", false), ("2020-01-01,5\n2020-01-02,6\n", false), ("a,b\n1,2\n3,4\n", true),
    ("date,2010\n2020-01-01,5\n2020-01-02,6\n", true), ("when,2010,2011\n2020-01-01,5,6\n2020-01-02,6,7\n", true),
    (",x\n0,5\n1,7\n", true), ("x\nNA\n5\n7\n", true), ("NA\n5\n7\n", false), ("Paris,5\nRome,7\n", false),
    ("city,5\nParis,7\n", false), ("city,x\nParis,7\nRome,5\n", true),
  ])
  func headerIsFound(_ text: String, _ hasHeader: Bool) throws {
    let series = try read(text)
    let note = "The first line holds values, so the columns are named column1, column2 and so on."
    #expect(series.notes.contains(note) == !hasHeader)
  }

  @Test func headerCanBeGiven() throws {
    let without = try read("1,2\n3,5\n", options { $0.hasHeader = true })
    #expect(without.columns.map(\.name) == ["1", "2"])
    #expect(without.rowCount == 1)
    #expect(
      message { _ = try read("x\n3\n5\n", options { $0.hasHeader = false }) }.hasPrefix("a.csv:1:1: expected a number"))
  }

  @Test(arguments: [
    ("a;b\n1,5;2,5\n3,5;4,5\n", ["a", "b"]), ("a,b\n\"x;y;z\",1\n\"x;y\",2\n", ["b"]),
    ("a\tb,c\n1\t2\n3\t4\n", ["a", "b,c"]), ("a\n1\n2\n", ["a"]),
  ])
  func delimiterIsFound(_ text: String, _ names: [String]) throws {
    #expect(try read(text).columns.map(\.name) == names)
  }

  @Test func delimiterIsSaidAloud() throws {
    #expect(try read("a;b\n1;2\n3;5\n").notes == ["Columns are separated by semicolons."])
  }
}
