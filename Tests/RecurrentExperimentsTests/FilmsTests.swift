import Foundation
import Recurrent
import RecurrentExperiments
import Testing

@Suite struct FilmsTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "films-\(UUID())")
  private let small = [
    "--side", "12", "--seen", "3", "--ahead", "2", "--channels", "3", "--updates", "120", "--batch", "4", "--films",
    "6",
    "--rate", "1000", "--shapes", "1",
  ]

  private struct Row: Decodable {
    struct Score: Decodable { let firstSquaredError, squaredError, firstCrossEntropy, crossEntropy: Double }
    let cell: String
    let frame: [Int]
    let films, parameters, units, updates: Int
    let network: Score
    let baselines: [String: Score]
  }

  /// The rows; nil if the run was stopped at this update.
  private func run(_ arguments: [String], stoppedAt update: Int = .max) throws -> [String] {
    var (lines, asked) = ([String](), 0)
    try Films.run(
      arguments,
      isCancelled: {
        asked += 1
        return asked >= update
      }
    ) { lines.append($0) }
    return lines
  }

  private func row(_ arguments: [String]) throws -> Row {
    try JSONDecoder().decode(Row.self, from: Data(try run(arguments)[0].utf8))
  }

  @Test(arguments: [
    ["--dimensions", "1"], ["--layers", "2"], ["--cell", "gru", "--hidden", "3"],
    ["--training", "forced", "--patch", "3"],
  ])
  func aNetworkIsJudgedBesideTheBaselines(options: [String]) throws {
    let row = try row(small + options)
    #expect(row.frame == (options[1] == "1" ? [12] : [12, 12]))
    #expect(row.films == 6 && row.updates == 120)
    #expect(row.baselines.keys.sorted() == ["lastFrame", "meanFrame", "motion"])
    // Half for every pixel has log 2.
    #expect(row.network.crossEntropy < 0.6 && row.network.firstSquaredError > 0)
  }

  @Test func barsOnALineAreLearned() throws {
    let row = try row([
      "--dimensions", "1", "--side", "12", "--shapes", "1", "--seen", "3", "--ahead", "2", "--channels", "6",
      "--layers", "2",
      "--updates", "600", "--batch", "8", "--rate", "1000", "--films", "50",
    ])
    for baseline in row.baselines.values {
      #expect(row.network.crossEntropy < 0.7 * baseline.crossEntropy)
      #expect(row.network.squaredError < 0.7 * baseline.squaredError)
      #expect(row.network.firstSquaredError < baseline.firstSquaredError)
    }
  }

  /// A cell without a size of its own has as many numbers as the convolutional one would.
  @Test func cellsAreOfEqualSize() throws {
    let wide = small + ["--channels", "24"]
    let (one, other) = (try row(wide), try row(wide + ["--cell", "lstm"]))
    #expect(one.cell == "conv-lstm" && other.cell == "lstm" && one.units == 24)
    #expect(other.parameters <= one.parameters && other.units > 1)
    let more = try row(wide + ["--cell", "lstm", "--hidden", "\(other.units + 1)"])
    #expect(more.units == other.units + 1 && more.parameters > one.parameters)
    // One unit that reads a whole frame has more numbers than a few kernels.
    #expect(throws: ExperimentError.self) { try run(small + ["--cell", "lstm"]) }
    #expect(throws: ExperimentError.self) { try run(small + ["--hidden", "7"]) }
  }

  @Test func aRunThatWasStoppedGoesOn() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "run.safetensors").path()
    let arguments = small + ["--checkpoint", file]
    #expect(try run(arguments, stoppedAt: 40) == [])
    #expect(FileManager.default.fileExists(atPath: file))
    func told(_ line: String) -> String { line.replacing(/"seconds":[0-9.e-]+/, with: "") }
    #expect(told(try run(arguments)[0]) == told(try run(small)[0]))
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func picturesAreWritten() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "films.svg").path()
    _ = try run(small + ["--picture", file])
    // Four films of three frames seen, two that came and two that were said.
    #expect(try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "<g ").count == 1 + 4 * 7)
    #expect(throws: ExperimentError.self) { try run(small + ["--picture", "/nowhere/films.svg"]) }
  }

  @Test func imagesMoveAndRecordedFilmsAreCut() throws {
    let images = try ImageFolder(training: 12, test: 8)
    defer { images.remove() }
    #expect(try row(small + ["--images", images.path, "--shrink", "2"]).frame == [12, 12])
    #expect(throws: ExperimentError.self) { try run(small + ["--images", images.path, "--shrink", "3"]) }
    // Eight pixels do not fit into six.
    #expect(throws: ExperimentError.self) {
      try run(["--images", images.path, "--shrink", "1", "--side", "6"])
    }
    #expect(throws: ExperimentError.self) { try run(["--images", images.path, "--dimensions", "1"]) }
    // The images of the folder in their order are a film as well: 60 frames.
    let film = try ImageFolder(training: 60, test: 1)
    defer { film.remove() }
    let file = film.path + "/train-images-idx3-ubyte"
    let row = try row(["--film", file] + small.filter { !["--side", "12", "--shapes", "1"].contains($0) })
    #expect(row.frame == [8, 8] && row.films == 2)
    #expect(throws: ExperimentError.self) { try run(["--film", file, "--side", "8"]) }
    #expect(throws: ExperimentError.self) { try run(["--film", file, "--shrink", "2"]) }
  }

  @Test func wrongArgumentsAreNamed() {
    let wrong = [
      ["folder"], ["--cell", "perceptron"], ["--kernel", "4"], ["--side", "15", "--patch", "2"], ["--shrink", "2"],
      ["--dimensions", "3"], ["--seen", "1"], ["--ahead", "0"], ["--training", "none"],
    ]
    for arguments in wrong { #expect(throws: ExperimentError.self, "\(arguments)") { try run(arguments) } }
    #expect(throws: DataError.self) { try run(["--film", "/nowhere/film.idx"]) }
  }
}
