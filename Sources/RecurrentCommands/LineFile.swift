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

/// A file of lines that grows while a program runs. What the system refuses is left out: nothing depends on it.
struct LineFile {
  private let path: String

  init(_ path: String) { self.path = path }

  /// The lines that are there.
  var lines: [String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Adds a line at the end.
  func append(_ line: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return }
    let bytes = Array((line + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
    close(descriptor)
  }

  /// Replaces all lines.
  func replace(_ lines: [String]) {
    try? AtomicFile.replace(path, with: Array(lines.map { $0 + "\n" }.joined().utf8))
  }
}
