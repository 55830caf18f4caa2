import Foundation
import Recurrent
import RecurrentCommands
import Testing

@Suite struct TrainTreesCommandTests {
  /// A pair is as good as its words, unless `not` stands before them.
  private static func text(_ sentences: Int, from first: Int) -> String {
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

    // What reads forecasters says so.
    for command in ["evaluate", "predict"] {
      #expect(run.run([command, run.model]) == .badData)
      #expect(run.error.contains("this is a classifier of trees, not a forecaster"), "\(run.error)")
    }

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
}
