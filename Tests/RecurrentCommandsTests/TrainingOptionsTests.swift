import Foundation
import RecurrentCommands
import Testing

/// Options of the training itself, from the command line to the folder.
@Suite struct TrainingOptionsTests {
  /// Enough training, without the linear map, to be better than nothing.
  private func train(_ run: CommandRun, _ options: [String], epochs: Int = 6) -> ExitCode {
    run.run(
      ["train", "forecast", run.data, "-o", run.model, "--horizon", "4", "--hidden", "6", "--window", "12"]
        + ["--epochs", "\(epochs)", "--no-shortcut", "--scaler", "standard", "--overwrite"] + options)
  }

  private func digest(_ run: CommandRun) throws -> String {
    let model = try #require(try run.object("model/metrics.json")["model"] as? [String: Any])
    return try #require(model["weightsDigest"] as? String)
  }

  @Test func everyOptionChangesTheTraining() throws {
    let run = try CommandRun()
    var digests: Set<String> = []
    let lines = [
      "", "--schedule constant", "--schedule one-cycle", "--weight-decay 0.5", "--average off", "--average 0.5",
      "--optimizer sgd", "--optimizer adadelta", "--learning-rate find",
    ]
    for line in lines {
      let options = line.split(separator: " ").map(String.init)
      #expect(train(run, options + ["--quiet"]) == .done, "\(line): \(run.error)")
      digests.insert(try digest(run))
    }
    #expect(digests.count == lines.count)
    let plain = [
      "--schedule", "cosine", "--weight-decay", "0.0001", "--learning-rate", "0.002", "--optimizer", "adamw",
    ]
    #expect(train(run, plain + ["--quiet"]) == .done, "\(run.error)")
    #expect(try digests.contains(digest(run)), "what holds where nothing is given")
  }

  @Test func aLearningRateIsFoundAndShown() throws {
    let run = try CommandRun()
    #expect(train(run, ["--learning-rate", "find"]) == .done, "\(run.error)")
    let found = try #require(run.error.firstMatch(of: /learning rate ([0-9.e-]+): try a learning rate of/))
    #expect(try run.text("model/report.html").contains("The search for a learning rate"))
    #expect(try run.text("model/log.jsonl").contains("\"event\":\"learningRate\""))
    let digest = try digest(run)
    // The rate that is told is the one that was used, to the bit; and the record says to look for it.
    #expect(train(run, ["--learning-rate", String(found.1), "--quiet"]) == .done, "\(run.error)")
    #expect(try self.digest(run) == digest)
  }

  @Test func remarksAreEverywhere() throws {
    let run = try CommandRun()
    // Far too small a rate: nothing is learned, and that is said.
    #expect(train(run, ["--learning-rate", "0.0000001"], epochs: 4) == .done, "\(run.error)")
    let words = "the training loss stayed near"
    #expect(run.error.replacing(/\s+/, with: " ").contains("training: " + words))
    let remarks = try #require(try run.object("model/metrics.json")["remarks"] as? [[String: Any]])
    #expect(remarks.first?["subject"] as? String == "notLearning")
    #expect((remarks.first?["text"] as? String)?.hasPrefix(words) == true)
    #expect(try run.text("model/report.html").contains("The training loss stayed near"))
  }
}
