import CommandLineKit
import RecurrentCommands
import Synchronization

/// A console that keeps what is written.
final class Recorder: Sendable {
  private let texts = Mutex((output: "", error: ""))
  private let failsToWrite: Bool

  init(failsToWrite: Bool = false) { self.failsToWrite = failsToWrite }

  var output: String { texts.withLock { $0.output } }
  var error: String { texts.withLock { $0.error } }

  func console(isTerminal: Bool = false, width: Int = 80) -> Console {
    Console(
      errorStream: .init(isTerminal: isTerminal, width: width),
      writeOutput: { text in
        if self.failsToWrite { throw CommandFailure(.inputOutput, code: "write-failed", "disk full") }
        self.texts.withLock { $0.output += text }
      },
      writeError: { text in self.texts.withLock { $0.error += text } })
  }
}

/// Everything the program can be asked, including commands whose work is tested elsewhere.
let wholeProgram = CommandTable.program(
  commands: [EvaluateOptions.definition, PredictOptions.definition], tasks: [ForecastOptionTable.definition])

/// Splits a line as a shell does, as far as single quotes go.
func words(_ line: String) -> [String] {
  var words: [String] = []
  for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
    if index % 2 == 1 { words.append(String(part)) } else { words += part.split(separator: " ").map(String.init) }
  }
  return words
}

func parsed(_ line: String, files: [String: String] = [:]) throws -> ParsedArguments {
  let parser = CommandLineParser(wholeProgram) { Array((files[$0] ?? "").utf8) }
  guard case .run(let arguments) = try parser.parse(words(line)) else {
    throw UsageError(.noCommand, "expected a command, received \(line)")
  }
  return arguments
}
