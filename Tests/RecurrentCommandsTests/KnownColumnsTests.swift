import Foundation
import RecurrentCommands
import Testing

/// `--known` and `--future`, from training to prediction.
@Suite struct KnownColumnsTests {
  /// Monthly sales that follow a price and a campaign of the same month.
  private static func rows(_ range: Range<Int>, isFuture: Bool = false) -> [String] {
    [isFuture ? "month,price,campaign" : "month,sales,price,campaign"]
      + range.map { row in
        let month = "\(2001 + row / 12)-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1)"
        let price = 5 + Double((row * 7919) % 13) / 4,
          campaign = ["none", "radio", "none", "mail"][(row * row + row / 3) % 4]
        let sales = 80 - 3 * price + (campaign == "none" ? 0 : 12) + 5 * sin(2 * .pi * Double(row) / 12)
        return isFuture ? "\(month),\(price),\(campaign)" : "\(month),\(sales),\(price),\(campaign)"
      }
  }

  private static func text(_ range: Range<Int>, isFuture: Bool = false) -> String {
    rows(range, isFuture: isFuture).joined(separator: "\n") + "\n"
  }

  private static let columns = ["--target", "sales", "--known", "price", "--known", "campaign"]

  private func trained(_ more: [String] = []) throws -> CommandRun {
    let run = try CommandRun()
    try run.write(Self.text(0..<180), to: "series.csv")
    try run.write(Self.text(180..<184, isFuture: true), to: "future.csv")
    #expect(run.train(Self.columns + more) == .done, "\(run.error)")
    return run
  }

  @Test func trainingWithFutureRowsWritesTheForecast() throws {
    let run = try trained()
    #expect(run.output.contains("The next values need the known columns of their rows"))
    #expect(run.error.contains("known ahead: price, campaign"))
    #expect(!FileManager.default.fileExists(atPath: run.path("model/forecast.csv")))
    let data = try #require(try run.object("model/metrics.json")["data"] as? [String: Any])
    #expect(data["known"] as? [String] == ["price", "campaign"])
    let baselines = try #require(try run.object("model/metrics.json")["baselines"] as? [String: Any])
    #expect(baselines["linearKnown"] != nil)
    let report = try run.text("model/report.html")
    #expect(report.contains("The rows that a forecast uses"))
    #expect(report.contains("price, campaign: the last 12 rows are read, and the 4 to be forecast."))
    #expect(run.train(Self.columns + ["--future", run.path("future.csv"), "--overwrite"]) == .done, "\(run.error)")
    #expect(run.output.contains("The next 4 values:"))
    let forecast = try run.text("model/forecast.csv")
    #expect(run.run(["predict", run.model, "--future", run.path("future.csv")]) == .done, "\(run.error)")
    #expect(run.output == forecast)
    #expect(run.run(["predict", run.model, run.data, "--future", run.path("future.csv")]) == .done, "\(run.error)")
    #expect(run.output == forecast)
    #expect(run.run(["evaluate", run.model]) == .done, "\(run.error)")
  }

  @Test func refusalsNameFileRowsAndAdvice() throws {
    let run = try trained()
    #expect(run.run(["predict", run.model]) == .badData)
    #expect(run.error.contains("4 rows, 2016-01 to 2016-04") && run.error.contains("--future FILE"), "\(run.error)")
    for (range, line, received) in [
      (180..<182, 3, "2 rows, up to 2016-02"), (181..<190, 2, "rows from 2016-02 to 2016-10"),
    ] {
      try run.write(Self.text(range, isFuture: true), to: "future.csv")
      #expect(run.run(["predict", run.model, "--future", run.path("future.csv"), "--json"]) == .badData)
      let failure = try #require(try run.object()["error"] as? [String: Any])
      #expect(failure["file"] as? String == run.path("future.csv"))
      #expect(failure["line"] as? Int == line)
      #expect(failure["expected"] as? String == "4 rows, 2016-01 to 2016-04")
      #expect(failure["received"] as? String == received)
      #expect(failure["hint"] is String)
    }
    try run.write("month,price\n2016-01,4\n2016-02,4\n2016-03,4\n2016-04,4\n", to: "future.csv")
    #expect(run.run(["predict", run.model, "--future", run.path("future.csv")]) == .badData)
    #expect(run.error.contains("a column named \"campaign\""), "\(run.error)")
    #expect(run.run(["predict", run.model, "--future", run.path("no.csv")]) == .noInput)
  }

  @Test func comingRowsAreCheckedBeforeTraining() throws {
    let run = try CommandRun()
    try run.write(Self.text(0..<180), to: "series.csv")
    try run.write(Self.text(180..<183, isFuture: true), to: "future.csv")
    #expect(run.train(Self.columns + ["--future", run.path("future.csv")]) == .badData)
    #expect(run.error.contains("3 rows, up to 2016-03") && !run.error.contains("network"), "\(run.error)")
    #expect(!FileManager.default.fileExists(atPath: run.model))
  }

  @Test func strangeCategoriesAreReported() throws {
    let run = try trained()
    try run.write(Self.text(180..<184, isFuture: true).replacing("none", with: "balloon"), to: "future.csv")
    #expect(run.run(["predict", run.model, "--future", run.path("future.csv")]) == .done, "\(run.error)")
    let words = run.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("warning: campaign is \"balloon\" in "), "\(words)")
  }

  @Test func modelsWithoutKnownColumnsRefuseFutureRows() throws {
    let run = try CommandRun()
    #expect(run.train() == .done)
    #expect(run.run(["predict", run.model, "--future", run.data]) == .usage)
    #expect(run.error.contains("the model has no known columns"))
  }
}
