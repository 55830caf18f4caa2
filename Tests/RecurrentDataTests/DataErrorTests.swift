import RecurrentData
import Testing

/// Bad files and the messages they give.
@Suite struct DataErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var message: String
    var options: ReadingOptions
    var testDescription: String { name }

    init(
      _ name: String, _ text: String, _ message: String, _ change: @Sendable (inout ReadingOptions) -> Void = { _ in }
    ) {
      self.name = name
      self.text = text
      self.message = message
      options = ReadingOptions()
      change(&options)
    }
  }

  static let cases: [Case] = [
    Case(
      "empty", "",
      "a.csv:1:1: expected rows of values, received an empty file; "
        + "the file needs a line for every moment, with columns separated by commas"),
    Case(
      "blank lines only", "\n\r\n  \n",
      "a.csv:1:1: expected rows of values, received an empty file; "
        + "the file needs a line for every moment, with columns separated by commas"),
    Case("header only", "date,x\n", "a.csv:2:1: expected rows below the header, received the end of the file"),
    Case(
      "text in numbers", "date,x\n2020-01-01,1\n2020-01-02,abc\n2020-01-03,3\n",
      "a.csv:3:12: expected a number in the column \"x\", received \"abc\"; "
        + "write NA or leave the field empty where a value is missing"),
    Case(
      "text in a target", "date,x,y\n2020-01-01,1,a\n2020-01-02,2,b\n",
      "a.csv:2:14: expected a number in the column \"y\", received \"a\"; "
        + "write NA or leave the field empty where a value is missing"
    ) { $0.targets = ["y"] },
    Case(
      "infinity", "x\n1\n2\n-inf\n",
      "a.csv:4:1: expected a number in the column \"x\", received \"-inf\"; "
        + "values must be finite and at most 1e150; write NA or leave the field empty where a value is missing"),
    Case(
      "too large", "x\n1\n1e999\n2\n",
      "a.csv:3:1: expected a number in the column \"x\", received \"1e999\"; "
        + "values must be finite and at most 1e150; write NA or leave the field empty where a value is missing"),
    Case(
      "hexadecimal", "x\n1\n0x1F\n2\n",
      "a.csv:3:1: expected a number in the column \"x\", received \"0x1F\"; hexadecimal numbers are not read"),
    Case(
      "thousands", "x,y\n1,2\n\"1,234\",3\n4,5\n",
      "a.csv:3:2: expected a number in the column \"x\", received \"1,234\"; remove thousands separators"),
    Case(
      "decimal comma in a comma file", "x,y\n1.5,2\n\"1,5\",3\n4,5\n",
      "a.csv:3:2: expected a number in the column \"x\", received \"1,5\"; write decimals with a point; "
        + "a decimal comma is read where columns are separated by semicolons or tabs"),
    Case(
      "currency", "x\n1\n2\n$3\n",
      "a.csv:4:1: expected a number in the column \"x\", received \"$3\"; remove units and signs of currency"),
    Case(
      "unclosed quote", "x,y\n1,\"2\n3,4\n",
      "a.csv:2:3: expected a closing quote, received the end of the file; "
        + "the quote opened here is not closed; write a quote inside a field twice"),
    Case(
      "text after a quote", "x,y\n1,\"2\"3\n",
      "a.csv:2:6: expected a comma or the end of the line after the closing quote, received \"3\"; "
        + "write a quote inside a field twice"),
    Case("short row", "x,y\n1,2\n3\n4,5\n", "a.csv:3:2: expected 2 columns as in the first line, received 1 column"),
    Case(
      "long row", "x,y\n1,2\n3,4,5\n",
      "a.csv:3:5: expected 2 columns as in the first line, received 3 columns; "
        + "check the delimiter (a comma) and quotes"),
    Case(
      "huge field", "x,y\n1,2\n1," + String(repeating: "7", count: 2 << 20) + "\n",
      "a.csv:3:3: expected a field of at most 1 MiB, received a longer one; "
        + "check the line ends, and for a quote that is not closed"),
    Case(
      "too many columns", String(repeating: "1,", count: 10_000) + "1\n",
      "a.csv:1:20001: expected at most 10000 columns, received more; check the delimiter and the line ends"),
    Case(
      "names twice", "x,y,x\n1,2,3\n",
      "a.csv:1:5: expected a name that no other column has, received \"x\", the name of column 1 too; "
        + "rename one, or give --no-header if the first line holds values"),
    Case(
      "NUL", "x\n1\n2\u{0}\n",
      "a.csv:3:2: expected text, received the byte 0x00; this looks like a binary or damaged file"),
    Case(
      "duplicate time", "date,x\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n2020-01-03,4\n",
      "a.csv:4:1: expected a time after 2020-01-02, received \"2020-01-02\", the same time again; "
        + "sort the rows and leave each time once; give --time none to count rows instead"),
    Case(
      "backward time", "date,x\n2020-01-01,1\n2020-01-03,2\n2020-01-02,3\n2020-01-04,4\n",
      "a.csv:4:1: expected a time after 2020-01-03, received \"2020-01-02\", an earlier one; "
        + "sort the rows and leave each time once; give --time none to count rows instead"),
    Case(
      "missing time", "date,x\n2020-01-01,1\n2020-01-02,2\n,3\n2020-01-04,4\n",
      "a.csv:4:1: expected a time written as yyyy-MM-dd, received an empty field"),
    Case(
      "impossible date", "date,x\n2020-01-30,1\n2020-01-31,2\n2020-02-31,3\n2020-02-01,3\n2020-02-02,3\n",
      "a.csv:4:1: expected a time written as yyyy-MM-dd, received \"2020-02-31\""),
    Case(
      "time off the grid",
      "date,x\n" + (1...30).map { "2020-01-\($0 < 10 ? "0" : "")\($0) \($0 == 17 ? "07" : "00"):00,\($0)\n" }.joined(),
      "a.csv:18:1: expected 2020-01-17 00:00 or a later time on the daily grid, received \"2020-01-17 07:00\"; "
        + "mend the row, give another --frequency, or --time none to count rows"),
    Case(
      "gap beyond measure", "date,x\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n2020-01-01 02:00,2\n2031-01-01 00:00,3\n",
      "a.csv:5:1: expected an hourly grid with at most 1000 missing rows, received \"2031-01-01 00:00\", "
        + "96429 rows missing before it; cut the file at the gap, give another --frequency, or --time none to count rows"
    ),
    Case(
      "no numbers", "a,b\nx,y\nz,w\n",
      "a.csv:2:1: expected a column of numbers, received \"x\" and other text; "
        + "the file needs at least one column of numbers"),
    Case(
      "only missing values", "date,x\n2020-01-01,\n2020-01-02,NA\n",
      "a.csv:1:1: expected a column of numbers, received columns without any value; "
        + "the file needs at least one column of numbers"),
    Case(
      "target without values", "date,x,y\n2020-01-01,,1\n2020-01-02,?,2\n",
      "a.csv:1:1: expected values in the target \"x\", received a column without any value"
    ) { $0.targets = ["x"] },
    Case(
      "target that is not there", "date,x\n2020-01-01,1\n",
      "a.csv:1:1: expected a column named \"y\" (--target), received the columns date, x"
    ) { $0.targets = ["y"] },
    Case(
      "target that is the time", "date,x\n2020-01-01,1\n2020-01-02,1\n",
      "a.csv:1:1: expected a target that is a column of numbers, received \"date\", the column of the times"
    ) { $0.targets = ["date"] },
    Case(
      "time column that is not there", "date,x\n2020-01-01,1\n",
      "a.csv:1:1: expected a column named \"when\" (--time), received the columns date, x"
    ) { $0.timeColumn = .named("when") },
    Case(
      "time column of text", "date,x\nsoon,1\nlater,2\n",
      "a.csv:2:1: expected a time in the column \"date\", received \"soon\"; "
        + "tell how times are written with --time-format, for example yyyy-MM-dd HH:mm"
    ) { $0.timeColumn = .named("date") },
    Case(
      "time format that does not fit", "date,x\n2020-01-01,1\n2020-01-02,1\n",
      "a.csv:2:1: expected a column of times written as dd.MM.yyyy, received none; name the column with --time"
    ) { $0.timeFormat = "dd.MM.yyyy" },
    Case(
      "time format that is none", "date,x\n2020-01-01,1\n",
      "expected a time format such as yyyy-MM-dd HH:mm, received \"yyyy-bb\" with \"bb\"; letters: y year, M month, "
        + "Q quarter, d day, H hour, h and a hour with AM/PM, m minute, s second; or unix"
    ) { $0.timeFormat = "yyyy-bb" },
    Case(
      "frequency that is none", "date,x\n2020-01-01,1\n2020-01-02,1\n",
      "expected a frequency such as monthly, business-day, hourly or 15min, received \"often\"; "
        + "also: yearly, quarterly, weekly, daily, minutely, rows, 30s, 2h, 10d, 6months"
    ) { $0.frequency = "often" },
    Case(
      "delimiter that is none", "x\n1\n",
      "expected a comma, a semicolon, a tab or another mark as the delimiter, received \"7\""
    ) { $0.delimiter = "7" },
    Case(
      "too many values", "x,y\n" + String(repeating: "1,2\n", count: 60),
      "a.csv:52:1: expected at most 100 values, received more; leave out columns that are not needed, or split the file"
    ) { $0.limits.values = 100 },
    Case(
      "too much text", String(repeating: "1\n", count: 600) + "x",
      "a.csv:601:1: expected a number in the column \"column1\", received \"x\"; "
        + "write NA or leave the field empty where a value is missing"),
  ]

  @Test(arguments: cases)
  func badFileIsNamed(_ bad: Case) {
    #expect(message { _ = try read(bad.text, bad.options) } == bad.message)
  }

  @Test func quotesShortenAndSpellOut() {
    #expect(DataError.quoted("a\"b\n\u{1}") == "\"a\\\"b\\n\\u{1}\"")
    #expect(DataError.quoted(String(repeating: "é", count: 50)) == "\"" + String(repeating: "é", count: 40) + "...\"")
  }

  @Test func textWithoutPlaceHasOnlyWhatIsKnown() {
    #expect(DataError(expected: "a", received: "b").description == "expected a, received b")
    #expect(DataError(file: "f", expected: "a", received: "b", hint: "c").description == "f: expected a, received b; c")
  }
}
