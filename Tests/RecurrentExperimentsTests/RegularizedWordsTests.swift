import Foundation
import RecurrentExperiments
import Testing

@Suite struct RegularizedWordsTests {
  /// A text of a few hundred lines in which every word says which one comes next, but for the first of a line.
  private func write(_ lines: Int, seed: Int, to path: String) throws {
    let text = (0..<lines).map { line in
      let kind = (line * 7 + seed * 3 + line / 5) % 4
      return ["the cat sat down", "a dog ran home", "some birds <unk> away", "no fish ever sang"][kind] + " <eos>"
    }
    try text.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func rows(_ options: [String]) throws -> [[String: Any]] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "words-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["training.txt", "validation.txt"].map { folder.appending(path: $0).path }
    try write(900, seed: 1, to: files[0])
    try write(300, seed: 2, to: files[1])
    let program = try #require(Experiment.named("regularized-words"))
    var rows: [[String: Any]] = []
    try program.run(files + options) { line in
      if let row = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] { rows.append(row) }
    }
    return rows
  }

  @Test func perplexityComesDownToWhatCannotBeKnown() throws {
    let options = ["--hidden", "12", "--epochs", "12", "--rate", "30", "--seed", "3"]
    let row = try #require(try rows(options).first)
    // One word of five is a choice between four: the perplexity of a perfect reader is 4 ^ (1 / 5) = 1.32.
    let perplexity = try #require(row["perplexity"] as? Double)
    #expect(perplexity > 1 && perplexity < 2)
    #expect(row["words"] as? Int == 17)
    let again = try #require(try rows(options).first)
    #expect(again["perplexity"] as? Double == perplexity)
    let regular = try #require(
      try rows(options + ["--regularization", #"{"input-dropout": 0.3, "weight-drop": 0.3}"#]).first)
    #expect(regular["perplexity"] as? Double != perplexity)
  }

  @Test func whatCannotBeUsedIsRefused() throws {
    for (options, part) in [
      (["--regularization", #"{"dropout": 1}"#], "dropout"), (["--epochs", "0"], "--epochs"),
      (["--width", "3"], "--width"), (["third.txt"], "2 files"), (["--seed"], "value"),
    ] {
      do {
        _ = try rows(options)
        Issue.record("\(options) were taken")
      } catch let error as ExperimentError {
        #expect(error.description.contains(part))
      }
    }
    let program = try #require(Experiment.named("regularized-words"))
    #expect(throws: ExperimentError.self) { try program.run(["/nowhere/a.txt", "/nowhere/b.txt"]) { _ in } }
  }
}
