import Foundation
import RecurrentCommands
import Testing

@Suite struct SearchCommandTests {
  private static let search = ["--search", "4", "--search-space", "learning-rate,dropout,cell"]

  private func table(_ run: CommandRun) throws -> [String: Any] {
    try #require(try run.object("model/metrics.json")["search"] as? [String: Any])
  }

  /// Candidates with their options, errors and epochs.
  private func findings(_ run: CommandRun) throws -> String {
    let rows = try #require(try table(run)["rows"] as? [[String: Any]])
    return try rows.map { row in
      let candidate = try #require(row["candidate"] as? [String: Any])
      let settings = try #require(candidate["settings"] as? [[String: Any]])
      let results = try #require(row["results"] as? [[String: Any]])
      return "\(candidate["number"] ?? "")" + settings.map { " \($0["name"] ?? "") \($0["value"] ?? "")" }.joined()
        + results.map { " \($0["error"] ?? "") \($0["epochs"] ?? "")" }.joined()
    }.joined(separator: "\n")
  }

  private func digest(_ run: CommandRun) throws -> String {
    let model = try #require(try run.object("model/metrics.json")["model"] as? [String: Any])
    return try #require(model["weightsDigest"] as? String)
  }

  @Test(arguments: ["random", "halving"]) func theTableIsEverywhere(method: String) throws {
    let run = try CommandRun()
    #expect(run.train(Self.search + ["--search-method", method]) == .done, "\(run.error)")
    #expect(run.error.contains("candidate 1/4"))
    #expect(run.output.contains("Search: 4 candidates, the best first:"))
    #expect(run.output.contains("1 (standard)"))
    #expect(run.output.contains("is optimistic"))
    let report = try run.text("model/report.html")
    #expect(report.contains("<h2>Search</h2>") && report.contains("1 (standard)"))
    let table = try table(run)
    let chosen = try #require(table["chosen"] as? Int)
    #expect((table["rows"] as? [Any])?.count == 4 && (1...4).contains(chosen))
    #expect(table["method"] as? String == method)
    let lines = try run.text("model/log.jsonl").split(separator: "\n")
    #expect(lines.contains { $0.contains("\"candidate\":4") && $0.contains("\"event\":\"evaluated\"") })
    #expect(lines.count { $0.contains("\"event\":\"judged\"") } == (method == "random" ? 4 : 5))
    #expect(run.run(["predict", run.model]) == .done, "\(run.error)")
    #expect(run.run(["evaluate", run.model]) == .done, "\(run.error)")
  }

  @Test func theOptionsOfTheWinnerMakeItsWeights() throws {
    let run = try CommandRun()
    #expect(run.train(Self.search + ["--quiet"]) == .done, "\(run.error)")
    let table = try table(run)
    let rows = try #require(table["rows"] as? [[String: Any]])
    let best = try #require(
      rows.first { ($0["candidate"] as? [String: Any])?["number"] as? Int == table["chosen"] as? Int })
    let settings = try #require((best["candidate"] as? [String: Any])?["settings"] as? [[String: Any]])
    let options = settings.flatMap { ["--\($0["name"] ?? "")", "\($0["value"] ?? "")"] }
    let digest = try digest(run)
    let model = try run.object("model/metrics.json")["model"] as? [String: Any]
    #expect(options.contains(try #require(model?["cell"] as? String)))
    #expect(run.train(options + ["--quiet", "--overwrite"]) == .done, "\(run.error)")
    #expect(try self.digest(run) == digest)
  }

  @Test func configurationAndResumptionRepeatTheSearch() throws {
    let run = try CommandRun()
    #expect(run.train(Self.search + ["--quiet"]) == .done, "\(run.error)")
    let (findings, digest) = (try findings(run), try digest(run))
    try FileManager.default.copyItem(atPath: run.path("model/config.json"), toPath: run.path("config.json"))
    let lines = try run.text("model/log.jsonl")
    #expect(
      run.run(["train", "forecast", "--config", run.path("config.json"), "--overwrite", "--quiet"]) == .done,
      "\(run.error)")
    #expect(try self.findings(run) == findings)
    #expect(try self.digest(run) == digest)

    // As a kill leaves it: the record, and lines of the log without a checkpoint.
    let data = try run.object("model/data.json")
    try FileManager.default.removeItem(atPath: run.model)
    let checkpoint = run.path("model/checkpoint")
    try FileManager.default.createDirectory(atPath: checkpoint, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: run.path("config.json"), toPath: "\(checkpoint)/config.json")
    let summary = try #require(data["summary"] as? [String: Any])
    try run.write("{\"digest\": \"\(summary["digest"] ?? "")\", \"rows\": 180}", to: "model/checkpoint/data.json")
    try run.write(String(lines.prefix(lines.count / 2)), to: "model/checkpoint/log.jsonl")
    #expect(run.run(["train", "--resume", run.model, "--search", "5", "--json"]) == .usage)
    #expect(run.run(["train", "--resume", run.model, "--quiet"]) == .done, "\(run.error)")
    #expect(try self.findings(run) == findings)
    #expect(try self.digest(run) == digest)
    // Each line once, as in the run without a kill.
    func events(_ text: String) -> [String] {
      text.split(separator: "\n").map { String($0).replacing(/"(seconds|remainingSeconds)":[^,}]*/, with: "") }.sorted()
    }
    #expect(try events(run.text("model/log.jsonl")) == events(lines))
  }

  @Test func dryRunShowsTheSpace() throws {
    let run = try CommandRun()
    #expect(run.train(["--search", "9", "--search-method", "halving", "--dry-run"]) == .done, "\(run.error)")
    #expect(run.output.contains("search: 9 candidates (halving) of"))
    #expect(run.output.contains("learning-rate from 0.0003 to 0.01"))
    #expect(run.output.contains("cell gru, lstm") && !run.output.contains("  hidden"))
  }
}
