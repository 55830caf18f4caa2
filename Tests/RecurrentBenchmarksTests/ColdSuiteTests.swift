import Foundation
import Recurrent
import RecurrentBenchmarks
import Testing

@Suite struct ColdSuiteTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID().uuidString)").path

  @Test func aFolderIsClassified() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ColdModel.write(to: folder)
    let number = try ColdModel.classify(folder: folder)
    #expect((0..<5).contains(number))
    #expect(try ColdModel.classify(folder: folder) == number)
    // The class comes from the weights of the folder.
    var weights = try SafetensorsFile(contentsOf: "\(folder)/model.safetensors")
    let tensors = try weights.entries.map { entry in
      let tensor = try weights.tensor(entry)
      guard entry.name == "head.bias" else { return (name: entry.name, tensor: tensor) }
      return (name: entry.name, tensor: Tensor((0..<5).map { $0 == (number + 2) % 5 ? 100 : 0 }, shape: [5]))
    }
    try SafetensorsFile.write(tensors, to: "\(folder)/model.safetensors")
    #expect(try ColdModel.classify(folder: folder) == (number + 2) % 5)
    weights = try SafetensorsFile(contentsOf: "\(folder)/model.safetensors")
    #expect(weights.entries.count == 6)
  }

  @Test func foldersOfOthersAreRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: ModelFolderError.missing(path: folder)) { try ColdModel.classify(folder: folder) }
    try ColdModel.write(to: folder)
    for sizes in [#"{"input": 10, "hidden": 0, "classes": 5}"#, #"{"input": 10, "hidden": 64}"#] {
      try Data(sizes.utf8).write(to: URL(filePath: "\(folder)/config.json"))
      #expect(throws: ModelFolderError.self) { try ColdModel.classify(folder: folder) }
    }
    try Data(#"{"input": 10, "hidden": 32, "classes": 5}"#.utf8).write(to: URL(filePath: "\(folder)/config.json"))
    #expect(throws: SafetensorsError.self) { try ColdModel.classify(folder: folder) }
  }

  @Test func programsAreStartedWithTheFolder() throws {
    let script = #"test -f "$0/config.json" && test -f "$0/model.safetensors""#
    let time = try ColdStart(program: "sh") { ["-c", script, $0] }.time(seconds: 0)
    #expect(time.runs == 3 && time.milliseconds > 0)
    #expect(try #require(time.peakMegabytes) > 0.5)
    #expect(throws: ChildProcessError.failed(program: "sh", status: 3 << 8)) {
      try ColdStart(program: "sh") { _ in ["-c", "exit 3"] }.time(seconds: 0)
    }
  }
}
