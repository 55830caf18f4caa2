import Foundation
import RecurrentCommands
import Testing

/// Trainings of trees that end before they are over, and go on.
@Suite struct TreeResumptionTests {
  private static func prepared() throws -> CommandRun {
    let run = try CommandRun()
    try run.write(TrainTreesCommandTests.text(200, from: 0), to: "train.txt")
    try run.write(TrainTreesCommandTests.text(40, from: 1000), to: "dev.txt")
    try run.write(TrainTreesCommandTests.text(60, from: 2000), to: "test.txt")
    return run
  }

  private static func arguments(_ folder: String, _ model: String) -> [String] {
    [
      "train", "trees", "\(folder)/train.txt", "--validation", "\(folder)/dev.txt", "--test", "\(folder)/test.txt",
      "--words", "8", "--hidden", "9", "--epochs", "20", "--patience", "20", "--average", "0.9",
      "--checkpoint-interval", "0.001s", "-o", "\(folder)/\(model)",
    ]
  }

  /// Runs a command that trains a model in this process, which gets a signal once the training has been written down so
  /// often. What the command says stands in `error.txt` beside the model.
  private static func run(_ arguments: [String], in folder: String, sending signal: Int32, after checkpoints: Int)
    -> ExitCode
  {
    let file = "\(folder)/model/checkpoint/network-trees.safetensors"
    Interruption.install()
    Thread.detachNewThread {
      func changed() -> Date? {
        try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
      }
      var (last, count) = (changed(), 0)
      while count < checkpoints {
        usleep(500)
        let now = changed()
        if let now, now != last { (last, count) = (now, count + 1) }
      }
      kill(getpid(), signal)
    }
    let recorder = Recorder()
    let code = Program.run(
      arguments, commands: CommandTable.commands, tasks: CommandTable.tasks, console: recorder.console())
    try? recorder.error.write(toFile: "\(folder)/error.txt", atomically: true, encoding: .utf8)
    return code
  }

  private func digest(_ run: CommandRun, _ model: String) throws -> String {
    let model = try #require(try run.object("\(model)/metrics.json")["model"] as? [String: Any])
    return try #require(model["weightsDigest"] as? String)
  }

  /// The lines of a log without what the clock says.
  private func log(_ run: CommandRun, _ model: String) throws -> [NSDictionary] {
    try run.text("\(model)/log.jsonl").split(separator: "\n").map { line in
      var object = try CommandRun.object(Data(line.utf8))
      for key in ["seconds", "remainingSeconds"] { object[key] = nil }
      return object as NSDictionary
    }
  }

  @Test func interruptedTrainingGoesOn() async throws {
    let run = try Self.prepared()
    #expect(run.run(Self.arguments(run.folder, "whole") + ["--quiet", "--threads", "1"]) == .done, "\(run.error)")
    await #expect(processExitsWith: .exitCode(130)) { [folder = run.folder as String] in
      exit(Self.run(Self.arguments(folder, "model"), in: folder, sending: SIGINT, after: 3).rawValue)
    }
    #expect(try run.text("error.txt").contains("hint: go on with recurrent train --resume \(run.model)"))
    #expect(!FileManager.default.fileExists(atPath: run.path("model/config.json")))
    #expect(run.run(Self.arguments(run.folder, "model")) == .wouldOverwrite)
    #expect(run.error.contains("holds a training that is not over"))

    // A line that was cut short is no obstacle.
    let lines = (try? run.text("model/checkpoint/log.jsonl")) ?? ""
    try run.write(lines + "{\"event\":\"eval", to: "model/checkpoint/log.jsonl")
    #expect(run.run(["train", "--resume", run.model, "--threads", "3", "--json"]) == .done, "\(run.error)")
    #expect(run.error.contains("going on after step "))
    #expect(try digest(run, "model") == digest(run, "whole"))
    #expect(try log(run, "model") == log(run, "whole"))
    #expect(!FileManager.default.fileExists(atPath: run.path("model/checkpoint")))
    let command = "recurrent " + Self.arguments(run.folder, "model").joined(separator: " ")
    #expect(try run.object()["command"] as? String == command)
    #expect(try run.object("model/config.json")["commandLine"] as? String == command)
    let training = try #require(try run.object()["training"] as? [String: Any])
    #expect(training["epochs"] as? Int == 20)
    #expect(run.run(["train", "trees", "--resume", run.model]) == .noInput)
    #expect(run.error.contains("the model there is done"))
  }

  @Test func killedTrainingGoesOn() async throws {
    let run = try Self.prepared()
    #expect(run.run(Self.arguments(run.folder, "whole") + ["--quiet"]) == .done, "\(run.error)")
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = run.folder as String] in
      _ = Self.run(Self.arguments(folder, "model"), in: folder, sending: SIGKILL, after: 5)
    }
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = run.folder as String] in
      let arguments = ["train", "--resume", "\(folder)/model", "--checkpoint-interval", "0.001s"]
      _ = Self.run(arguments, in: folder, sending: SIGKILL, after: 7)
    }
    #expect(run.run(["train", "trees", "--resume", run.model, "--quiet"]) == .done, "\(run.error)")
    #expect(try digest(run, "model") == digest(run, "whole"))
    #expect(try log(run, "model") == log(run, "whole"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: run.model).sorted() == [
        "config.json", "encoders.json", "log.jsonl", "metrics.json", "model.safetensors",
      ])
  }

  @Test func otherTrainingsAreNotContinued() async throws {
    let run = try Self.prepared()
    await #expect(processExitsWith: .exitCode(130)) { [folder = run.folder as String] in
      exit(Self.run(Self.arguments(folder, "model"), in: folder, sending: SIGINT, after: 1).rawValue)
    }
    let resume = ["train", "--resume", run.model]
    for (option, before, after) in [
      ("hidden", "9", "10"), ("cell", "tree-lstm", "rntn"), ("seed", "1", "2"), ("epochs", "20", "21"),
      ("word-learning-rate", "0.05", "0.1"), ("average", "0.9", "off"), ("minimum-count", "2", "1"),
    ] {
      #expect(run.run(resume + ["--\(option)", after]) == .usage, "\(option)")
      #expect(run.error.contains("--\(option) cannot change from \(before) to \(after)"), "\(run.error)")
      #expect(run.error.contains("start a new training") && run.error.contains("train trees --help"))
    }
    #expect(run.run(resume + ["--keep-case"]) == .usage)
    #expect(run.run(["train", "forecast", "--resume", run.model]) == .usage)
    #expect(run.error.contains("the training in \(run.model) is not one of train forecast"), "\(run.error)")

    let descriptor = open(run.path("model/checkpoint/lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    for arguments in [resume, Self.arguments(run.folder, "model") + ["--overwrite"]] {
      #expect(run.run(arguments) == .wouldOverwrite)
      #expect(run.error.contains("is in use by another training"))
    }
    // A process that another test starts may still hold the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)

    // Every file counts, wherever it lies.
    for (name, first) in [("train", 0), ("dev", 1000), ("test", 2000)] {
      let old = try run.text("\(name).txt")
      try run.write(TrainTreesCommandTests.text(30, from: first), to: "\(name).txt")
      #expect(run.run(resume) == .badData, "\(name)")
      #expect(run.error.contains("the data are not those that the training in \(run.model) began with"))
      #expect(run.error.contains("300 trees, digest"), "\(run.error)")
      #expect(run.error.contains("or begin anew with train trees --overwrite"), "\(run.error)")
      try run.write(old, to: "\(name).txt")
    }
    try run.write(run.text("dev.txt"), to: "moved.txt")
    try FileManager.default.removeItem(atPath: run.path("dev.txt"))
    #expect(run.run(resume + ["--quiet"]) == .noInput)
    #expect(run.run(resume + ["--quiet", "--validation", run.path("moved.txt")]) == .done, "\(run.error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.model).count == 5)
  }

  @Test func failedTrainingLeavesNothing() throws {
    let run = try Self.prepared()
    try run.write("(7 a)\n", to: "dev.txt")
    #expect(run.run(Self.arguments(run.folder, "model")) == .badData)
    #expect(!FileManager.default.fileExists(atPath: run.model))
  }
}
