import Foundation
import Recurrent
import RecurrentExperiments
import Testing

@Suite struct StructuresTests {
  /// A folder with a text, images and a series.
  private struct Files {
    let images: ImageFolder
    var text: String { images.path + "/text.txt" }
    var series: String { images.path + "/series.csv" }
    var rows: String { images.path + "/rows.jsonl" }

    init() throws {
      images = try ImageFolder(training: 24, test: 8)
      let words = (0..<1200).map { ["sun ", "rain ", "snow "][RandomSource(seed: 2).integer(below: 3, at: $0)] }
      try words.joined().write(toFile: text, atomically: true, encoding: .utf8)
      let lines = (0..<300).map { "\($0 % 24),\(($0 * 7) % 24)" }
      try ("a,b\n" + lines.joined(separator: "\n")).write(toFile: series, atomically: true, encoding: .utf8)
    }
  }

  private func table(_ arguments: [String]) throws -> [String] {
    var lines: [String] = []
    try Structures.run(arguments) { lines.append($0) }
    return lines
  }

  @Test func oneTableOfEverythingThatGoesOn() throws {
    let files = try Files()
    defer { files.images.remove() }
    let options = [
      "--text", files.text, "--images", files.images.path, "--series", files.series, "--split", "180:20:100", "--rows",
      files.rows, "--parameters", "3000", "--updates", "3", "--batch", "4", "--seeds", "2",
    ]
    let some = try table(options + ["--only", "gru,tcn", "--seeds", "1"])
    // Three lines on the data and an empty one, then a head and its rule, two structures, three n-grams, one class and two
    // repetitions.
    #expect(some.count == 14 && some[6].hasPrefix("| `gru` | ") && some[7].hasPrefix("| `tcn` | "))
    let first = try StructureRows(path: files.rows).rows
    #expect(first.count == 6 && first.allSatisfy { $0.score != nil && $0.stepMicroseconds ?? 0 > 0 })
    let data = first.filter { $0.key.structure == "gru" }.map { "- \($0.key.task): \($0.key.data)" }
    #expect(Array(some[..<4]) == data + [""])
    _ = try table(options + ["--only", "gru,elman"])
    let rows = try StructureRows(path: files.rows).rows
    #expect(Array(rows.prefix(6)) == first && rows.count == 6 + 3 + 6)
    // Equal arguments give equal scores.
    try FileManager.default.removeItem(atPath: files.rows)
    _ = try table(options + ["--only", "gru"])
    let again = try StructureRows(path: files.rows).rows
    for row in again { #expect(rows.contains { $0.key == row.key && $0.score == row.score }) }
    // Of eight images two seeds may know equally many.
    #expect(Set(again.filter { $0.key.task != "images" }.map(\.score)).count == 4)
  }

  /// A row belongs to the numbers that it was learned from and judged on, not to the name of a file.
  @Test func rowsOfOtherDataAreNotTaken() throws {
    let files = try Files()
    defer { files.images.remove() }
    let options = [
      "--rows", files.rows, "--only", "gru", "--parameters", "1000", "--updates", "1", "--batch", "2", "--seeds", "1",
    ]
    var count = 0
    func expectOneRow(of data: [String]) throws {
      count += 1
      for _ in 0..<2 {
        _ = try table(options + data)
        #expect(try StructureRows(path: files.rows).rows.count == count, "\(data)")
      }
    }
    let (text, images, series) = (
      ["--text", files.text], ["--images", files.images.path], ["--series", files.series]
    )
    for data in [text, images, series, images + ["--shrink", "4"], series + ["--split", "180:20:90"]] {
      try expectOneRow(of: data)
    }
    let parts = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    let changes =
      parts.map { ("\(files.images.path)/\($0)-ubyte", images) } + [(files.text, text), (files.series, series)]
    for (path, data) in changes {
      var bytes = try Data(contentsOf: URL(filePath: path))
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: URL(filePath: path))
      try expectOneRow(of: data)
    }
  }

  /// At sizes as they are compared the nearest is within 2 percent.
  @Test(arguments: Structure.all.map(\.name)) func parametersAreNearTheTarget(_ name: String) throws {
    let structure = try #require(Structure.all.first { $0.name == name })
    let task = try SeriesTask(
      (0..<7).map { column in (0..<300).map { Double(($0 * (column + 3)) % 24) } }, split: [200, 20, 80])
    let size = structure.size(for: task, numbers: 40_000)
    let network = structure.network(for: task, size, random: RandomSource(seed: 1))
    #expect(ParameterLayout(of: network).scalarCount == size.numbers)
    #expect(abs(Double(size.numbers) / 40_000 - 1) <= 0.02 && size.hidden <= 256, "\(size)")
  }

  @Test func whatCannotBeUsedIsRefused() throws {
    let files = try Files()
    defer { files.images.remove() }
    for (options, part) in [
      ([], "--text"), (["--text", "/nowhere.txt"], "/nowhere.txt"),
      (["--series", files.series, "--split", "300:a:1"], "--split"),
      (["--series", files.series, "--only", "gru,perceptron"], "perceptron"),
      (["--images", files.images.path, "--shrink", "3"], "divisor of 8"),
      (["--series", files.series, "--updates", "0"], "--updates"), (["more"], "0 files"),
    ] {
      do {
        _ = try table(options)
        Issue.record("\(options) were taken")
      } catch let error as ExperimentError {
        #expect(error.description.contains(part), "\(error)")
      }
    }
  }
}
