import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file that a command writes for the user: whole or not at all.
enum OutputFile {
  /// - Throws: `CommandFailure` if something stands there and may not be replaced, or if the system refuses.
  static func write(_ bytes: [UInt8], to path: String, overwriting: Bool) throws {
    if !overwriting, FileManager.default.fileExists(atPath: path) {
      throw CommandFailure(
        .wouldOverwrite, code: "would-overwrite", "\(path) exists already", file: path,
        hint: "name another file, or replace it with --overwrite")
    }
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw CommandFailure(
        .inputOutput, code: "write-failed", "this file cannot be written", file: path, received: "\(error)")
    }
  }
}
