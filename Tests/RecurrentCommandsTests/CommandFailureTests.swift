import CommandLineKit
import Foundation
import Recurrent
import RecurrentCommands
import Testing

@Suite struct CommandFailureTests {
  private struct Strange: Error {}

  @Test func textNamesThePlace() {
    let failure = CommandFailure(
      .badData, code: "bad-data", "expected a number, received \"abc\"", file: "a.csv", line: 12, column: 3,
      expected: "a number", received: "\"abc\"", hint: "write NA")
    #expect(
      failure.text(program: "recurrent") == """
        recurrent: error: a.csv:12:3: expected a number, received "abc"
          hint: write NA

        """)
    #expect(
      CommandFailure(.noInput, code: "no-input", "not there", file: "a.csv", column: 3, received: "nothing")
        .text(program: "recurrent") == "recurrent: error: a.csv: not there\n  received: nothing\n")
  }

  @Test func errorsGetTheirExitCodes() {
    let usage = CommandFailure(UsageError(.badValue, "bad", expected: "good", file: "c.json", commandPath: ["train"]))
    #expect(usage.exitCode == .usage)
    #expect(usage.code == "bad-value")
    #expect(
      usage.text(program: "recurrent") == """
        recurrent: error: c.json: bad
          expected: good
          help: recurrent train --help

        """)
    #expect(CommandFailure(CancellationError()).exitCode == .interrupted)
    #expect(CommandFailure(Strange()).exitCode == .internalError)
    #expect(CommandFailure(Strange()).hint?.contains("report") == true)
    #expect(CommandFailure(CommandFailure(.wouldOverwrite, code: "x", "y")).exitCode == .wouldOverwrite)
  }

  @Test func errorsOfOtherRoomsGetTheirExitCodes() {
    let data = DataError(
      .badData, file: "a.csv", line: 3, column: 7, expected: "a number", received: "\"x\"", hint: "NA")
    #expect(CommandFailure(data).exitCode == .badData)
    #expect(
      CommandFailure(data).text(program: "recurrent")
        == "recurrent: error: a.csv:3:7: expected a number, received \"x\"\n  hint: NA\n")
    #expect(CommandFailure(DataError(.noInput, expected: "a", received: "b")).exitCode == .noInput)
    #expect(CommandFailure(DataError(.inputOutput, expected: "a", received: "b")).exitCode == .inputOutput)
    let exists = CommandFailure(ModelFolderError.exists(path: "m"))
    #expect(exists.exitCode == .wouldOverwrite)
    #expect(exists.text(program: "recurrent").hasPrefix("recurrent: error: m exists already\n  hint: name another"))
    #expect(CommandFailure(ModelFolderError.missing(path: "m")).exitCode == .noInput)
    #expect(CommandFailure(ModelFolderError.damaged(file: "m/a", reason: "r")).exitCode == .badData)
    #expect(
      CommandFailure(ModelFolderError.refused(path: "m", operation: "write", reason: "r")).exitCode == .inputOutput)
    #expect(
      CommandFailure(SafetensorsError.inputOutput(file: "a", operation: "open", reason: "r")).exitCode == .inputOutput)
    #expect(CommandFailure(SafetensorsError.malformed(file: "a", reason: "r")).exitCode == .badData)
    #expect(CommandFailure(TrainingError.cannotSave(step: 3, underlying: Strange())).exitCode == .inputOutput)
    #expect(
      CommandFailure(ForecastBacktestError.notFinite(origin: 1, step: 2, target: "x")).exitCode == .trainingStopped)
  }

  @Test func jsonHasEveryKey() throws {
    let failure = CommandFailure(.badData, code: "bad-data", "bad", file: "a.csv", line: 12, hint: "a \"b\"")
    let root = try JSONSerialization.jsonObject(with: JSONEncoder().encode(failure)) as? [String: [String: Any]]
    let error = try #require(root?["error"])
    #expect(
      Set(error.keys) == ["code", "message", "file", "line", "column", "expected", "received", "hint"])
    #expect(error["line"] as? Int == 12)
    #expect(error["column"] is NSNull)
    #expect(error["hint"] as? String == "a \"b\"")
  }

  @Test func exitCodesAreThePublishedOnes() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 3, 64, 65, 66, 70, 73, 74, 130])
  }
}
