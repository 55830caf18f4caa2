import Foundation
import Recurrent
import RecurrentCommands
import Testing

@Suite struct TrainTreesCommandTests {
  /// A pair is as good as its words, unless `not` stands before them.
  static func text(_ sentences: Int, from first: Int) -> String {
    (first..<first + sentences).map { number in
      let word = ["bad", "dull", "good", "nice"][number % 4]
      let (label, turned) = (number % 4 < 2 ? 0 : 2, number / 4 % 3 == 0)
      let pair = "(\(label) (1 w\(number % 7)) (\(label) \(word)))"
      return turned ? "(\(2 - label) (1 not) \(pair))\n" : pair + "\n"
    }.joined()
  }

  private func prepared() throws -> CommandRun {
    let run = try CommandRun()
    try run.write(Self.text(200, from: 0), to: "train.txt")
    try run.write(Self.text(40, from: 1000), to: "dev.txt")
    try run.write(Self.text(60, from: 2000), to: "test.txt")
    return run
  }

  private func train(_ run: CommandRun, _ more: [String]) -> ExitCode {
    run.run(
      [
        "train", "trees", run.path("train.txt"), "--validation", run.path("dev.txt"), "--words", "8", "--hidden", "9",
        "--epochs", "25", "--patience", "25", "--word-dropout", "0", "--average", "off",
      ] + more)
  }

  @Test func aModelIsWrittenAndJudged() throws {
    let run = try prepared()
    #expect(train(run, ["--test", run.path("test.txt"), "-o", run.model]) == .done, "\(run.error)")
    #expect(run.output.contains("naive Bayes") && run.output.contains("Right on the 60 test trees"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(run.error.contains("200 trees") && run.error.contains("epoch 1: loss"))
    let metrics = try run.object("model/metrics.json")
    let test = try #require(metrics["test"] as? [String: Any])
    let accuracy = try #require(test["accuracy"] as? Double)
    #expect(accuracy > 0.9)
    #expect(test["trees"] as? Int == 60)
    #expect(Set(try #require(metrics["baselines"] as? [String: Any]).keys) == ["majority", "naive Bayes"])
    let configuration = try run.object("model/config.json")
    #expect(configuration["command"] as? [String] == ["train", "trees"])
    #expect(try run.text("model/log.jsonl").contains("\"event\":\"finished\""))

    // The same options from the folder give the same bits; an existing folder stays.
    #expect(run.run(["train", "--config", "\(run.model)/config.json"]) == .wouldOverwrite)
    #expect(run.run(["train", "--config", "\(run.model)/config.json", "-o", run.path("again"), "--json"]) == .done)
    let digest = { (object: [String: Any]) in (object["model"] as? [String: Any])?["weightsDigest"] as? String }
    #expect(try digest(run.object()) == digest(metrics))
    #expect(digest(metrics)?.count == 64)
    #expect(train(run, ["-o", run.model, "--overwrite", "--seed", "2", "--quiet", "--json"]) == .done)
    #expect(run.error == "")
    #expect(try digest(run.object()) != digest(metrics))
    #expect(try run.object()["test"] == nil)
  }

  @Test func badFilesAreNamed() throws {
    let run = try prepared()
    try run.write("(1 a)\n(1 (2 b)", to: "dev.txt")
    #expect(train(run, ["-o", run.model]) == .badData)
    #expect(run.error.contains("dev.txt:2:9: expected a closing bracket, received the end of the file"))
    try run.write("(7 a)\n", to: "dev.txt")
    #expect(train(run, ["-o", run.model]) == .badData)
    #expect(run.error.contains("dev.txt:1: expected a label of the training trees: 0, 1, 2"), "\(run.error)")
    // What it is to be judged on is read before it is trained.
    try run.write(Self.text(40, from: 1000), to: "dev.txt")
    try run.write("(1 a)\n(8 b)\n", to: "test.txt")
    #expect(train(run, ["--test", run.path("test.txt"), "-o", run.model]) == .badData)
    #expect(run.error.contains("test.txt:2: expected a label of the training trees: 0, 1, 2"), "\(run.error)")
    #expect(!run.error.contains("epoch 1"))
    #expect(!FileManager.default.fileExists(atPath: run.model))
    #expect(run.run(["train", "trees", run.path("train.txt")]) == .usage)
    #expect(run.run(["train", "trees", run.path("none.txt"), "--validation", run.path("dev.txt")]) == .noInput)
  }

  @Test func aModelIsJudgedAgain() throws {
    let run = try prepared()
    #expect(train(run, ["--test", run.path("test.txt"), "-o", run.model, "--quiet"]) == .done, "\(run.error)")
    let metrics = try run.object("model/metrics.json")
    #expect(run.run(["evaluate", run.model, "--json"]) == .done, "\(run.error)")
    let again = try run.object()
    for key in ["model", "data", "validation", "test", "baselines"] {
      #expect((again[key] as? NSDictionary) == (metrics[key] as? NSDictionary), "\(key)")
    }
    try run.write(Self.text(30, from: 5000), to: "other.txt")
    #expect(run.run(["evaluate", run.model, run.path("other.txt")]) == .done, "\(run.error)")
    #expect(run.output.contains("Right on the 30 test trees") && run.output.contains("naive Bayes"))
    #expect(run.run(["evaluate", run.model, "--require", "accuracy>=0.5"]) == .done)
    #expect(run.run(["evaluate", run.model, "--require", "nodeAccuracy>1"]) == .requirementNotMet)
    #expect(run.run(["evaluate", run.model, "--require", "mae<1"]) == .requirementNotMet)
    #expect(run.error.contains("no such figure here"))
    #expect(run.run(["evaluate", run.model, "--refit", "3"]) == .usage)
    #expect(run.run(["evaluate", run.model, "--history", run.path("dev.txt")]) == .usage)
    #expect(run.run(["evaluate", run.model, run.path("none.txt")]) == .noInput)
    try run.write("(7 a)\n", to: "other.txt")
    #expect(run.run(["evaluate", run.model, run.path("other.txt")]) == .badData)
    try run.write(Self.text(201, from: 0), to: "train.txt")
    #expect(run.run(["evaluate", run.model]) == .badData)
    #expect(run.error.contains("a file that has changed since"), "\(run.error)")
  }

  @Test func treesAreClassified() throws {
    let run = try prepared()
    #expect(train(run, ["-o", run.model, "--quiet"]) == .done, "\(run.error)")
    // The labels that stand in the file have no say.
    try run.write("\n(x (y w1) (z good))\n(0 (0 not) (0 (0 w1) (0 good)))\n(0 nice)\n", to: "new.txt")
    #expect(run.run(["predict", run.model, run.path("new.txt")]) == .done, "\(run.error)")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == "line,label,probability" && lines.count == 4)
    #expect(lines[1].hasPrefix("2,2,0.") && lines[2].hasPrefix("3,0,0.") && lines[3].hasPrefix("4,2,0."), "\(lines)")
    #expect(run.run(["predict", run.model, run.path("new.txt"), "--json", "-o", run.path("out.json")]) == .done)
    #expect(run.output == "")
    let trees = try #require(try run.object("out.json")["trees"] as? [[String: Any]])
    #expect(trees.map { $0["label"] as? String } == ["2", "0", "2"])
    #expect((trees[1]["nodes"] as? [String])?.count == 5)
    let probabilities = try #require(trees[1]["probabilities"] as? [String: Double])
    #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-5 && Set(probabilities.keys) == ["0", "1", "2"])
    #expect(run.run(["predict", run.model]) == .usage)
    #expect(run.run(["predict", run.model, run.path("new.txt"), "--samples", "3"]) == .usage)
    try run.write("(0 (0 a) (0 b) (0 c))\n", to: "new.txt")
    #expect(run.run(["predict", run.model, run.path("new.txt")]) == .badData)
  }
}
