import Foundation
import Recurrent

/// What one training of one structure came to: a line of the file of rows.
package struct StructureRow: Codable, Equatable {
  /// What is the same in every training that gives this row.
  package struct Key: Codable, Hashable {
    package let structure, task: String
    /// What the task says of its data.
    package let data: String
    package let seed, updates, batch, rate, target: Int

    package init(
      structure: String, task: String, data: String, seed: Int, updates: Int, batch: Int, rate: Int, target: Int
    ) {
      (self.structure, self.task, self.data, self.seed) = (structure, task, data, seed)
      (self.updates, self.batch, self.rate, self.target) = (updates, batch, rate, target)
    }
  }

  package let key: Key
  package let hidden, layers, parameters: Int
  /// Nil for a training that broke down.
  package let score: Double?
  /// The median update, and the median step of one row of a stream where there are streams.
  package let updateMilliseconds, stepMicroseconds: Double?
  package let seconds: Double

  package init(
    key: Key, hidden: Int, layers: Int, parameters: Int, score: Double?, updateMilliseconds: Double?,
    stepMicroseconds: Double?, seconds: Double
  ) {
    (self.key, self.hidden, self.layers) = (key, hidden, layers)
    (self.parameters, self.score) = (parameters, score)
    (self.updateMilliseconds, self.stepMicroseconds, self.seconds) = (updateMilliseconds, stepMicroseconds, seconds)
  }
}

/// The file that finished rows are kept in: one JSON object a line.
package struct StructureRows {
  package private(set) var rows: [StructureRow] = []
  private let path: String?

  /// The rows of a file, which need not be there yet; nil for rows that are kept nowhere.
  ///
  /// What stands behind the last line break was being written when a run was killed, and is dropped.
  ///
  /// - Throws: `ExperimentError` for a file with a line that is no row.
  package init(path: String?) throws {
    self.path = path
    guard let path, FileManager.default.fileExists(atPath: path) else { return }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ExperimentError("\(path): expected rows in UTF-8 that can be read")
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    for (number, line) in lines.enumerated() {
      guard let row = try? JSONDecoder().decode(StructureRow.self, from: Data(line.utf8)) else {
        throw ExperimentError("\(path):\(number + 1): expected a row of this program, received “\(line.prefix(40))”")
      }
      rows.append(row)
    }
    let whole = lines.map { $0 + "\n" }.joined()
    if whole != text { try write(whole, to: path) }
  }

  /// The row of a training that was done before.
  package subscript(key: StructureRow.Key) -> StructureRow? { rows.first { $0.key == key } }

  /// Keeps a row.
  package mutating func add(_ row: StructureRow) throws {
    rows.append(row)
    guard let path else { return }
    let line = try ExperimentLine.of(row) + "\n"
    guard let file = FileHandle(forWritingAtPath: path) else { return try write(line, to: path) }
    defer { try? file.close() }
    do {
      try file.seekToEnd()
      try file.write(contentsOf: Data(line.utf8))
    } catch {
      throw ExperimentError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw ExperimentError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }
}

/// The table of all rows, as Markdown: a line for each structure, then those who need no network.
package struct StructureTable {
  /// What a task has in the table: its name, what is counted, and the scores without a network.
  package struct Column {
    package let name, measure: String
    package let baselines: [(name: String, score: Double)]

    package init(name: String, measure: String, baselines: [(name: String, score: Double)]) {
      (self.name, self.measure, self.baselines) = (name, measure, baselines)
    }
  }

  private let columns: [Column]
  private let rows: [StructureRow]

  /// The table of these rows, whose structures stand in the order in which they come.
  package init(_ columns: [Column], _ rows: [StructureRow]) { (self.columns, self.rows) = (columns, rows) }

  /// The lines of the table.
  package var markdown: [String] {
    let heads = columns.flatMap { ["units", "\($0.name): \($0.measure)", "ms an update", "µs a step"] }
    var lines = [line(["structure", "off by"] + heads)]
    lines.append(line(["---", "---:"] + heads.map { _ in "---:" }))
    var names: [String] = []
    for row in rows where !names.contains(row.key.structure) { names.append(row.key.structure) }
    for name in names {
      let own = rows.filter { $0.key.structure == name }
      let shares = own.map { abs(Double($0.parameters) / Double($0.key.target) - 1) }
      lines.append(
        line(
          ["`\(name)`", NumberText.percent(shares.max() ?? 0)]
            + columns.flatMap { column in cells(own.filter { $0.key.task == column.name }) }))
    }
    for (place, column) in columns.enumerated() {
      for baseline in column.baselines {
        var cells = [String](repeating: "", count: 2 + 4 * columns.count)
        (cells[0], cells[3 + 4 * place]) = (baseline.name, NumberText.significant(baseline.score))
        lines.append(line(cells))
      }
    }
    return lines
  }

  /// Units, mean score with its spread over the seeds, and the medians of the times.
  private func cells(_ rows: [StructureRow]) -> [String] {
    guard let first = rows.first else { return ["", "", "", ""] }
    let scores = rows.compactMap(\.score)
    var text = "broke down"
    if !scores.isEmpty {
      let mean = scores.reduce(0, +) / Double(scores.count)
      text = NumberText.significant(mean)
      if scores.count > 1 {
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count - 1)
        text += " ± " + NumberText.significant(variance.squareRoot(), 2)
      }
      if scores.count < rows.count { text += " (\(rows.count - scores.count) broke down)" }
    }
    func median(_ times: [Double]) -> String {
      times.isEmpty ? "" : NumberText.significant(times.sorted()[times.count / 2], 3)
    }
    return [
      first.layers == 1 ? "\(first.hidden)" : "\(first.layers) × \(first.hidden)", text,
      median(rows.compactMap(\.updateMilliseconds)),
      median(rows.compactMap(\.stepMicroseconds)),
    ]
  }

  private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
