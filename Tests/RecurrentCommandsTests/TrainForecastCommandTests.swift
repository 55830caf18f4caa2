import Foundation
import Recurrent
import RecurrentCommands
import Testing

@Suite struct TrainForecastCommandTests {
  @Test func writesTheWholeFolder() throws {
    let run = try CommandRun()
    #expect(run.train() == .done, "\(run.error)")
    let files = [
      "config.json", "data.json", "encoders.json", "forecast.csv", "log.jsonl", "metrics.json", "model.safetensors",
      "paths.safetensors",
      "report.html",
    ]
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.model).sorted() == files)
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder).sorted() == ["model", "series.csv"])
    #expect(run.output.contains("The next 4 values:"))
    #expect(run.output.contains("80 % coverage"))
    #expect(run.error.contains("180 rows, monthly, 2001-01 to 2015-12 (times in month)"))
    for line in try run.text("model/log.jsonl").split(separator: "\n") {
      #expect(try CommandRun.object(Data(line.utf8))["event"] != nil, "\(line)")
    }
    #expect(try run.text("model/report.html").contains("<svg"))
  }

  @Test func jsonIsMetricsFile() throws {
    let run = try CommandRun()
    #expect(run.train(["--json", "--quiet", "--threads", "2", "--seed", "5"]) == .done)
    #expect(run.error == "")
    #expect(run.output == (try run.text("model/metrics.json")))
    let object = try run.object()
    for key in [
      "schema", "command", "status", "model", "data", "metrics", "baselines", "verdict", "warnings", "seconds",
      "peakMemoryBytes", "seed", "threads", "files",
    ] { #expect(object[key] != nil, "\(key)") }
    #expect(object["seed"] as? Int == 5)
    #expect((object["command"] as? String)?.hasPrefix("recurrent train forecast \(run.data)") == true)
    let model = try #require(object["model"] as? [String: Any])
    #expect((model["weightsDigest"] as? String)?.count == 64)
    #expect(model["cell"] as? String == "gru")
    let split = try #require((object["data"] as? [String: Any])?["split"] as? [String: [Int]])
    #expect(split == ["train": [0, 126], "validation": [126, 144], "test": [144, 180]])
    let baselines = try #require(object["baselines"] as? [String: Any])
    #expect(Set(baselines.keys) == ["naive", "seasonalNaive", "drift", "linear"])
    #expect((object["files"] as? [String])?.allSatisfy { FileManager.default.fileExists(atPath: $0) } == true)
  }

  @Test func backtestsFitAnewIfAsked() throws {
    let run = try CommandRun()
    #expect(run.train(["--dry-run", "--refit", "16"]) == .done)
    #expect(run.output.contains("fits anew at every 16 origins: 2 further trainings"))
    #expect(run.train(["--refit", "16"]) == .done, "\(run.error)")
    #expect(run.error.contains("the backtest trains 2 times more, about "))
    #expect(run.error.contains("fitting 3 of 3: the 176 rows before 2015-09"))
    #expect(run.output.contains("fitted anew at every 16 origins"))
    #expect(try run.text("model/report.html").contains("fitted anew at every 16 origins"))
    let trained = try run.object("model/metrics.json")
    let refit = try #require(trained["refit"] as? [String: Any])
    #expect(refit["policy"] as? String == "every" && refit["every"] as? Int == 16 && refit["fittings"] as? Int == 3)
    // The model can be judged again, either way.
    func error(_ object: [String: Any]) throws -> Double {
      let metrics = try #require((object["metrics"] as? [String: Any])?["overall"] as? [String: Any])
      return try #require(metrics["mae"] as? Double)
    }
    #expect(run.run(["evaluate", run.model, "--refit", "16", "--json", "--quiet"]) == .done, "\(run.error)")
    #expect(try error(run.object()) == error(trained))
    #expect(run.run(["evaluate", run.model, "--json", "--quiet"]) == .done)
    #expect(try error(run.object()) != error(trained))
    let never = try #require(try run.object()["refit"] as? [String: Any])
    #expect(never["policy"] as? String == "never" && never["every"] is NSNull && never["fittings"] as? Int == 1)
    #expect(run.run(["evaluate", run.model, run.data, "--refit", "16"]) == .usage)
    #expect(run.error.contains("--refit and DATA exclude each other"))
  }

  @Test func existingFoldersStay() throws {
    let run = try CommandRun()
    #expect(run.train(["--quiet"]) == .done)
    let before = try run.text("model/metrics.json")
    #expect(run.train(["--seed", "2"]) == .wouldOverwrite)
    #expect(run.error.contains("model exists already"))
    #expect(try run.text("model/metrics.json") == before)
    #expect(run.train(["--seed", "2", "--overwrite"]) == .done)
    #expect(try run.text("model/metrics.json") != before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder).sorted() == ["model", "series.csv"])
    // What is no model is not replaced, whatever is asked for.
    let other = try CommandRun()
    try FileManager.default.createDirectory(atPath: other.model, withIntermediateDirectories: true)
    try other.write("mine", to: "model/letter.txt")
    #expect(other.train(["--overwrite"]) == .inputOutput)
    #expect(try other.text("model/letter.txt") == "mine")
  }

  @Test func dryRunTrainsNothing() throws {
    let run = try CommandRun()
    #expect(run.train(["--dry-run"]) == .done)
    #expect(!FileManager.default.fileExists(atPath: run.model))
    #expect(run.output.contains("train: 126 rows, 2001-01 to 2011-06"))
    #expect(run.output.contains("a season of 12 rows"))
    #expect(run.output.contains("repeating the last value"))
    #expect(run.train(["--dry-run", "--json", "--quiet"]) == .done)
    #expect(try run.object()["status"] as? String == "dry-run")
    #expect(try run.object()["model"] == nil)
  }

  @Test func sameCommandSameModel() throws {
    func digest(_ more: [String]) throws -> String {
      let run = try CommandRun()
      #expect(run.train(["--json", "--quiet"] + more) == .done)
      return try #require((try run.object()["model"] as? [String: Any])?["weightsDigest"] as? String)
    }
    #expect(try digest(["--threads", "1"]) == digest(["--threads", "3"]))
    #expect(try digest([]) != digest(["--seed", "2"]))
    // The configuration of a folder repeats its run.
    let run = try CommandRun()
    #expect(
      run.train(["--json", "--quiet", "--cell", "lstm", "--levels", "0.55,0.9", "--difference", "first"]) == .done)
    let first = try #require(try run.object()["model"] as? [String: Any])
    #expect(
      run.run(
        ["train", "forecast", "--config", run.path("model/config.json"), "--json", "--quiet", "-o", run.path("again")])
        == .done, "\(run.error)")
    let second = try #require(try run.object()["model"] as? [String: Any])
    #expect(first["weightsDigest"] as? String == second["weightsDigest"] as? String)
    #expect(try run.text("model/forecast.csv") == run.text("again/forecast.csv"))
    #expect(try run.text("again/forecast.csv").hasPrefix("time,target,forecast,lower55,upper55,lower90,upper90\n"))
  }

  /// The digest of the weights of two layers that were trained, and not left as they had started.
  private func digest(_ run: CommandRun, _ data: String, _ more: [String]) throws -> String? {
    let sizes = ["--horizon", "4", "--epochs", "12", "--hidden", "6", "--window", "12", "--layers", "2"]
    let plain = ["--no-shortcut", "--dropout", "0", "--average", "off", "--quiet", "--json", "--overwrite"]
    #expect(run.run(["train", "forecast", data, "-o", run.model] + sizes + plain + more) == .done, "\(run.error)")
    return (try run.object()["model"] as? [String: Any])?["weightsDigest"] as? String
  }

  /// Each regulariser and each way to join layers gives other weights, and they come back from the folder.
  @Test func stacksAreAsTheOptionsSay() throws {
    let run = try CommandRun()
    func digest(_ more: [String]) throws -> String? {
      try self.digest(run, run.data, ["--target", "sales", "--decoder", "encoder-decoder"] + more)
    }
    var digests = [try digest([])]
    for connections in LayerConnections.allCases where connections != .none {
      digests.append(try digest(["--connections", connections.rawValue]))
    }
    for kind in try #require(RecurrentKind(named: "gru")).regularizers {
      let strength = kind.name == "step-gradient-limit" ? "0.0001" : "0.5"
      digests.append(try digest(["--regularizer", "\(kind.name)=\(strength)"]))
    }
    // A GRU has no memory beside its hidden state.
    #expect(run.train(["--overwrite", "--regularizer", "memory-zoneout=0.5"]) == .usage)
    #expect(run.error.contains("--regularizer memory-zoneout does nothing in the cell gru"))
    #expect(run.error.contains("here act input-dropout, output-dropout,"))
    #expect(Set(digests).count == digests.count)
    #expect(try digest(["--connections", "none"]) == digests[0])

    let some = ["--connections", "highway", "--regularizer", "weight-drop=0.25", "--regularizer", "hidden-zoneout=0.1"]
    let first = try digest(some)
    #expect(run.run(["predict", run.model]) == .done, "\(run.error)")
    let forecast = run.output
    let configuration = try run.object("model/config.json")
    let options = try #require(configuration["options"] as? [String: Any])
    #expect(options["connections"] as? String == "highway")
    #expect(options["regularizer"] as? [String] == ["hidden-zoneout=0.1", "weight-drop=0.25"])
    let again = run.path("again")
    #expect(
      run.run(["train", "--config", "\(run.model)/config.json", "-o", again, "--quiet", "--json"]) == .done,
      "\(run.error)")
    #expect((try run.object()["model"] as? [String: Any])?["weightsDigest"] as? String == first)
    #expect(run.run(["predict", again]) == .done)
    #expect(run.output == forecast)
  }

  /// What recurrent cells are compared with is trained, kept and asked as they are.
  @Test(arguments: ["transformer", "tcn", "output-feedback"]) func whatCellsAreComparedWithIsTrained(_ cell: String)
    throws
  {
    let run = try CommandRun()
    func digest(_ more: [String]) throws -> String? { try self.digest(run, run.data, ["--target", "sales"] + more) }
    let first = try digest(["--cell", cell])
    #expect(try digest(["--cell", cell, "--threads", "1"]) == first)
    let forecast = try run.text("model/forecast.csv")
    #expect(run.run(["evaluate", run.model]) == .done, "\(run.error)")
    #expect(run.run(["predict", run.model]) == .done, "\(run.error)")
    #expect(run.output == forecast)
    // Untrained, both would forecast their base.
    _ = try digest([])
    #expect(try run.text("model/forecast.csv") != forecast)
    for conflict in [["--decoder", "recursive"], ["--connections", "dense"], ["--regularizer", "input-dropout=0.1"]] {
      #expect(run.train(["--overwrite", "--cell", cell, "--layers", "2"] + conflict) == .usage)
      #expect(run.error.contains("--cell \(cell): expected a recurrent cell for "), "\(run.error)")
      #expect(run.train(["--overwrite", "--cell", cell, "--search", "2"] + conflict) == .usage)
    }
    #expect(run.train(["--overwrite", "--cell", cell, "--layers", "60"]) == .usage)
    #expect(
      run.error.contains("expected a whole number from 1 to 24 for layers of \(cell), received 60"), "\(run.error)")
  }

  @Test func dilatedLayersAreSeveral() throws {
    let run = try CommandRun()
    #expect(run.train(["--cell", "dilated"]) == .usage)
    #expect(run.error.contains("--cell dilated needs more than one layer"), "\(run.error)")
    #expect(run.train(["--cell", "dilated", "--layers", "2", "--quiet"]) == .done, "\(run.error)")
  }

  @Test func manySeriesHaveStacksToo() throws {
    let run = try CommandRun()
    let rows = (0..<6).map { series -> String in
      let values = (0..<60).map { row in
        20 + Double((row * 7 + series * 3) % 12) + Double((row * 7919 + row * row * 31 + series * 17) % 101) / 10
      }
      return "s\(series)," + values.map { "\($0)" }.joined(separator: ",")
    }
    try run.write(rows.joined(separator: "\n") + "\n", to: "wide.csv")
    func digest(_ more: [String]) throws -> String? {
      try self.digest(run, run.path("wide.csv"), ["--series-in-rows"] + more)
    }
    let plain = try digest([])
    #expect(try digest(["--connections", "residual"]) != plain)
    #expect(try digest(["--regularizer", "recurrent-dropout=0.5"]) != plain)
    #expect(try digest(["--cell", "tcn"]) != plain)
    #expect(run.run(["predict", run.model]) == .done, "\(run.error)")
    #expect(plain != nil)
  }

  @Test func otherLevelsAreNamed() throws {
    let run = try CommandRun()
    #expect(run.train(["--levels", "0.95"]) == .done)
    #expect(run.output.contains("95 % coverage"))
    #expect(!run.output.contains("80 % coverage"))
    #expect(run.output.contains("95 % from"))
  }

  @Test func everyOptionIsTaken() throws {
    for options in [
      ["--target", "sales", "--scaler", "log", "--difference", "none", "--optimizer", "sgd", "--plot"],
      ["--scaler", "window", "--missing", "linear", "--quantile-heads", "--layers", "2", "--cell", "elman"],
      ["--decoder", "recursive", "--segment", "2"],
      ["--decoder", "encoder-decoder", "--cell", "lstm"],
      ["--distribution", "gaussian", "--difference", "first", "--levels", "0.5,0.9"],
      ["--split", "120:30:30", "--season", "1", "--no-shortcut", "--batch", "8", "--patience", "1"],
      ["--split", "2011-01,2013-01", "--segment", "4", "--clip-norm", "0.5", "--learning-rate", "0.01"],
    ] {
      let run = try CommandRun()
      #expect(run.train(options) == .done, "\(options): \(run.error)")
    }
    // Parts from files of their own.
    let run = try CommandRun()
    let lines = CommandRun.series(rows: 180).split(separator: "\n").map(String.init)
    try run.write(lines[0...120].joined(separator: "\n") + "\n", to: "a.csv")
    try run.write(([lines[0]] + lines[121...150]).joined(separator: "\n") + "\n", to: "b.csv")
    try run.write(([lines[0]] + lines[151...]).joined(separator: "\n") + "\n", to: "c.csv")
    let files = ["--validation", run.path("b.csv"), "--test", run.path("c.csv"), "--json", "--quiet"]
    #expect(run.train(files, data: [run.path("a.csv")]) == .done, "\(run.error)")
    let split = try #require((try run.object()["data"] as? [String: Any])?["split"] as? [String: [Int]])
    #expect(split == ["train": [0, 120], "validation": [120, 150], "test": [150, 180]])
    #expect(run.run(["evaluate", run.model]) == .done, "\(run.error)")
  }

  @Test func failuresHaveTheirCodes() throws {
    let run = try CommandRun()
    #expect(run.run(["train", "forecast", run.data]) == .usage)
    #expect(run.train(["--segment", "5"]) == .usage)
    #expect(run.train(data: [run.path("none.csv")]) == .noInput)
    #expect(run.train(["--target", "profit"]) == .badData)
    #expect(run.error.contains("series.csv:1:1"))
    #expect(run.train(["--distribution", "negative-binomial"]) == .badData)
    #expect(run.error.contains("series.csv:3") && run.error.contains("in row 2"), "\(run.error)")
    for bad in [
      ["--split", "0.2,0.9,0.5"], ["--split", "spring,autumn"], ["--frequency", "often"], ["--time-format", "wvw"],
    ] { #expect(run.train(bad) == .usage, "\(bad): \(run.error)") }
    try run.write("month,sales\n2001-01,3\n", to: "one.csv")
    #expect(run.train(data: [run.path("one.csv")]) == .badData)
    try run.write("month,sales\n2001-01,3\n2001-02,x\n2001-03,4\n", to: "text.csv")
    #expect(run.train(["--json"], data: [run.path("text.csv")]) == .badData)
    let failure = try #require(try run.object()["error"] as? [String: Any])
    #expect(failure["code"] as? String == "bad-data")
    #expect(failure["line"] as? Int == 3 && failure["column"] as? Int == 9)
    #expect(failure["file"] as? String == run.path("text.csv"))
    #expect(!FileManager.default.fileExists(atPath: run.model))
    #expect(run.train(["-o", run.path("series.csv/model")]) != .done)
  }

  @Test func validationWithoutTest() throws {
    let run = try CommandRun()
    let lines = CommandRun.series(rows: 180).split(separator: "\n").map(String.init)
    try run.write(lines[0...120].joined(separator: "\n") + "\n", to: "a.csv")
    try run.write(([lines[0]] + lines[121...]).joined(separator: "\n") + "\n", to: "b.csv")
    let files = ["--validation", run.path("b.csv"), "--season", "1", "--json", "--quiet"]
    #expect(run.train(files, data: [run.path("a.csv")]) == .done, "\(run.error)")
    let data = try #require(try run.object()["data"] as? [String: Any])
    #expect(data["split"] as? [String: [Int]] == ["train": [0, 120], "validation": [120, 150], "test": [150, 180]])
    #expect(data["season"] is NSNull)
  }

  @Test func demoIsTrainForecast() throws {
    let run = try CommandRun()
    #expect(run.run(["demo", "--data", run.path("none.csv"), "-o", run.model]) == .noInput)
    let words = run.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("none.csv --horizon 24 --plot --overwrite --output \(run.model) --seed 1"), "\(words)")
  }
}
