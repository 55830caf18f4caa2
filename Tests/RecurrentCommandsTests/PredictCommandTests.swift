import Foundation
import RecurrentCommands
import Testing

@Suite struct PredictCommandTests {
  @Test func predictIsTheForecastFile() throws {
    let run = try CommandRun()
    #expect(run.train() == .done)
    let expected = try run.text("model/forecast.csv")
    #expect(run.run(["predict", run.model]) == .done)
    #expect(run.output == expected)
    #expect(run.error == "")
    #expect(run.run(["predict", run.model, run.data]) == .done)
    #expect(run.output == expected)
    let lines = expected.split(separator: "\n")
    #expect(lines[0] == "time,target,forecast,lower80,upper80")
    #expect(
      lines.dropFirst().map { String($0.prefix(13)) } == [
        "2016-01,sales", "2016-02,sales", "2016-03,sales", "2016-04,sales",
        "2016-01,visit", "2016-02,visit", "2016-03,visit", "2016-04,visit",
      ])
    for line in lines.dropFirst() {
      let numbers = line.split(separator: ",").dropFirst(2).compactMap { Double($0) }
      #expect(numbers.count == 3 && numbers[1] < numbers[2])
    }
  }

  @Test(arguments: [
    ["--difference", "both", "--missing", "seasonal"], ["--missing", "linear", "--difference", "first"],
    ["--missing", "mask"], ["--missing", "forward", "--no-shortcut"], ["--missing", "mean"],
  ]) func gapsBeforeTheWindowDoNotMatter(options: [String]) throws {
    let run = try CommandRun()
    try run.write(CommandRun.series(rows: 180, gap: 164..<171), to: "series.csv")
    #expect(run.train(options) == .done, "\(run.error)")
    let expected = try run.text("model/forecast.csv")
    #expect(run.run(["predict", run.model]) == .done)
    #expect(run.output == expected)
    #expect(run.run(["predict", run.model, run.data]) == .done)
    #expect(run.output == expected)
  }

  @Test func laterRowsAreContinued() throws {
    let run = try CommandRun()
    #expect(run.train() == .done)
    let first = try run.text("model/forecast.csv")
    try run.write(CommandRun.series(rows: 183), to: "later.csv")
    #expect(run.run(["predict", run.model, run.path("later.csv")]) == .done)
    #expect(run.output != first)
    #expect(run.output.split(separator: "\n")[1].hasPrefix("2016-04,sales"))
    let later = run.output
    // Columns in another order, other columns beside them, semicolons.
    let rows = try run.text("later.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let shuffled = rows.map { "\($0[2]);\($0[0]);\($0[1]);\($0[0] == "month" ? "note" : "x")" }
    try run.write(shuffled.joined(separator: "\n") + "\n", to: "shuffled.csv")
    #expect(run.run(["predict", run.model, run.path("shuffled.csv")]) == .done, "\(run.error)")
    #expect(run.output == later)
    // Only the last rows.
    try run.write(
      ([rows[0]] + rows.suffix(40)).map { $0.joined(separator: ",") }.joined(separator: "\n"), to: "end.csv")
    #expect(run.run(["predict", run.model, run.path("end.csv")]) == .done, "\(run.error)")
    #expect(run.output == later)
  }

  @Test func jsonHoldsTheSameNumbers() throws {
    let run = try CommandRun()
    #expect(run.train(["--levels", "0.5,0.9"]) == .done)
    let lines = try run.text("model/forecast.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(run.run(["predict", run.model, "--format", "json"]) == .done)
    let json = run.output
    let targets = try #require(try run.object()["targets"] as? [[String: Any]])
    #expect(targets.map { $0["name"] as? String } == ["sales", "visits"])
    let points = try targets.flatMap { try #require($0["points"] as? [[String: Any]]) }
    for (point, line) in zip(points, lines) {
      #expect(point["time"] as? String == String(line[0]))
      let intervals = try #require(point["intervals"] as? [[String: Double]])
      #expect(intervals.map { $0["level"] } == [0.5, 0.9])
      let numbers = [point["forecast"] as? Double] + intervals.flatMap { [$0["lower"], $0["upper"]] }
      // The reader of JSON rounds the last digit in its own way.
      for (number, text) in zip(numbers, line[2...]) {
        #expect(abs((number ?? .nan) / (Double(text) ?? .nan) - 1) < 1e-12)
      }
    }
    #expect(run.run(["predict", run.model, "--json"]) == .done)
    #expect(run.output == json)
  }

  @Test func sampledPaths() throws {
    let run = try CommandRun()
    #expect(run.train() == .done)
    #expect(run.run(["predict", run.model, "--samples", "5"]) == .done, "\(run.error)")
    let csv = run.output
    let lines = csv.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines[0] == ["sample", "time", "target", "value"])
    #expect(lines.count == 1 + 5 * 2 * 4)
    #expect(lines[1][...2] == ["1", "2016-01", "sales"] && lines[40][...2] == ["5", "2016-04", "visits"])
    #expect(lines.dropFirst().allSatisfy { Double($0[3])?.isFinite == true })
    #expect(run.run(["predict", run.model, run.data, "--samples", "5", "--seed", "1"]) == .done)
    #expect(run.output == csv)
    #expect(run.run(["predict", run.model, "--samples", "5", "--seed", "2"]) == .done)
    #expect(run.output != csv)
    #expect(run.run(["predict", run.model, "--samples", "5", "--json"]) == .done)
    let object = try run.object()
    #expect(object["samples"] as? Int == 5 && object["seed"] as? Int == 1)
    let targets = try #require(object["targets"] as? [[String: Any]])
    #expect(targets.map { $0["name"] as? String } == ["sales", "visits"])
    let paths = try targets.map { try #require($0["paths"] as? [[Double]]) }
    for (row, line) in lines.dropFirst().enumerated() {
      let (sample, target, step) = (row / 8, row / 4 % 2, row % 4)
      #expect(abs(paths[target][sample][step] / (Double(line[3]) ?? .nan) - 1) < 1e-12)
    }
    #expect(run.run(["predict", run.model, "--samples", "10001"]) == .usage)
    #expect(run.run(["predict", run.model, "--seed", "3"]) == .usage)
  }

  @Test func filesAreNotReplacedUnasked() throws {
    let run = try CommandRun()
    #expect(run.train() == .done)
    let file = run.path("next.csv")
    #expect(run.run(["predict", run.model, "-o", file]) == .done)
    #expect(run.output == "")
    #expect(try run.text("next.csv") == run.text("model/forecast.csv"))
    try run.write("mine", to: "next.csv")
    #expect(run.run(["predict", run.model, "-o", file]) == .wouldOverwrite)
    #expect(try run.text("next.csv") == "mine")
    #expect(run.run(["predict", run.model, "-o", file, "--overwrite"]) == .done)
    #expect(try run.text("next.csv") == run.text("model/forecast.csv"))
    #expect(run.run(["predict", run.model, "-o", run.path("no/such/next.csv")]) == .inputOutput)
  }

  @Test func failuresHaveTheirCodes() throws {
    let run = try CommandRun()
    #expect(run.run(["predict", run.model]) == .noInput)
    #expect(run.train() == .done)
    #expect(run.run(["predict", run.model, run.path("none.csv")]) == .noInput)
    try run.write(CommandRun.series(rows: 9), to: "short.csv")
    #expect(run.run(["predict", run.model, run.path("short.csv")]) == .badData)
    #expect(run.error.contains("at least 12 rows"))
    try run.write(CommandRun.series(rows: 40, columns: ["sales"]), to: "narrow.csv")
    #expect(run.run(["predict", run.model, run.path("narrow.csv")]) == .badData)
    #expect(run.run(["predict"]) == .usage)
  }

  @Test func filesWithoutHeaderAndTimes() throws {
    let run = try CommandRun()
    let rows = CommandRun.series(rows: 180).split(separator: "\n").dropFirst()
    let bare = rows.map { $0.split(separator: ",").dropFirst().joined(separator: ",") }.joined(separator: "\n")
    try run.write(bare, to: "series.csv")
    #expect(run.train(["--no-header"]) == .done, "\(run.error)")
    let expected = try run.text("model/forecast.csv")
    #expect(expected.split(separator: "\n")[1].hasPrefix("181,column1,"))
    #expect(run.run(["predict", run.model, run.data]) == .done, "\(run.error)")
    #expect(run.output == expected)
    #expect(run.run(["predict", run.model]) == .done, "\(run.error)")
    #expect(
      run.output.split(separator: "\n").map { $0.split(separator: ",")[2] }
        == expected.split(separator: "\n").map { $0.split(separator: ",")[2] })
  }

  @Test func namesOfColumnsAreQuoted() throws {
    let run = try CommandRun()
    try run.write(CommandRun.series(rows: 180, columns: ["\"sales, \"\"net\"\"\""]), to: "series.csv")
    #expect(run.train() == .done, "\(run.error)")
    #expect(try run.text("model/forecast.csv").contains("2016-01,\"sales, \"\"net\"\"\","))
  }
}
