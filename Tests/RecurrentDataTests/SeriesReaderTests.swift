import Foundation
import RecurrentData
import Testing

@Suite struct SeriesReaderTests {
  /// Files that exist while `body` runs.
  private func withFiles(_ texts: [String], _ body: ([String]) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "series-reader-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = try texts.enumerated().map { index, text in
      let file = folder.appending(path: "\(index).csv")
      try Foundation.Data(text.utf8).write(to: file)
      return file.path()
    }
    try body(paths)
  }

  @Test func columnsHaveTheirRoles() throws {
    let text =
      "date,a,b,place,empty,same,count\n"
      + (1...12).map { "2020-01-\($0 + 9),\($0 * 7 % 5),\($0 * 3 % 7),\($0 % 2 == 0 ? "x" : "y"),,4,\($0)\n" }.joined()
    let series = try read(text)
    #expect(series.columns.map(\.name) == ["a", "b"])
    #expect(series.targetIndices == [0, 1])
    #expect(
      series.leftOutColumns.map { "\($0.name): \($0.reason)" } == [
        "place: it holds text", "empty: it holds no value", "same: all its values are equal",
        "count: it counts the rows",
      ])
    #expect(series.notes.contains("Column \"place\" is left out: it holds text."))
    let one = try read(text, ReadingOptions(targets: ["count"]))
    #expect(one.columns.map(\.name) == ["a", "b", "count"])
    #expect(one.columns.map(\.role) == [.input, .input, .target])
  }

  @Test func requiredColumnsAreKeptInTheirOrder() throws {
    let text = "date,a,b,c\n2020-01-01,1,,5\n2020-01-02,1,,6\n"
    let series = try read(
      text,
      options {
        $0.requiredColumns = ["b", "a"]
        $0.targets = ["a"]
      })
    #expect(series.columns.map(\.name) == ["b", "a"])
    #expect(series.columns.map(\.missingCount) == [2, 0])
    #expect(series.leftOutColumns.map(\.name) == ["c"])
    #expect(
      message { _ = try read(text, options { $0.requiredColumns = ["d"] }) }
        == "a.csv:1:1: expected a column named \"d\" (a column of the model), received the columns date, a, b, c")
  }

  @Test func leftOutColumnsShareASentence() throws {
    let series = try read("a,b,x\nu,v,1\nw,z,2\n")
    #expect(series.notes == ["Columns \"a\", \"b\" are left out, each because it holds text."])
  }

  @Test func filesContinueEachOther() throws {
    let texts = ["date,x\n2020-01-01,1\n2020-01-02,2\n", "date,x\n2020-01-05,3\n2020-01-06,4\n"]
    try withFiles(texts) { paths in
      let series = try TimeSeries(contentsOf: paths)
      #expect(series.rowCount == 6)
      #expect(series.sources.map(\.rowCount) == [2, 2])
      #expect(series.sources.map(\.firstRow) == [0, 4])
      #expect(series.digest.count == 64 && series.digest != series.sources[0].digest)
      let split = try SeriesSplit(
        TimeSeries(contentsOf: paths, options: options { $0.fillsGaps = false }), validationFile: nil, testFile: 1)
      #expect(split.test == 2..<4)
    }
  }

  @Test func filesMustAgree() throws {
    try withFiles(["date,x\n2020-01-01,1\n2020-01-02,2\n", "date,y\n2020-01-05,3\n"]) { paths in
      #expect(
        message { _ = try TimeSeries(contentsOf: paths) }
          == "\(paths[1]):1:6: expected the same columns as in \(paths[0]): date, x, received date, y")
    }
    try withFiles(["date,x\n2020-01-01,1\n2020-01-02,2\n", "date,x\n2020-01-02,3\n"]) { paths in
      #expect(message { _ = try TimeSeries(contentsOf: paths) }.hasPrefix("\(paths[1]):2:1: expected a time after"))
    }
    try withFiles(["1,2\n2,3\n", "1,2,3\n"]) { paths in
      #expect(message { _ = try TimeSeries(contentsOf: paths) }.hasPrefix("\(paths[1]):1:5: expected the same columns"))
    }
  }

  @Test func oneRowIsASeries() throws {
    let series = try read("date,x\n2020-01-31,5\n")
    #expect(series.rowCount == 1)
    #expect(series.notes == ["One row does not show how far apart rows are; daily is assumed."])
    #expect(try read("x\n5\n")["x"] == [5])
  }
}
