import Foundation
import RecurrentCommands
import Testing

@Suite struct TrainingFolderTests {
  private static let commandLine = "recurrent train forecast sales.csv --horizon 4"

  /// What an interrupted training leaves: its record, and no model.
  private func unfinished(_ run: CommandRun) throws {
    #expect(run.train(["--quiet"]) == .done)
    let config = try run.object("model/config.json")
    let digest = try #require((try run.object("model/metrics.json")["model"] as? [String: Any])?["weightsDigest"])
    let checkpoint = run.path("model/checkpoint")
    try FileManager.default.removeItem(atPath: run.model)
    try FileManager.default.createDirectory(atPath: checkpoint, withIntermediateDirectories: true)
    let record = [
      "command": ["train", "forecast"], "commandLine": Self.commandLine, "options": config["options"]!,
      "digest": digest,
    ]
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

  @Test func recordedCommandLineIsKept() throws {
    let run = try CommandRun()
    try unfinished(run)
    try writeDataRecord(run, digest: digestOfData(run))
    #expect(run.run(["train", "--resume", run.model, "--quiet", "--json", "--threads", "2"]) == .done, "\(run.error)")
    #expect(try run.object()["command"] as? String == Self.commandLine)
    #expect(try run.object("model/metrics.json")["command"] as? String == Self.commandLine)
    #expect(try run.object("model/config.json")["commandLine"] as? String == Self.commandLine)
    #expect(try run.text("model/report.html").contains(Self.commandLine))
    #expect(try !run.text("model/report.html").contains("--resume"))
  }

  @Test func otherOptionsAreNotContinuedWith() throws {
    let run = try CommandRun()
    try unfinished(run)
    try writeDataRecord(run, digest: digestOfData(run))
    for (option, before, after) in [
      ("target", "automatic", "sales"), ("split", "automatic", "0.6,0.2,0.2"), ("scaler", "automatic", "log"),
      ("seed", "1", "2"), ("horizon", "4", "6"), ("window", "12", "24"), ("learning-rate", "0.001", "0.07"),
      ("hidden", "6", "7"), ("epochs", "2", "9"), ("levels", "0.8", "0.9"), ("season", "automatic", "12"),
    ] {
      let code = run.run(["train", "--resume", run.model, "--\(option)", after, "--json"])
      #expect(code == .usage, "\(option)")
      let failure = try #require(try run.object()["error"] as? [String: Any])
      #expect((failure["message"] as? String)?.hasPrefix("--\(option) cannot change from ") == true, "\(failure)")
      #expect((failure["hint"] as? String)?.contains("start a new training") == true)
      if option != "learning-rate" { #expect(failure["expected"] as? String == before, "\(option)") }
      #expect(failure["received"] as? String == after, "\(option)")
    }
    #expect(run.run(["train", "--resume", run.model, "--no-shortcut"]) == .usage)
    #expect(run.run(["train", "--resume", run.model, "--quiet", "--seed", "1", "--horizon", "4"]) == .done)
  }

  @Test func failedResumptionKeepsTheTraining() throws {
    let run = try CommandRun()
    try unfinished(run)
    try writeDataRecord(run, digest: digestOfData(run))
    var record = try run.object("model/checkpoint/config.json")
    var recorded = try #require(record["options"] as? [String: Any])
    (recorded["learning-rate"], recorded["optimizer"]) = (1e30, "sgd")
    record["options"] = recorded
    try JSONSerialization.data(withJSONObject: record)
      .write(to: URL(filePath: run.path("model/checkpoint/config.json")))
    #expect(run.run(["train", "--resume", run.model]) == .trainingStopped, "\(run.error)")
    #expect(try run.object("model/checkpoint/config.json")["commandLine"] as? String == Self.commandLine)
    #expect(FileManager.default.fileExists(atPath: run.path("model/checkpoint/data.json")))
  }

  #if os(Linux)
  @Test func startThatFailsLeavesNothing() throws {
    let run = try CommandRun()
    // The lock's path is short enough for the system, that of a file beside it is not.
    let limit = 4072
    var path = run.path("deep")
    while path.utf8.count < limit - 210 { path += "/" + String(repeating: "d", count: 199) }
    path += "/" + String(repeating: "m", count: limit - path.utf8.count - 1)
    #expect(run.run(["train", "forecast", run.data, "--horizon", "4", "-o", path]) == .inputOutput)
    #expect(run.error.contains("checkpoint/data.json: cannot"), "\(run.error)")
    let parent = String(path[..<path.lastIndex(of: "/")!])
    #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == [])
  }
  #endif

  @Test func barelyBegunTrainingIsBegunAnew() throws {
    let run = try CommandRun()
    // What a kill before the record leaves is begun anew with and without --overwrite.
    for more in [[], ["--overwrite"]] {
      try? FileManager.default.removeItem(atPath: run.model)
      try FileManager.default.createDirectory(atPath: run.path("model/checkpoint"), withIntermediateDirectories: true)
      try run.write("", to: "model/checkpoint/lock")
      try run.write("{", to: "model/checkpoint/config.json.7.8.tmp")
      #expect(run.run(["train", "--resume", run.model]) == .noInput)
      #expect(run.train(["--quiet"] + more) == .done, "\(run.error)")
      #expect(!FileManager.default.fileExists(atPath: run.path("model/checkpoint")))
    }
  }

  @Test func interruptedReplacementIsPutBack() throws {
    let run = try CommandRun()
    try unfinished(run)
    try writeDataRecord(run, digest: digestOfData(run))
    let manager = FileManager.default
    try manager.moveItem(atPath: run.model, toPath: run.path("model.7.old"))
    try manager.createDirectory(atPath: run.path("model.7.tmp"), withIntermediateDirectories: true)
    #expect(run.run(["evaluate", run.model]) == .noInput)
    #expect(run.error.contains("model.7.old"))
    #expect(run.error.contains("recurrent train --resume \(run.model)"))
    // Whoever is replacing it holds the lock.
    let descriptor = open(run.path("model.7.old/checkpoint/lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(run.run(["train", "--resume", run.model]) == .wouldOverwrite)
    // A process that another test starts may still hold the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)
    #expect(run.run(["train", "--resume", run.model, "--quiet"]) == .done, "\(run.error)")
    #expect(try manager.contentsOfDirectory(atPath: run.folder).sorted() == ["model", "series.csv"])
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
    let descriptor = open(run.path("model/checkpoint/lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    for arguments in [["--overwrite"], []] {
      #expect(run.train(arguments) == .wouldOverwrite)
      #expect(run.error.contains("is in use by another training"))
    }
    #expect(FileManager.default.fileExists(atPath: run.path("model/checkpoint/config.json")))
    // A process that another test starts may still hold the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)
    #expect(run.train(["--overwrite", "--quiet"]) == .done)
  }

  @Test func failedTrainingLeavesNothing() throws {
    let run = try CommandRun()
    #expect(run.train(["--learning-rate", "1e30", "--optimizer", "sgd"]) == .trainingStopped, "\(run.error)")
    #expect(!FileManager.default.fileExists(atPath: run.model))
  }
}
