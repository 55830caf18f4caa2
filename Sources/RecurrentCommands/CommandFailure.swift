import CommandLineKit
import Recurrent
import RecurrentBenchmarks

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a command could not do its work: the one form in which every error reaches the user, as text or as JSON.
package struct CommandFailure: Error, Sendable, Equatable {
  /// How the program ends.
  package var exitCode: ExitCode
  /// A stable word for machines, such as `bad-data`.
  package var code: String
  /// What is wrong, in one line.
  package var message: String
  /// The file concerned, as the user named it.
  package var file: String?
  /// The line in the file, from 1.
  package var line: Int?
  /// The character in the line, from 1.
  package var column: Int?
  /// What should have been there.
  package var expected: String?
  /// What was there.
  package var received: String?
  /// What to do next.
  package var hint: String?
  /// The command whose help page explains more.
  package var helpPath: [String]?

  package init(
    _ exitCode: ExitCode, code: String, _ message: String, file: String? = nil, line: Int? = nil, column: Int? = nil,
    expected: String? = nil, received: String? = nil, hint: String? = nil, helpPath: [String]? = nil
  ) {
    self.exitCode = exitCode
    self.code = code
    self.message = message
    self.file = file
    self.line = line
    self.column = column
    self.expected = expected
    self.received = received
    self.hint = hint
    self.helpPath = helpPath
  }

  /// The failure that stands for any error a command throws.
  package init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let usage as UsageError:
      self.init(
        .usage, code: usage.kind.rawValue, usage.message, file: usage.file, expected: usage.expected,
        received: usage.received, hint: usage.hint, helpPath: usage.commandPath)
    case is CancellationError:
      self.init(.interrupted, code: "interrupted", "interrupted")
    case let data as DataError: self.init(data)
    case let folder as ModelFolderError: self.init(folder)
    case let model as DescriptionError: self.init(model)
    case let weights as SafetensorsError:
      if case .inputOutput = weights {
        self.init(.inputOutput, code: "read-failed", "\(weights)")
      } else {
        self.init(.badData, code: "bad-model", "\(weights)", hint: "train the model again")
      }
    case let training as TrainingError:
      switch training {
      case .cannotSave, .cannotCheckpoint, .cannotReduce, .cannotResume(.refused):
        self.init(.inputOutput, code: "write-failed", "\(training)")
      case .cannotResume: self.init(.badData, code: "bad-checkpoint", "\(training)")
      case .notFinite: self.init(.trainingStopped, code: "not-finite", "\(training)")
      }
    case let child as ChildProcessError:
      self.init(.inputOutput, code: "start-failed", "\(child)", hint: "name the program with its whole path")
    case let judged as ForecastBacktestError:
      self.init(.trainingStopped, code: "not-finite", "\(judged)")
    default:
      self.init(
        .internalError, code: "internal-error", "unexpected failure: \(error)",
        hint: "this is a mistake in recurrent; please report it with the command line")
    }
  }

  private init(_ error: DataError) {
    let (exitCode, code): (ExitCode, String) =
      switch error.kind {
      case .badData: (.badData, "bad-data")
      case .noInput: (.noInput, "no-input")
      case .inputOutput: (.inputOutput, "read-failed")
      }
    self.init(
      exitCode, code: code, "expected \(error.expected), received \(error.received)", file: error.file,
      line: error.line, column: error.column, expected: error.expected, received: error.received, hint: error.hint)
  }

  private init(_ error: DescriptionError) {
    let received = error.received.filter { $0 != "\"" }
    let nearest = NearestName.find(received, among: error.names).map { "did you mean \($0)?" }
    let place = error.path.isEmpty ? "" : "\(error.path): "
    self.init(
      .badData, code: "bad-description", "\(place)expected \(error.expected), received \(error.received)",
      file: error.file, expected: error.expected, received: error.received, hint: nearest ?? error.hint)
  }

  private init(_ error: ModelFolderError) {
    switch error {
    case .exists(let path):
      self.init(
        .wouldOverwrite, code: "would-overwrite", "\(error)", file: path,
        hint: "name another folder with -o, or replace it with --overwrite")
    case .unfinished(let path):
      self.init(
        .wouldOverwrite, code: "unfinished", "\(error)", file: path,
        hint: "go on with recurrent train --resume \(ShellQuoting.quoted(path)), or begin anew with --overwrite")
    case .missing(let path):
      let aside = ModelFolder(path).setAside.first
      self.init(
        .noInput, code: "no-input", "\(error)", file: path,
        hint: aside.map {
          "what stood there is in \($0), as replacing it was interrupted; a training goes on with "
            + "recurrent train --resume \(ShellQuoting.quoted(path))"
        } ?? "name a folder that train has written")
    case .damaged(let file, _):
      self.init(.badData, code: "bad-model", "\(error)", file: file, hint: "train the model again")
    case .refused(let path, _, _): self.init(.inputOutput, code: "write-failed", "\(error)", file: path)
    }
  }

  /// The lines for standard error.
  package func text(program: String) -> String {
    var place = ""
    // Some messages begin with their file already.
    if let file, !message.hasPrefix(file) {
      place = file
      if let line { place += ":\(line)" }
      if line != nil, let column { place += ":\(column)" }
      place += ": "
    }
    var lines = ["\(program): error: \(place)\(message)"]
    if let expected, !message.contains(expected) { lines.append("  expected: \(expected)") }
    if let received, !message.contains(received) { lines.append("  received: \(received)") }
    if let hint { lines.append("  hint: \(hint)") }
    if let helpPath { lines.append("  help: " + ([program] + helpPath + ["--help"]).joined(separator: " ")) }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// The JSON form: `{"error": {...}}` with every key present, null where unknown.
extension CommandFailure: Encodable {
  private enum RootKey: String, CodingKey { case error }

  private enum Key: String, CodingKey { case code, message, file, line, column, expected, received, hint }

  package func encode(to encoder: any Encoder) throws {
    var root = encoder.container(keyedBy: RootKey.self)
    var error = root.nestedContainer(keyedBy: Key.self, forKey: .error)
    try error.encode(code, forKey: .code)
    try error.encode(message, forKey: .message)
    try error.encode(file, forKey: .file)
    try error.encode(line, forKey: .line)
    try error.encode(column, forKey: .column)
    try error.encode(expected, forKey: .expected)
    try error.encode(received, forKey: .received)
    try error.encode(hint, forKey: .hint)
  }
}
