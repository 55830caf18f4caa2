import RecurrentData
import Testing

@Suite struct TimeColumnFinderTests {
  private func note(_ times: [String]) throws -> (pattern: String?, note: String?) {
    let rows = times.enumerated().map { "\($0.element),\($0.offset * 7 % 5)" }
    let series = try read("date,x\n" + rows.joined(separator: "\n"))
    return (series.timeFormat?.pattern, series.notes.first { $0.hasPrefix("Times are read") })
  }

  @Test func numbersAboveTwelveSettleTheOrder() throws {
    let found = try note(["13/01/2020", "14/01/2020", "15/01/2020"])
    #expect(found.pattern == "dd/MM/yyyy")
    #expect(
      found.note
        == "Times are read in the order day-month-year (dd/MM/yyyy), because other orders do not give dates.")
    #expect(try note(["01/13/2020", "01/14/2020", "01/15/2020"]).pattern == "MM/dd/yyyy")
  }

  @Test func directionSettlesTheOrder() throws {
    let found = try note(["30/12/2019", "31/12/2019", "01/01/2020", "02/01/2020"])
    #expect(found.pattern == "dd/MM/yyyy")
    let direction = try note(["10.11.2020", "11.11.2020", "12.11.2020", "01.12.2020", "02.12.2020"])
    #expect(direction.pattern == "dd.MM.yyyy")
    #expect(direction.note?.hasSuffix("because only so the times keep their direction.") == true)
  }

  @Test func evenSpacingSettlesTheOrder() throws {
    let monthly = (1...12).map { "01/\($0 < 10 ? "0" : "")\($0)/2020" } + ["01/01/2021", "01/02/2021"]
    let found = try note(monthly)
    #expect(found.pattern == "dd/MM/yyyy")
    #expect(found.note?.hasSuffix("because only so the rows are evenly spaced.") == true)
  }

  @Test func whatStaysOpenIsSaidAloud() throws {
    let open = try note(["01/02/2020", "01/03/2020", "01/04/2020"])
    #expect(open.pattern == "MM/dd/yyyy")
    #expect(open.note?.hasSuffix("though another order fits as well; --time-format tells the right one.") == true)
    #expect(try note(["01.02.2020", "01.03.2020", "01.04.2020"]).pattern == "dd.MM.yyyy")
  }

  @Test func numbersAreTimesOnlyWhereTheyCanBe() throws {
    #expect(try read("x,y\n2001,5\n2003,7\n2002,1\n").timeColumn == nil)
    #expect(try read("x,y\n1000,5\n1001,7\n1002,1\n").timeColumn == nil)
    #expect(try read("y,year\n5,1000\n7,1001\n1,1002\n").timeColumn == "year")
    #expect(try read("x,y\n1990,5\n1991,7\n1992,1\n").timeColumn == "x")
    #expect(try read("id,y\n1467331200,5\n1467334800,7\n").timeColumn == nil)
    #expect(try read("1467331200,5\n1467334800,7\n").timeColumn == "column1")
  }

  @Test func columnAndFormatCanBeGiven() throws {
    let text = "a,b,x\n2020-01-01,03-04-2020,5\n2020-01-02,04-04-2020,7\n"
    #expect(try read(text).timeColumn == "a")
    let named = try read(text, options { $0.timeColumn = .named("b") })
    #expect(named.timeFormat?.pattern == "dd-MM-yyyy")
    let given = try read(
      text,
      options {
        $0.timeColumn = .named("b")
        $0.timeFormat = "MM-dd-yyyy"
      })
    #expect(given.grid.description == "monthly")
    let none = try read(text, options { $0.timeColumn = .none })
    #expect(none.timestamps == nil)
    #expect(none.leftOutColumns.map(\.name) == ["a", "b"])
  }

  @Test func hoursOfAColumnBelongToRepeatedDays() throws {
    let text = "day,hr,x\n2020-01-01,22,1\n2020-01-01,23,2\n2020-01-02,0,3\n2020-01-02,2,4\n"
    let series = try read(text)
    #expect(series.timeFormat?.pattern == "yyyy-MM-dd HH")
    #expect(series.timeText(row: 3) == "2020-01-02 01" && series.rowCount == 5)
    #expect(series.columns.map(\.name) == ["x"])
    #expect(series.notes.first == "The time of a row is the day in the column \"day\" and the hour in \"hr\".")
    let again = try read(
      "day,hr,x\n2020-01-03,4,1\n2020-01-04,5,2\n",
      options {
        $0.timeColumn = .named("day")
        $0.timeFormat = "yyyy-MM-dd HH"
        $0.grid = series.grid
      })
    #expect(again.rowCount == 26 && again.timeText(row: 25) == "2020-01-04 05")
    #expect(
      message {
        _ = try read(text + String(repeating: "2020-01-03,24,5\n", count: 2), options { $0.timeFormat = "yyyy-MM-dd" })
      }
      .hasPrefix("a.csv:3:1: expected a time after 2020-01-01"))
    let daily = try read("day,hour,x\n2020-01-01,22,1\n2020-01-02,23,2\n2020-01-03,0,3\n")
    #expect(daily.grid.description == "daily" && daily.columns.count == 2)
  }

  @Test func oneBadTimeDoesNotHideTheColumn() {
    let rows = (1...28).map { "2020-02-\($0 < 10 ? "0" : "")\($0)\($0 == 9 ? "x" : ""),\($0 % 5)" }
    #expect(
      message { _ = try read("date,x\n" + rows.joined(separator: "\n")) }
        == "a.csv:10:1: expected a time written as yyyy-MM-dd, received \"2020-02-09x\"")
  }
}
