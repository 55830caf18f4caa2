import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folder inside a model folder in which a training is written down while it runs. One run at a time holds its lock.
final class TrainingFolder {
  /// The option that continues a training.
  static let resumeOption = "resume"

  let path: String
  private let model: String
  private let lock: Int32

  /// What `config.json` holds while training: enough to repeat the command.
  private struct Configuration: Encodable {
    let command: [String]
    let commandLine: String
    let options: ForecastOptions
  }

  /// What `data.json` holds while training: whether the data are still those.
  private struct DataRecord: Codable {
    let digest: String
    let rows: Int
  }

  /// Takes the lock, and empties the folder unless the training that stands there shall go on.
  ///
  /// - Throws: `CommandFailure` if another run holds the lock, if the data are not those that the training began with, or if
  ///   the system refuses.
  init(
    of folder: ModelFolder, options: ForecastOptions, series: TimeSeries, commandLine: String, command: [String],
    resuming: Bool
  ) throws {
    (path, model) = (folder.checkpointFolder, folder.path)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(
        .inputOutput, code: "write-failed", "cannot write into \(folder.path): \(String(cString: strerror(errno)))",
        file: folder.path, hint: "name a folder that can be written with -o")
    }
    lock = try Self.takeLock(in: path, model: model)
    if resuming {
      try Self.check(series, in: folder)
      return
    }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name != Self.lockName {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
    try folder.writeCheckpointFile(
      "data.json", ModelFolder.json(DataRecord(digest: series.digest, rows: series.rowCount)))
    let configuration = Configuration(command: command, commandLine: commandLine, options: options)
    try folder.writeCheckpointFile("config.json", ModelFolder.json(configuration))
  }

  deinit { close(lock) }

  /// Stops unless nobody trains in this model folder.
  static func checkFree(_ folder: ModelFolder) throws {
    guard FileManager.default.fileExists(atPath: "\(folder.checkpointFolder)/\(lockName)") else { return }
    close(try takeLock(in: folder.checkpointFolder, model: folder.path))
  }

  private static func check(_ series: TimeSeries, in folder: ModelFolder) throws {
    let record = try folder.value(DataRecord.self, from: "checkpoint/data.json")
    guard record.digest != series.digest else { return }
    throw CommandFailure(
      .badData, code: "data-changed", "the data are not those that the training in \(folder.path) began with",
      file: folder.path, expected: "\(record.rows) rows, digest \(record.digest.prefix(12))",
      received: "\(series.rowCount) rows, digest \(series.digest.prefix(12))",
      hint: "bring the old data back, or begin anew with train forecast --overwrite")
  }

  /// Whether there is something to go on with: nobody has removed the folder.
  var canBeResumed: Bool { FileManager.default.fileExists(atPath: "\(path)/config.json") }

  /// Lets others in: the model is written.
  func finish() { flock(lock, LOCK_UN) }

  /// Removes the folder, and the model folder if nothing else is in it.
  func remove() {
    try? FileManager.default.removeItem(atPath: path)
    rmdir(model)
  }

  /// The failure after Ctrl-C: says how to go on.
  static func interrupted(_ model: String) -> CommandFailure {
    CommandFailure(
      .interrupted, code: "interrupted", "interrupted",
      hint: "go on with recurrent train --resume \(ShellQuoting.quoted(model))")
  }

  private static let lockName = "lock"

  private static func takeLock(in path: String, model: String) throws -> Int32 {
    let descriptor = open("\(path)/\(lockName)", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw CommandFailure(
        .inputOutput, code: "write-failed", "cannot write into \(path): \(String(cString: strerror(errno)))",
        file: model)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CommandFailure(
        .wouldOverwrite, code: "in-use", "\(model) is in use by another training", file: model,
        hint: "wait until it is over, or name another folder with -o")
    }
    return descriptor
  }
}

/// `train --resume MODEL`: the command that was interrupted, from its own record.
enum Resumption {
  /// The arguments with the record's options; as they are if there is nothing to resume.
  static func expanded(_ arguments: [String]) throws -> [String] {
    let option = "--" + TrainingFolder.resumeOption
    let given = arguments.prefix { $0 != "--" }
    guard arguments.first == "train",
      let index = given.firstIndex(where: { $0 == option || $0.hasPrefix(option + "=") })
    else { return arguments }
    let inline = arguments[index].dropFirst(option.count + 1)
    guard let model = inline.isEmpty ? given.dropFirst(index + 1).first : String(inline) else { return arguments }
    let folder = ModelFolder(model)
    let record = "\(folder.checkpointFolder)/config.json"
    guard FileManager.default.fileExists(atPath: record) else {
      let isDone = FileManager.default.fileExists(atPath: "\(folder.path)/config.json")
      throw CommandFailure(
        .noInput, code: "no-input", "there is no training to go on with in \(model)", file: model,
        hint: isDone ? "the model there is done" : "name a folder in which train was interrupted")
    }
    return arguments + ["--config", record, "--output", model]
  }
}
