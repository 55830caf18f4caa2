import CommandLineKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where a command writes: the result to standard output, everything else to standard error.
package struct Console: Sendable {
  /// What standard error is like.
  package struct ErrorStream: Sendable, Equatable {
    /// Whether a person sees it directly.
    package var isTerminal: Bool
    /// Its width in characters.
    package var width: Int

    package init(isTerminal: Bool, width: Int = 80) {
      self.isTerminal = isTerminal
      self.width = width
    }
  }

  /// What standard error is like.
  package let errorStream: ErrorStream
  /// Whether messages and progress are left out; errors and results are not.
  package var isQuiet = false
  /// Whether the reader's terminal shows characters beyond ASCII.
  package var showsUnicode = true
  private let writeOutput: @Sendable (String) throws -> Void
  private let writeError: @Sendable (String) -> Void

  /// A console that hands its texts to closures.
  package init(
    errorStream: ErrorStream, writeOutput: @escaping @Sendable (String) throws -> Void,
    writeError: @escaping @Sendable (String) -> Void
  ) {
    self.errorStream = errorStream
    self.writeOutput = writeOutput
    self.writeError = writeError
  }

  /// The standard output and standard error of this process.
  package static let standard = {
    var console = Console(
      errorStream: ErrorStream(isTerminal: isTerminal(STDERR_FILENO), width: width(of: STDERR_FILENO)),
      writeOutput: { try Self.write($0, to: STDOUT_FILENO) },
      writeError: { try? Self.write($0, to: STDERR_FILENO) })
    console.showsUnicode = showsUnicode(ProcessInfo.processInfo.environment)
    return console
  }()

  /// Whether a locale is one of UTF-8, by the variables of POSIX in their order, and the terminal has more than a
  /// few characters.
  package static func showsUnicode(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let encoding = locale.uppercased().filter { $0 != "-" }
    return encoding.contains("UTF8") && !["dumb", "linux", "vt100"].contains(environment["TERM"] ?? "")
  }

  /// Writes a part of the result to standard output.
  ///
  /// - Throws: `CommandFailure` with the exit code of input/output errors.
  package func result(_ text: String) throws { try writeOutput(text) }

  /// Writes a result as JSON, keys sorted.
  package func result(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try writeOutput(String(decoding: encoder.encode(value), as: UTF8.self) + "\n")
  }

  /// Writes a line for the person who waits, broken between words where it is longer than 80 characters.
  package func message(_ line: String) {
    if !isQuiet { writeError(TextLayout.fitted(line) + "\n") }
  }

  /// Writes a warning line.
  package func warning(_ line: String) { message("recurrent: warning: " + line) }

  /// Writes text to standard error as it is, even when quiet.
  package func error(_ text: String) { writeError(text) }

  private static func write(_ text: String, to descriptor: Int32) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      #if canImport(Darwin)
      let count = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #elseif canImport(Musl)
      let count = rest.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
      #else
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw CommandFailure(
          .inputOutput, code: "write-failed", "standard output cannot be written",
          received: String(cString: strerror(errno)))
      }
      rest = rest.dropFirst(count)
    }
  }

  private static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  private static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
  }
}
