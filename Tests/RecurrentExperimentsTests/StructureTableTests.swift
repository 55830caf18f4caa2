import Foundation
import RecurrentExperiments
import Testing

@Suite struct StructureTableTests {
  private func row(
    _ structure: String, _ task: String, seed: Int, score: Double?, parameters: Int = 1010, step: Double? = 2.5
  ) -> StructureRow {
    StructureRow(
      key: .init(
        structure: structure, task: task, data: "nine numbers", seed: seed, updates: 5, batch: 4, rate: 300,
        target: 1000),
      hidden: 7, layers: structure == "gru" ? 1 : 2, parameters: parameters, score: score,
      updateMilliseconds: Double(seed), stepMicroseconds: step,
      seconds: 1)
  }

  @Test func meansAndSpreadsStandInOneLine() {
    let table = StructureTable(
      [
        .init(name: "text", measure: "bits", baselines: [("guess", 4.5)]),
        .init(name: "rows", measure: "error", baselines: []),
      ],
      [
        row("gru", "text", seed: 1, score: 2), row("gru", "rows", seed: 1, score: 0.5, parameters: 985),
        row("attention", "text", seed: 1, score: nil, step: nil), row("gru", "text", seed: 2, score: 3),
        row("gru", "text", seed: 3, score: nil),
      ])
    #expect(
      table.markdown == [
        "| structure | off by | units | text: bits | ms an update | µs a step | units | rows: error | ms an update | µs a step |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| `gru` | 1.5\u{A0}% | 7 | 2.500 ± 0.71 (1 broke down) | 2.00 | 2.50 | 7 | 0.5000 | 1.00 | 2.50 |",
        "| `attention` | 1.0\u{A0}% | 2 × 7 | broke down | 1.00 |  |  |  |  |  |",
        "| guess |  |  | 4.500 |  |  |  |  |  |  |",
      ])
  }

  @Test func rowsAreKeptAndWhatWasCutOffIsDropped() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "rows-\(UUID()).jsonl").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    var rows = try StructureRows(path: path)
    let (first, second) = (row("gru", "text", seed: 1, score: 2), row("lstm", "text", seed: 1, score: nil))
    try rows.add(first)
    try rows.add(second)
    #expect(try StructureRows(path: path).rows == [first, second])
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix(#"{"hidden":7,"key":{"batch":4,"data":"nine numbers","rate":300,"#))
    try (text + text.prefix(30)).write(toFile: path, atomically: true, encoding: .utf8)
    var again = try StructureRows(path: path)
    #expect(again[second.key] == second && again[row("gru", "text", seed: 2, score: 1).key] == nil)
    try again.add(row("gru", "text", seed: 2, score: 1))
    #expect(try StructureRows(path: path).rows.count == 3)
    try ("nonsense\n" + text).write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: ExperimentError.self) { try StructureRows(path: path) }
    #expect(error?.description == "\(path):1: expected a row of this program, received “nonsense”")
    #expect(throws: ExperimentError.self) {
      var nowhere = try StructureRows(path: "/nowhere/rows.jsonl")
      try nowhere.add(first)
    }
  }
}
