import CommandLineKit
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
  /// Where the lines of the log are kept while training.
  var logFile: String { "\(path)/log.jsonl" }
  private let model: String
  private let lock: Int32
  private let isResumed: Bool

  /// What `config.json` holds while training: enough to repeat the command.
  struct Record<Options: RecordedOptions>: Codable {
    let command: [String]
    let commandLine: String
    let options: Options
  }

  /// What `data.json` holds while training: whether the data are still those.
  struct DataRecord: Codable {
    let digest: String
    /// The rows of a table, the trees of files of trees.
    let rows: Int
  }

  /// Takes the lock, and empties the folder unless the training that stands there shall go on.
  ///
  /// - Throws: `CommandFailure` if another run holds the lock, if the data are not those that the training began with, or if
  ///   the system refuses; a training that was to begin then leaves no folder, one that was to go on is as it was.
  init<Options>(
    of folder: ModelFolder, record: Record<Options>, data: DataRecord, resuming: Bool
  ) throws {
    (path, model, isResumed) = (folder.checkpointFolder, folder.path, resuming)
    if !resuming { try Self.create(folder) }
    do {
      lock = try Self.takeLock(in: path, model: model)
    } catch {
      // Folders with something in them stay.
      if !resuming, rmdir(path) == 0 { rmdir(model) }
      throw error
    }
    guard !resuming else {
      try Self.check(data, in: folder, record)
      return
    }
    do {
      try begin(folder, record, data)
    } catch {
      remove()
      throw error
    }
  }

  private static func create(_ folder: ModelFolder) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder.checkpointFolder, withIntermediateDirectories: true)
    } catch {
      let reason = String(cString: strerror(errno))
      rmdir(folder.path)
      throw CommandFailure(
        .inputOutput, code: "write-failed", "cannot write into \(folder.path): \(reason)",
        file: folder.path, hint: "name a folder that can be written with -o")
    }
  }

  /// Empties the folder and writes the record. The record is removed after what it describes and written after the data's,
  /// so that at any moment the folder can be resumed or holds nothing to resume.
  private func begin<Options>(_ folder: ModelFolder, _ record: Record<Options>, _ data: DataRecord) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let last = [Self.recordName, ModelFolder.BeginningFile.data]
    for name in names.filter({ !last.contains($0) && $0 != ModelFolder.BeginningFile.lock }) + last {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
    try folder.writeCheckpointFile(ModelFolder.BeginningFile.data, ModelFolder.json(data))
    try folder.writeCheckpointFile(Self.recordName, ModelFolder.json(record))
  }

  /// The record of the training that stands in a folder, for a command line that shall go on with it.
  ///
  /// - Throws: `UsageError` for an option that would make it another training; `ModelFolderError` for a damaged record.
  static func record<Options>(
    of folder: ModelFolder, resumedWith options: Options
  ) throws -> Record<Options> {
    let record = try folder.value(Record<Options>.self, from: "checkpoint/\(recordName)")
    guard let change = record.options.changes(in: options).first(where: { !Options.resumable.contains($0.key) })
    else { return record }
    throw UsageError(
      .conflictingOptions,
      "--\(change.key.rawValue) cannot change from \(change.before) to \(change.after) when a training goes on",
      expected: change.before, received: change.after,
      hint: "leave it out to go on, or start a new training with --overwrite or another -o, without --\(resumeOption)",
      commandPath: record.command)
  }

  deinit { close(lock) }

  /// Stops unless nobody trains in this model folder.
  static func checkFree(_ folder: ModelFolder) throws {
    let lock = "\(folder.checkpointFolder)/\(ModelFolder.BeginningFile.lock)"
    guard FileManager.default.fileExists(atPath: lock) else { return }
    close(try takeLock(in: folder.checkpointFolder, model: folder.path))
  }

  private static func check<Options>(
    _ data: DataRecord, in folder: ModelFolder, _ training: Record<Options>
  ) throws {
    let record = try folder.value(DataRecord.self, from: "checkpoint/\(ModelFolder.BeginningFile.data)")
    guard record.digest != data.digest else { return }
    throw CommandFailure(
      .badData, code: "data-changed", "the data are not those that the training in \(folder.path) began with",
      file: folder.path, expected: "\(record.rows) \(Options.dataUnit), digest \(record.digest.prefix(12))",
      received: "\(data.rows) \(Options.dataUnit), digest \(data.digest.prefix(12))",
      hint: "bring the old data back, or begin anew with \(training.command.joined(separator: " ")) --overwrite")
  }

  /// Whether there is something to go on with: nobody has removed the folder.
  private var canBeResumed: Bool { FileManager.default.fileExists(atPath: "\(path)/\(Self.recordName)") }

  /// Writes the model, which takes the place of the training, and lets others in.
  func finish(_ files: [(name: String, bytes: [UInt8])]) throws {
    do {
      try ModelFolder(model).write(files, overwriting: true)
    } catch {
      throw canBeResumed ? resumable(error) : error
    }
    flock(lock, LOCK_UN)
  }

  /// Removes the folder, and the model folder if nothing else is in it. What an earlier run has trained stays.
  private func remove() {
    guard !isResumed else { return }
    try? FileManager.default.removeItem(atPath: path)
    rmdir(model)
  }

  /// Stops after Ctrl-C, and says how to go on.
  func checkInterruption() throws {
    guard Interruption.isRequested else { return }
    throw CommandFailure(
      .interrupted, code: "interrupted", "interrupted",
      hint: "go on with recurrent train --resume \(ShellQuoting.quoted(model))")
  }

  /// What to tell of a training that failed. The folder stays where going on can help, and where it was to go on.
  func failure(_ error: any Error) -> any Error {
    guard case .cannotCheckpoint? = error as? TrainingError else {
      if case .cannotResume? = error as? TrainingError { return error }
      remove()
      return error
    }
    return resumable(error)
  }

  /// What to tell of a file that could not be written.
  private func resumable(_ error: any Error) -> CommandFailure {
    var failure = CommandFailure(error)
    failure.hint =
      canBeResumed
      ? "mend it, then go on from the checkpoint before with recurrent train --resume \(ShellQuoting.quoted(model))"
      : "the folder was removed while it was written to; begin anew"
    return failure
  }

  fileprivate static let recordName = "config.json"

  private static func takeLock(in path: String, model: String) throws -> Int32 {
    let descriptor = open("\(path)/\(ModelFolder.BeginningFile.lock)", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
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
    try putBackInterrupted(folder)
    let record = "\(folder.checkpointFolder)/\(TrainingFolder.recordName)"
    guard FileManager.default.fileExists(atPath: record) else {
      let isDone = FileManager.default.fileExists(atPath: "\(folder.path)/config.json")
      throw CommandFailure(
        .noInput, code: "no-input", "there is no training to go on with in \(model)", file: model,
        hint: isDone ? "the model there is done" : "name a folder in which train was interrupted")
    }
    try checkTask(arguments, folder)
    return arguments + ["--config", record, "--output", model]
  }

  /// Stops where the command line names a task that is not that of the training.
  private static func checkTask(_ arguments: [String], _ folder: ModelFolder) throws {
    struct Record: Decodable { let command: [String] }
    // Of a damaged record its reader tells.
    guard let record = try? folder.value(Record.self, from: "checkpoint/\(TrainingFolder.recordName)"),
      let task = arguments.dropFirst().first, let begun = record.command.last, task != begun,
      CommandTable.tasks.contains(where: { $0.definition.name == task })
    else { return }
    throw UsageError(
      .conflictingOptions, "the training in \(folder.path) is not one of train \(task)", expected: begun,
      received: task, hint: "name the task that it was begun with, or none", commandPath: ["train"])
  }

  /// Brings back the training that a program moved aside and ended before its model stood there.
  private static func putBackInterrupted(_ folder: ModelFolder) throws {
    guard !folder.exists else { return }
    for aside in folder.setAside {
      let old = ModelFolder(aside)
      let record = "\(old.checkpointFolder)/\(TrainingFolder.recordName)"
      guard FileManager.default.fileExists(atPath: record) else { continue }
      // A program that is still at it holds the lock.
      try TrainingFolder.checkFree(old)
      return try folder.putBack(aside)
    }
  }
}
