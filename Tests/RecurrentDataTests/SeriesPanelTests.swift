import RecurrentData
import Testing

/// Reads the text of a file of many series named `a.csv`.
private func panel(
  _ text: String, _ form: SeriesPanel.Form, _ change: (inout ReadingOptions) -> Void = { _ in }
) throws -> SeriesPanel {
  try SeriesPanel(bytes: Array(text.utf8), named: "a.csv", form: form, options: options(change))
}

@Suite struct SeriesPanelTests {
  static let long = """
    day,shop,region,sales,price
    2020-01-01,north,A,1,9
    2020-01-01,south,B,10,9
    2020-01-02,north,A,2,9
    2020-01-02,south,B,,8
    2020-01-04,south,B,40,8
    2020-01-03,north,A,3,8

    """

  @Test func rowsGoToTheirSeriesAndGapsAreFilled() throws {
    let panel = try panel(Self.long, .long(id: "shop", categories: ["region"])) { $0.targets = ["sales"] }
    #expect(panel.members.map(\.id) == ["north", "south"])
    #expect(panel.members.map(\.categories) == [["A"], ["B"]])
    #expect(panel.categories == ["region"])
    #expect(panel.target == "sales")
    #expect(panel.grid == Grid(.seconds(86_400)))
    #expect(panel.members[0].values == [1, 2, 3])
    #expect(panel.members[1].values.map { $0.isNaN ? -1 : $0 } == [10, -1, -1, 40])
    #expect(panel.members[1].series.timeText(row: 3) == "2020-01-04")
    #expect(panel["south"]?.rowCount == 4)
    #expect(panel.rowCount == 7)
    #expect(panel.notes.contains { $0.contains("1 rows of the daily grid") && $0.contains("1 of 2 series") })
  }

  @Test func namesThatLookLikeYearsAreNames() throws {
    let text = "date,model,sales\n2020-01-01,2001,1\n2020-01-02,2001,2\n2020-01-01,2002,3\n2020-01-02,2002,4\n"
    let panel = try panel(text, .long(id: "model"))
    #expect(panel.members.map(\.id) == ["2001", "2002"])
    #expect(panel.members.map(\.values) == [[1, 2], [3, 4]])
    #expect(panel.target == "sales")
  }

  @Test func aSeriesFromNewestToOldestIsTurned() throws {
    let text =
      "d,id,x\n2020-01-03,a,3\n2020-01-02,a,2\n2020-01-01,a,1\n2020-01-01,b,5\n2020-01-02,b,6\n2020-01-03,b,7\n"
    #expect(try panel(text, .long(id: "id")).members.map(\.values) == [[1, 2, 3], [5, 6, 7]])
  }

  @Test func twoRowsFollowTheDirectionOfTheOthers() throws {
    let newest = "d,id,x\n2020-01-03,a,3\n2020-01-03,b,9\n2020-01-02,a,2\n2020-01-02,b,8\n2020-01-01,a,1\n"
    let turned = try panel(newest, .long(id: "id"))
    #expect(turned.members.map(\.values) == [[1, 2, 3], [8, 9]])
    #expect(turned.notes == ["The rows run from the newest to the oldest and were turned around."])
    let mixed = try panel(
      "d,id,x\n2020-01-03,a,3\n2020-01-02,a,2\n2020-01-01,a,1\n2020-01-02,b,6\n2020-01-03,b,7\n", .long(id: "id"))
    #expect(mixed.members.map(\.values) == [[1, 2, 3], [6, 7]])
    #expect(mixed.notes == ["The rows of 1 of 2 series run from the newest to the oldest and were turned around."])
    // Where the others rise, two falling rows are a mistake.
    #expect(throws: DataError.self) {
      try panel(
        "d,id,x\n2020-01-01,a,3\n2020-01-02,a,2\n2020-01-03,a,1\n2020-01-03,b,6\n2020-01-02,b,7\n", .long(id: "id"))
    }
  }

  @Test func filesBelongToThePanel() throws {
    let panel = try panel(Self.long, .long(id: "shop")) { $0.targets = ["sales"] }
    #expect(panel.sources.map(\.rowCount) == [6] && panel.digest.count == 64)
    #expect(panel.members.allSatisfy { $0.series.sources.isEmpty })
  }

  @Test func staticColumnsAreNumbersOfASeries() throws {
    let text = """
      opened,day,shop,sales,area
      2001,2020-01-01,north,1,9.5
      1999,2020-01-01,south,10,
      2001,2020-01-02,north,2,NA
      1999,2020-01-02,south,20,
      2001,2020-01-03,north,3,9.50

      """
    // The years would be taken for times, and the only column of numbers beside them for a second target.
    let panel = try panel(text, .long(id: "shop", statics: ["area", "opened"]))
    #expect(panel.statics == ["area", "opened"])
    #expect(panel.target == "sales" && panel.grid == Grid(.seconds(86_400)))
    #expect(panel.members[0].statics == [9.5, 2001])
    #expect(panel.members[1].statics[0].isNaN && panel.members[1].statics[1] == 1999)
    #expect(panel.droppingLast(1).members.map { $0.statics[1] } == [2001, 1999])
  }

  @Test func withoutTimesRowsAreCounted() throws {
    let panel = try panel("id,x\nb,1\na,2\nb,3\n", .long(id: "id"))
    #expect(panel.members.map(\.id) == ["b", "a"])
    #expect(panel.members.map(\.values) == [[1, 3], [2]])
    #expect(panel.grid == .rows)
  }

  @Test func wideRowsAreRaggedAndQuoted() throws {
    let text =
      "\"V1\",\"V2\",\"V3\",\"V4\",\"V5\"\n\"H1\",\"1\",\"2.5\",\"\",\"4\"\n\"H2\",\"7\",\"8\",\"\",\"\"\n\"H3\",\"9\"\n"
    let panel = try panel(text, .wide)
    #expect(panel.members.map(\.id) == ["H1", "H2", "H3"])
    #expect(panel.members[0].values.map { $0.isNaN ? -1 : $0 } == [1, 2.5, -1, 4])
    #expect(panel.members[1].values == [7, 8])
    #expect(panel.members[2].values == [9])
    #expect(panel.sources[0].rowCount == 3)
  }

  @Test func wideHeadersAreToldFromRows() throws {
    #expect(try panel("a,1,5\nb,2,6\n", .wide).members.map(\.id) == ["a", "b"])
    let counted = try panel("id,1,2,3\nb,2,6,9\n", .wide)
    #expect(counted.members.map(\.id) == ["b"])
    #expect(counted.notes == ["The first row counts the columns, so it is taken for a header."])
    #expect(try panel("a,1,2,3\nb,2,6,9\n", .wide) { $0.hasHeader = false }.members.map(\.id) == ["a", "b"])
    #expect(try panel("a;1,5;2,5\nb;2,5;3,5\n", .wide).members[0].values == [1.5, 2.5])
  }

  @Test func truthIsAlignedByNameAndTime() throws {
    let history = try panel(
      "d,id,x\n2020-01-01,a,1\n2020-01-02,a,2\n2020-01-01,b,3\n2020-01-02,b,4\n2020-01-03,b,5\n2020-01-01,c,5\n"
        + "2020-01-02,c,5\n", .long(id: "id"))
    let truth = try panel(
      "d,id,x\n2020-01-06,b,8\n2020-01-04,a,9\n2020-01-02,a,7\n2020-01-07,b,6\n2020-01-09,b,6\n".sorted(),
      .long(id: "id"))
    let outcomes = try history.outcomes(in: truth, horizon: 3)
    #expect(outcomes[0]?.map { $0.isNaN ? -1 : $0 } == [-1, 9, -1])
    #expect(outcomes[1]?.map { $0.isNaN ? -1 : $0 } == [-1, -1, 8])
    #expect(outcomes[2] == nil)
    let wide = try panel("H1,1,2,4\nH2,4,5,6\n", .wide)
    let next = try panel("H2,7\nH1,8,9,10\n", .wide)
    #expect(try wide.outcomes(in: next, horizon: 2)[0] == [8, 9])
    #expect(try wide.outcomes(in: next, horizon: 2)[1]?[0] == 7)
    #expect(try wide.outcomes(in: next, horizon: 2)[1]?[1].isNaN == true)
    let late = try wide.outcomes(in: try panel("H1,,9,10\nH2,,,3\n", .wide), horizon: 2)
    #expect(late.map { $0?.map { $0.isNaN ? -1 : $0 } } == [[-1, 9], [-1, -1]])
  }

  @Test func withoutAGridTheTruthFollowsAsItStands() throws {
    let days = [1, 2, 4, 9, 10, 23, 24, 25]
    func rows(_ days: some Sequence<Int>) -> String {
      "d,id,x\n" + days.map { "2020-01-\($0 < 10 ? "0" : "")\($0),a,\($0)\n" }.joined()
    }
    let history = try panel(rows(days), .long(id: "id")) { $0.frequency = "rows" }
    #expect(history.grid == .rows)
    let truth = try panel(rows([25, 27, 31]), .long(id: "id")) { $0.frequency = "rows" }
    #expect(try history.outcomes(in: truth, horizon: 2) == [[27, 31]])
  }

  @Test func cuttingDropsWhatIsTooShort() throws {
    let panel = try panel("a,1,2,3\nb,4\nc,5,6\n", .wide) { $0.hasHeader = false }
    #expect(panel.droppingLast(1).members.map(\.id) == ["a", "c"])
    #expect(panel.droppingLast(1).members.map(\.values) == [[1, 2], [5]])
  }
}

/// Sorts the lines below the header, as `sort` would.
extension String {
  fileprivate func sorted() -> String {
    let lines = split(separator: "\n")
    return ([lines[0]] + lines.dropFirst().sorted()).joined(separator: "\n") + "\n"
  }
}

/// Bad files of many series and the messages they give.
@Suite struct SeriesPanelErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: String
    var form: SeriesPanel.Form
    var message: String
    var targets: [String]?

    init(_ name: String, _ text: String, _ form: SeriesPanel.Form, _ message: String, targets: [String]? = nil) {
      (testDescription, self.text, self.form, self.message, self.targets) = (name, text, form, message, targets)
    }
  }

  static let cases: [Case] = [
    Case(
      "no such column", "d,x\n2020-01-01,1\n", .long(id: "shop"),
      "a.csv:1:1: expected a column named \"shop\" (--id), received the columns d, x"),
    Case(
      "no name", "id,x\na,1\n,2\n", .long(id: "id"),
      "a.csv:3:1: expected a text in the column \"id\" (--id), received an empty field"),
    Case(
      "two columns of numbers", "id,x,y\na,1,2\na,2,5\n", .long(id: "id"),
      "a.csv:1:1: expected one column of numbers, or the name of the one to forecast, received x, y; "
        + "name the column with --target"),
    Case(
      "two targets", "id,x,y\na,1,2\na,2,5\n", .long(id: "id"),
      "a.csv:1:1: expected one column to forecast of many series (--target), received x, y", targets: ["x", "y"]),
    Case(
      "target that is not there", "id,x,y\na,1,2\na,2,5\n", .long(id: "id"),
      "a.csv:1:1: expected a column named \"z\" (--target), received the columns id, x, y", targets: ["z"]),
    Case(
      "the name as target", "id,x,y\na,1,2\na,2,5\n", .long(id: "id"),
      "a.csv:1:1: expected a target that is a column of numbers, received \"id\", a column of names or times",
      targets: ["id"]),
    Case(
      "text in numbers", "id,x\na,1\nb,2\na,soon\nb,3\n", .long(id: "id"),
      "a.csv:4:3: expected a number in the column \"x\", received \"soon\"; "
        + "write NA or leave the field empty where a value is missing"),
    Case(
      "a time twice in one series",
      "d,id,x\n2020-01-01,a,1\n2020-01-01,b,1\n2020-01-02,a,2\n2020-01-02,b,2\n\n2020-01-02,b,3\n2020-01-03,a,3\n",
      .long(id: "id"),
      "a.csv:7:1: expected a time after 2020-01-02, received \"2020-01-02\", the same time again; "
        + "sort the rows and leave each time once; give --time none to count rows instead"),
    Case(
      "a time off the common grid",
      "d,id,x\n" + (1...9).map { "2020-01-0\($0) 00:00,a,1\n" }.joined()
        + "2020-01-01 00:00,b,1\n2020-01-02 07:00,b,2\n2020-01-03 00:00,b,3\n",
      .long(id: "id"),
      "a.csv:12:1: expected 2020-01-02 00:00 or a later time on the daily grid, received \"2020-01-02 07:00\"; "
        + "mend the row, give another --frequency, or --time none to count rows"),
    Case(
      "a category that changes", "id,kind,x\na,k,1\nb,m,2\na,n,3\n", .long(id: "id", categories: ["kind"]),
      "a.csv:4:3: expected \"k\" in all rows of the series \"a\", received \"n\"; "
        + "a category tells series apart; leave it out if it changes with time"),
    Case(
      "a static column that changes", "id,area,x\na,5,1\nb,7,2\na,,2\na,6.5,3\n",
      .long(id: "id", statics: ["area"]),
      "a.csv:5:3: expected 5 in all rows of the series \"a\", received 6.5; "
        + "a static column tells series apart; leave it out if it changes with time", targets: ["x"]),
    Case(
      "a static column of text", "id,area,x\na,5,1\nb,big,2\n", .long(id: "id", statics: ["area"]),
      "a.csv:3:3: expected a number in the column \"area\", received \"big\"; "
        + "write NA or leave the field empty where a value is missing"),
    Case(
      "a static column that is not there", "id,x\na,5\n", .long(id: "id", statics: ["area"]),
      "a.csv:1:1: expected a column named \"area\" (--static), received the columns id, x"),
    Case(
      "a static column that is the target", "id,x\na,5\n", .long(id: "id", statics: ["x"]),
      "a.csv:1:1: expected a static column of numbers beside names, times and the target, received \"x\"",
      targets: ["x"]),
    Case("empty wide file", "\n\n", .wide, "a.csv:1:1: expected rows of a name and values, received an empty file"),
    Case(
      "wide header only", "V1,V2\n", .wide,
      "a.csv:2:1: expected rows of a name and values, received the end of the file"),
    Case(
      "wide row beyond the header", "id,v1,v2\nH1,1,2\nH2,1,2,3\n", .wide,
      "a.csv:3:8: expected at most 3 columns as in the first line, received 4; check the delimiter (a comma) and quotes"
    ),
    Case(
      "wide name twice", "H1,1,2\nH2,1,2\nH1,3\n", .wide,
      "a.csv:3:1: expected a name that no other series has, received \"H1\", the name of series 1 too"),
    Case(
      "wide row without a name", "H1,1,2\n,1,2\n", .wide,
      "a.csv:2:1: expected the name of a series in the first column, received an empty field"),
    Case(
      "wide row without values", "H1,1,2\nH2,,NA\n", .wide,
      "a.csv:2:3: expected values after the name \"H2\", received none; leave the row out"),
    Case(
      "text in a wide row", "H1,1,2\nH2,1,x2\n", .wide,
      "a.csv:2:6: expected a number in the series \"H2\", received \"x2\"; "
        + "write NA or leave the field empty where a value is missing"),
    Case(
      "unclosed quote in a wide row", "H1,1,2\n\"H2,1,2\n", .wide,
      "a.csv:2:1: expected a closing quote, received the end of the file; "
        + "the quote opened here is not closed; write a quote inside a field twice"),
  ]

  @Test(arguments: cases)
  func badFileIsNamed(_ bad: Case) {
    #expect(message { _ = try panel(bad.text, bad.form) { $0.targets = bad.targets } } == bad.message)
  }

  @Test func valuesAreBounded() {
    let text = "a,1,2,3\nb,1,2,3\n"
    #expect(
      message { _ = try panel(text, .wide) { ($0.hasHeader, $0.limits.values) = (false, 5) } }
        == "a.csv:2:1: expected at most 5 values, received more; split the file")
  }

  @Test func truthOfAnotherPanelIsRefused() throws {
    let history = try panel("H1,1,2,4\n", .wide)
    #expect(
      message { _ = try history.outcomes(in: try panel("H7,1,2\n", .wide), horizon: 2) }
        == "a.csv:1:1: expected a true value for series of the history only, received the series \"H7\", "
        + "which the history does not have; name the file the truth continues as the history")
    let dated = try panel("d,id,x\n2020-01-01,a,1\n2020-01-02,a,2\n", .long(id: "id"))
    #expect(
      message { _ = try dated.outcomes(in: dated, horizon: 2) }.contains("after 2020-01-02, within the horizon"))
  }

  /// Damage ends in a panel or in a `DataError` with its place.
  @Test(arguments: [SeriesPanel.Form.wide, .long(id: "shop", categories: ["region"], statics: ["price"])])
  func damageNeverCrashes(_ form: SeriesPanel.Form) {
    var random = HostileInputTests.Generator(state: 5)
    let text = form == .wide ? "id,v1,v2,v3\nH1,1,2,3\n\"H2\",4,\"5\",\nH3,7,8,9\n" : SeriesPanelTests.long
    var failures = 0
    for _ in 0..<1500 {
      var bytes = Array(text.utf8)
      for _ in 0...random.next(below: 3) {
        let place = random.next(below: bytes.count)
        switch random.next(below: 3) {
        case 0: bytes[place] = UInt8(random.next(below: 256))
        case 1: bytes.removeSubrange(place..<min(bytes.count - 1, place + random.next(below: 30)))
        default:
          let token = HostileInputTests.tokens[random.next(below: HostileInputTests.tokens.count)]
          bytes.insert(contentsOf: token, at: place)
        }
      }
      do {
        let panel = try SeriesPanel(bytes: bytes, named: "a.csv", form: form)
        #expect(panel.members.allSatisfy { $0.values.allSatisfy { !$0.isInfinite } })
      } catch {
        failures += 1
        if error.file != "a.csv" || error.line == nil || error.kind != .badData { Issue.record("\(error)") }
      }
    }
    #expect(failures > 100)
  }
}
