import Foundation
import RecurrentCommands
import Testing

@Suite struct TrainingFolderTests {
  /// What an interrupted training leaves: its record, and no model.
  private func unfinished(_ run: CommandRun) throws {
    #expect(run.train(["--quiet"]) == .done)
    let config = try run.object("model/config.json")
    let digest = try #require((try run.object("model/metrics.json")["model"] as? [String: Any])?["weightsDigest"])
    let checkpoint = run.path("model/checkpoint")
    try FileManager.default.removeItem(atPath: run.model)
    try FileManager.default.createDirectory(atPath: checkpoint, withIntermediateDirectories: true)
    let record = ["command": ["train", "forecast"], "options": config["options"]!, "digest": digest]
    try JSONSerialization.data(withJSONObject: record).write(to: URL(filePath: "\(checkpoint)/config.json"))
  }

  private func writeDataRecord(_ run: CommandRun, digest: String) throws {
    try run.write("{\"digest\": \"\(digest)\", \"rows\": 180}", to: "model/checkpoint/data.json")
  }

  private func digestOfData(_ run: CommandRun) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.arguments = [run.data]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
  }

  @Test func resumesByTheRecordInTheFolder() throws {
    let run = try CommandRun()
    try unfinished(run)
    try writeDataRecord(run, digest: digestOfData(run))
    let expected = try run.object("model/checkpoint/config.json")["digest"] as? String
    #expect(run.train() == .wouldOverwrite)
    #expect(run.error.contains("holds a training that is not over"))
    #expect(run.error.contains("recurrent train --resume \(run.model)"))
    #expect(run.run(["train", "--resume", run.model, "--quiet"]) == .done, "\(run.error)")
    let model = try run.object("model/metrics.json")["model"] as? [String: Any]
    #expect(model?["weightsDigest"] as? String == expected)
    #expect(!FileManager.default.fileExists(atPath: run.path("model/checkpoint")))
  }

  @Test func otherDataAreNotContinuedWith() throws {
    let run = try CommandRun()
    try unfinished(run)
    try writeDataRecord(run, digest: String(repeating: "0", count: 64))
    #expect(run.run(["train", "--resume", run.model]) == .badData)
    #expect(run.error.contains("the data are not those that the training"))
    #expect(FileManager.default.fileExists(atPath: run.path("model/checkpoint/config.json")))
    #expect(run.train(["--overwrite", "--quiet"]) == .done)
    #expect(!FileManager.default.fileExists(atPath: run.path("model/checkpoint")))
  }

  @Test func nothingToResume() throws {
    let run = try CommandRun()
    #expect(run.run(["train", "--resume", run.model]) == .noInput)
    #expect(run.error.contains("name a folder in which train was interrupted"))
    #expect(run.train(["--quiet"]) == .done)
    #expect(run.run(["train", "--resume=\(run.model)"]) == .noInput)
    #expect(run.error.contains("the model there is done"))
  }

  @Test func lockKeepsOthersOut() throws {
    let run = try CommandRun()
    try unfinished(run)
    let descriptor = open(run.path("model/checkpoint/lock"), O_RDWR | O_CREAT, 0o666)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    for arguments in [["--overwrite"], []] {
      #expect(run.train(arguments) == .wouldOverwrite)
      #expect(run.error.contains("is in use by another training"))
    }
    #expect(FileManager.default.fileExists(atPath: run.path("model/checkpoint/config.json")))
    close(descriptor)
    #expect(run.train(["--overwrite", "--quiet"]) == .done)
  }

  @Test func failedTrainingLeavesNothing() throws {
    let run = try CommandRun()
    #expect(run.train(["--learning-rate", "1e30", "--optimizer", "sgd"]) == .trainingStopped, "\(run.error)")
    #expect(!FileManager.default.fileExists(atPath: run.model))
  }
}
