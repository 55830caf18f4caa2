import CommandLineKit
import Foundation
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
