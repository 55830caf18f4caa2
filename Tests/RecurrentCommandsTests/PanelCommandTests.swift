import Foundation
import RecurrentCommands
import Testing

/// Files of many series, trained, judged and continued as on the command line.
@Suite struct PanelCommandTests {
  /// A row for each series: twelve rows a cycle, sizes and lengths of their own.
  static func wide(from first: Int = 0, rows: Int? = nil, ids: Range<Int> = 0..<6) -> String {
    var text = "\"V1\",\"V2\"" + (3...130).map { ",\"V\($0)\"" }.joined() + "\n"
    for id in ids {
      let values = (first..<(rows.map { first + $0 } ?? 80 + 7 * id)).map { row in
        let start = row + (rows == nil ? 0 : 80 + 7 * id)
        let noise = Double((start * 7919 + start * start * 31 + id) % 101) / 50
        return Double(id + 1) * (30 + 10 * sin(2 * .pi * Double(start) / 12) + noise)
      }
      text += "\"s\(id)\"" + values.map { ",\"\($0)\"" }.joined() + ",\"\",\"\"\n"
    }
    return text
  }

  private static func long() -> String {
    var text = "month,shop,region,sales\n"
    for row in 0..<90 {
      for shop in 0..<5 where row < 70 + 5 * shop {
        let value = 20 * Double(shop + 1) + 8 * sin(2 * .pi * Double(row) / 12) + Double((row * 31 + shop * 7) % 11) / 5
        text += "\(2001 + row / 12)-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1),\"shop, \(shop)\",r\(shop % 2),\(value)\n"
      }
    }
    return text
  }

  static let wideOptions = ["--series-in-rows"]
  private static let longOptions = ["--id", "shop", "--category", "region", "--target", "sales"]

  @Test func seriesInRowsAreJudgedByATruthOfTheirOwn() throws {
    let run = try CommandRun()
    try run.write(Self.wide(), to: "train.csv")
    try run.write(Self.wide(rows: 4), to: "truth.csv")
    let data = [run.path("train.csv")]
    let test = ["--test", run.path("truth.csv"), "--json", "--quiet", "--season", "12"]
    #expect(run.train(Self.wideOptions + test, data: data) == .done, "\(run.error)")
    let trained = try run.object()
    #expect((trained["data"] as? [String: Any])?["seriesCount"] as? Int == 6)
    let series = try #require(trained["series"] as? [String: Any])
    #expect(series["count"] as? Int == 6)
    #expect((series["worst"] as? [Any])?.count == 6)
    let baselines = try #require(trained["baselines"] as? [String: Any])
    #expect(Set(["naive", "seasonalNaive", "linear"]).isSubset(of: Set(baselines.keys)))

    let history = ["--history", run.path("train.csv")]
    for more in [history, []] {
      #expect(run.run(["evaluate", run.model, run.path("truth.csv"), "--json"] + more) == .done, "\(run.error)")
      let judged = try run.object()
      for key in ["metrics", "baselines", "verdict", "series", "model"] {
        #expect((trained[key] as? NSDictionary) == (judged[key] as? NSDictionary), "\(key)")
      }
    }
    #expect(run.run(["evaluate", run.model, "--json"]) == .done)
    #expect((trained["metrics"] as? NSDictionary) == (try run.object()["metrics"] as? NSDictionary))
    #expect(run.run(["evaluate", run.model, run.path("truth.csv"), "--require", "smape<0"]) == .requirementNotMet)
    #expect(run.output.contains("The worst"))

    #expect(run.run(["predict", run.model]) == .done)
    let lines = run.output.split(separator: "\n")
    #expect(lines[0] == "id,time,forecast,lower80,upper80")
    #expect(lines.count == 1 + 6 * 4)
    #expect(lines[1].hasPrefix("s0,81,") && lines[24].hasPrefix("s5,119,"))
    let kept = run.output
    #expect(try run.text("model/forecast.csv") == kept)
    #expect(run.run(["predict", run.model, run.path("train.csv")]) == .done)
    #expect(run.output == kept)
    #expect(try run.text("model/scores.csv").split(separator: "\n").count == 7)
    let report = try run.text("model/report.html")
    for part in ["Distribution of skill", "The worst 6", "Beside simple forecasts", "--series-in-rows"] {
      #expect(report.contains(part), "\(part)")
    }
  }

  @Test func theTruthIsNotLearnedFrom() throws {
    let run = try CommandRun()
    try run.write(Self.wide(), to: "train.csv")
    var digests: Set<String> = []
    for rows in [4, 3] {
      try run.write(Self.wide(from: 5, rows: rows), to: "truth.csv")
      let options = Self.wideOptions + ["--test", run.path("truth.csv"), "--json", "--quiet", "--overwrite"]
      #expect(run.train(options, data: [run.path("train.csv")]) == .done, "\(run.error)")
      digests.insert(try #require((try run.object()["model"] as? [String: Any])?["weightsDigest"] as? String))
    }
    #expect(digests.count == 1)
  }

  @Test func seriesOfAColumnAreJudgedOnTheirLastRows() throws {
    let run = try CommandRun()
    try run.write(Self.long(), to: "shops.csv")
    #expect(run.train(Self.longOptions, data: [run.path("shops.csv")]) == .done, "\(run.error)")
    #expect(run.output.contains("Skill of"))
    #expect(run.error.contains("5 series of 70 to 90 rows, monthly"))
    let trained = try run.object("model/metrics.json")
    let groups = try #require((trained["series"] as? [String: Any])?["groups"] as? [[String: Any]])
    #expect(groups.map { $0["text"] as? String } == ["r0", "r1"])
    #expect(run.run(["evaluate", run.model, "--json"]) == .done, "\(run.error)")
    #expect((trained["metrics"] as? NSDictionary) == (try run.object()["metrics"] as? NSDictionary))

    #expect(run.run(["predict", run.model]) == .done)
    #expect(run.output.contains("\n\"shop, 0\",2006-11,"))
    #expect(run.run(["predict", run.model, "--format", "json"]) == .done)
    let series = try #require(try run.object()["series"] as? [[String: Any]])
    #expect(series.map { $0["id"] as? String } == (0..<5).map { "shop, \($0)" })
    #expect((series[4]["points"] as? [[String: Any]])?.count == 4)

    try run.write("month,shop,sales\n2006-11,\"shop, 0\",20\n2006-12,\"shop, 0\",21\n", to: "truth.csv")
    #expect(run.run(["evaluate", run.model, run.path("truth.csv"), "--json"]) == .done, "\(run.error)")
    #expect((try run.object()["series"] as? [String: Any])?["count"] as? Int == 1)
    try run.write(Self.long().replacing("r1", with: "r2"), to: "shops.csv")
    #expect(run.run(["evaluate", run.model]) == .badData)
    #expect(run.error.contains("a file that has changed since"))
  }

  /// Sales that rise as fast as the area of the shop says.
  private static func withAreas(_ shops: Range<Int>, rows: Range<Int> = 0..<90) -> String {
    var text = "month,shop,area,sales\n"
    for shop in shops {
      for row in rows {
        let value = 40 + 0.1 * Double(shop * row) + Double((row * 31 + shop * row * 7) % 11)
        let area = shop == 1 ? "NA" : "\(50 * shop)"
        text += "\(2001 + row / 12)-\(row % 12 < 9 ? "0" : "")\(row % 12 + 1),s\(shop),\(area),\(value)\n"
      }
    }
    return text
  }

  @Test func staticColumnsAndSeriesNotMet() throws {
    let run = try CommandRun()
    try run.write(Self.withAreas(0..<6), to: "shops.csv")
    let options = ["--id", "shop", "--static", "area", "--target", "sales"]
    #expect(run.train(options, data: [run.path("shops.csv")]) == .done, "\(run.error)")
    #expect(run.error.contains("static columns: area"))
    #expect(try (run.object("model/metrics.json")["data"] as? [String: Any])?["inputs"] as? [String] == ["area"])
    #expect(try run.text("model/report.html").contains("Static columns: area"))
    #expect(run.run(["predict", run.model]) == .done)
    let kept = run.output
    #expect(try run.text("model/forecast.csv") == kept)
    // Shops that the training did not have, with and without the other columns of their truth.
    try run.write(Self.withAreas(20..<23), to: "new.csv")
    try run.write(Self.withAreas(20..<23, rows: 90..<94), to: "next.csv")
    #expect(run.run(["predict", run.model, run.path("new.csv")]) == .done, "\(run.error)")
    #expect(run.output.split(separator: "\n").count == 1 + 3 * 4 && run.output.contains("\ns22,2008-10,"))
    let seen = run.output
    try run.write(Self.withAreas(20..<23).replacing(",1000,", with: ",NA,"), to: "new.csv")
    #expect(run.run(["predict", run.model, run.path("new.csv")]) == .done, "\(run.error)")
    #expect(run.output != seen)
    let judge = ["evaluate", run.model, run.path("next.csv"), "--history", run.path("new.csv"), "--json"]
    #expect(run.run(judge) == .done, "\(run.error)")
    #expect((try run.object()["series"] as? [String: Any])?["count"] as? Int == 3)
    try run.write(Self.withAreas(20..<23).replacing("area", with: "size"), to: "new.csv")
    #expect(run.run(["predict", run.model, run.path("new.csv")]) == .badData)
    #expect(run.error.contains("expected a column named \"area\" (--static)"), "\(run.error)")
    var damaged = try run.object("model/data.json")
    damaged["statics"] = nil
    try JSONSerialization.data(withJSONObject: damaged).write(to: URL(filePath: run.path("model/data.json")))
    #expect(run.run(["predict", run.model]) == .badData)
  }

  @Test func trainingGoesOn() throws {
    let run = try CommandRun()
    try run.write(Self.withAreas(0..<4), to: "shops.csv")
    let options = ["--id", "shop", "--static", "area", "--target", "sales", "--quiet"]
    #expect(run.train(options, data: [run.path("shops.csv")]) == .done, "\(run.error)")
    let metrics = try run.object("model/metrics.json")
    #expect(!FileManager.default.fileExists(atPath: run.path("model/checkpoint")))
    // What a training leaves that was killed before its first checkpoint.
    let record: [String: Any] = [
      "command": ["train", "forecast"], "commandLine": "recurrent train forecast shops.csv",
      "options": try #require(try run.object("model/config.json")["options"]),
    ]
    let digest = try #require((metrics["data"] as? [String: Any])?["digest"] as? String)
    func unfinished(_ digest: String) throws {
      try FileManager.default.removeItem(atPath: run.model)
      try FileManager.default.createDirectory(atPath: run.path("model/checkpoint"), withIntermediateDirectories: true)
      try JSONSerialization.data(withJSONObject: record)
        .write(to: URL(filePath: run.path("model/checkpoint/config.json")))
      try run.write("{\"digest\": \"\(digest)\", \"rows\": 360}", to: "model/checkpoint/data.json")
    }
    try unfinished(digest)
    #expect(run.train(options, data: [run.path("shops.csv")]) == .wouldOverwrite)
    #expect(run.error.contains("holds a training that is not over"))
    #expect(run.run(["train", "--resume", run.model, "--static", "month"]) == .usage)
    #expect(run.error.contains("--static cannot change from area to month"), "\(run.error)")
    #expect(run.run(["train", "--resume", run.model, "--quiet", "--json"]) == .done, "\(run.error)")
    let resumed = try run.object()
    #expect((resumed["model"] as? NSDictionary) == (metrics["model"] as? NSDictionary))
    #expect(resumed["command"] as? String == "recurrent train forecast shops.csv")
    #expect(!FileManager.default.fileExists(atPath: run.path("model/checkpoint")))
    try unfinished(String(repeating: "0", count: 64))
    #expect(run.run(["train", "--resume", run.model]) == .badData)
    #expect(run.error.contains("the data are not those that the training"))
    #expect(FileManager.default.fileExists(atPath: run.path("model/checkpoint/config.json")))
  }

  @Test func failedTrainingLeavesNothing() throws {
    let run = try CommandRun()
    try run.write(Self.wide(), to: "train.csv")
    let options = Self.wideOptions + ["--learning-rate", "1e30", "--optimizer", "sgd"]
    #expect(run.train(options, data: [run.path("train.csv")]) == .trainingStopped, "\(run.error)")
    #expect(!FileManager.default.fileExists(atPath: run.model))
  }

  @Test(arguments: [
    (["--id", "shop", "--known", "price"], "--known price does not go with many series"),
    (["--id", "shop", "--known", "price", "--future", "f.csv"], "--known price does not go with many series"),
    (["--id", "shop", "--future", "f.csv"], "--future needs --known as well"),
    (["--id", "shop", "--past", "visits"], "--past visits does not go with many series"),
    (["--series-in-rows", "--known", "price"], "--known price does not go with many series"),
    (["--series-in-rows", "--static", "area"], "--static and --series-in-rows exclude each other"),
    (["--static", "area"], "--static needs --id as well"),
    (["--id", "shop", "--static", "shop"], "--id shop and --static shop exclude each other"),
    (["--id", "shop", "--target", "x", "--static", "x"], "--target x and --static x exclude each other"),
    (["--id", "shop", "--category", "x", "--static", "x"], "--category x and --static x exclude each other"),
  ])
  func whatDoesNotGoTogetherIsSaidBeforeAnythingIsRead(options: [String], message: String) throws {
    let run = try CommandRun()
    #expect(run.train(options, data: [run.path("nowhere.csv")]) == .usage)
    #expect(run.error.contains(message), "\(run.error)")
    #expect(!FileManager.default.fileExists(atPath: run.model))
  }

  @Test func comingRowsOfManySeriesAreRefused() throws {
    let run = try CommandRun()
    try run.write(Self.wide(), to: "train.csv")
    #expect(run.train(Self.wideOptions, data: [run.path("train.csv")]) == .done)
    #expect(run.run(["predict", run.model, "--future", run.path("train.csv")]) == .usage)
    #expect(run.error.contains("--future needs a model of one series"))
  }

  @Test func mistakesAreNamed() throws {
    let run = try CommandRun()
    try run.write(Self.wide(), to: "train.csv")
    try run.write(Self.wide(rows: 4, ids: 4..<9), to: "others.csv")
    try run.write("a,1,2\na,2,x\n", to: "twice.csv")
    #expect(run.train(Self.wideOptions, data: [run.path("twice.csv")]) == .badData)
    #expect(run.error.contains("twice.csv:2:1: expected a name that no other series has"))
    #expect(run.train(Self.wideOptions + ["--dry-run"], data: [run.path("train.csv")]) == .done)
    #expect(run.output.contains("6 series of 80 to 115 rows"))
    #expect(
      run.train(Self.wideOptions + ["--test", run.path("others.csv")], data: [run.path("train.csv")]) == .badData)
    #expect(run.error.contains("\"s6\", which the history does not have"))
    #expect(run.train(Self.wideOptions, data: [run.path("train.csv")]) == .done)
    #expect(run.run(["evaluate", run.model, "--history", run.path("train.csv")]) == .usage)
    #expect(run.error.contains("--history needs the file of what followed as well"))
    #expect(run.train(["--overwrite"]) == .done)
    #expect(run.run(["evaluate", run.model, run.data, "--history", run.data]) == .usage)
    #expect(run.error.contains("--history needs a model of many series"))
  }

  @Test(arguments: ["config.json", "encoders.json", "data.json"]) func damagedModelsAreRefused(file: String) throws {
    let run = try CommandRun()
    try run.write(Self.wide(ids: 0..<2), to: "train.csv")
    let small = ["--levels", "0.5,0.9", "--epochs", "1", "--window", "6", "--horizon", "2", "--hidden", "3", "--quiet"]
    #expect(
      run.run(["train", "forecast", run.path("train.csv"), "-o", run.model] + Self.wideOptions + small) == .done,
      "\(run.error)")
    let path = run.path("model/\(file)")
    let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
    var refused = 0
    for (place, damaged) in Damage.all(of: whole) {
      try JSONSerialization.data(withJSONObject: damaged).write(to: URL(filePath: path))
      let code = run.run(["predict", run.model, "--json"])
      if code == .badData { refused += 1 }
      #expect([.done, .badData, .noInput, .trainingStopped].contains(code), "\(file) \(place): \(run.error)")
    }
    #expect(refused > 10, "\(refused)")
  }
}
