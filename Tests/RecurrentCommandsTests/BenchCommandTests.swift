import Foundation
import RecurrentCommands
import Testing

@Suite struct BenchCommandTests {
  private func run(_ line: String) -> (code: ExitCode, output: String, error: String) {
    let recorder = Recorder()
    let code = Program.run(
      words("bench " + line), commands: [BenchCommand.self], tasks: [], console: recorder.console())
    return (code, recorder.output, recorder.error)
  }

  private func objects(_ output: String) throws -> [[String: Any]] {
    try output.split(separator: "\n").map { try CommandRun.object(Data($0.utf8)) }
  }

  @Test func timesAreLinesOfJSON() throws {
    let result = run("--suite layers --only gru/B1T100I32H32,lstm/B1T100I32H32/infer --seconds 0 --json")
    #expect(result.code == .done && result.error == "")
    let lines = try objects(result.output)
    #expect(
      lines.map { $0["name"] as? String } == [
        "layer/lstm/B1T100I32H32/infer", "layer/gru/B1T100I32H32/train", "layer/gru/B1T100I32H32/infer",
      ])
    for line in lines {
      #expect(Set(line.keys) == ["backend", "suite", "name", "ms", "detail"])
      #expect(line["backend"] as? String == "recurrent" && line["suite"] as? String == "layers")
      #expect(try #require(line["ms"] as? Double) > 0)
      #expect(line["detail"] is [String: Any])
    }
  }

  @Test func figuresAreLinesOfJSON() throws {
    let result = run("--verify --only rnn/B1T100I32H32 --json")
    let lines = try objects(result.output)
    #expect(result.code == .done && lines.count == 1)
    #expect(Set(lines[0].keys) == ["name", "loss", "inputGradient", "weightGradient"])
    #expect(lines[0]["name"] as? String == "layer/rnn/B1T100I32H32/train")
  }

  @Test func aPersonGetsATable() {
    let times = run("--suite stream --only rnn/I1H16,gru/I1H16 --seconds 0").output.split(separator: "\n")
    #expect(times.count == 3)
    #expect(times[0].split(separator: " ") == ["milliseconds", "least", "most", "runs"])
    #expect(times[2].hasPrefix("stream/gru/I1H16 "))
    let figures = run("--verify --only rnn/B1T100I32H32").output.split(separator: "\n")
    #expect(figures[0].split(separator: " ") == ["loss", "inputGradient", "weightGradient"])
    #expect(figures.count == 2)
  }

  @Test func whatCannotBeDoneIsSaid() {
    let unknown = run("--suite layer")
    #expect(unknown.code == .usage && unknown.error.contains("did you mean layers?"), "\(unknown.error)")
    let nothing = run("--suite stream --only lstm/B1")
    #expect(nothing.code == .usage && nothing.output == "", "\(nothing.error)")
    #expect(nothing.error.contains("no row of suite stream") && nothing.error.contains("stream/rnn/I1H16"))
    #expect(run("--suite stream --verify").error.contains("--verify has no figures for these rows"))
    #expect(run("--verify --only B1T100I32H32/infer").code == .usage)
  }

  @Test(arguments: [
    ("--verify --seconds 1", "verify", "seconds"), ("--classify folder --json", "classify", "json"),
    ("--classify folder --seconds 1", "classify", "seconds"), ("--classify folder --verify", "classify", "verify"),
    ("--classify folder --suite cold", "classify", "suite"), ("--classify folder --only lstm", "classify", "only"),
  ])
  func whatTimesNothingTakesNoOptionsOfTiming(line: String, chosen: String, other: String) {
    let result = run(line)
    #expect(result.code == .usage, "\(line): \(result)")
    #expect(result.error.contains("--\(chosen) times nothing, and --\(other) has no place beside it"))
  }
}
