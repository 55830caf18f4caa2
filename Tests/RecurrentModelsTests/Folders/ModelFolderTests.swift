import Foundation
import RecurrentModels
import Testing

@Suite struct ModelFolderTests {
  private let first: [(name: String, bytes: [UInt8])] = [("config.json", [123, 125]), ("a.txt", [65])]
  private let second: [(name: String, bytes: [UInt8])] = [("config.json", [123, 125]), ("b.txt", [66, 10])]

  @Test func foldersAppearWhole() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model//")
    #expect(!folder.exists)
    try folder.write(first, overwriting: false)
    #expect(try folder.bytes(of: "a.txt") == [65])
    #expect(scratch.contents == ["model"])
    #expect(throws: ModelFolderError.exists(path: "\(scratch.path)/model")) {
      try folder.write(second, overwriting: false)
    }
    #expect(try folder.bytes(of: "a.txt") == [65])
    try folder.write(second, overwriting: true)
    #expect(try folder.bytes(of: "b.txt") == [66, 10])
    #expect(throws: ModelFolderError.missing(path: "\(scratch.path)/model/a.txt")) { try folder.bytes(of: "a.txt") }
    #expect(scratch.contents == ["model"])
  }

  @Test func failureLeavesNothingBehind() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model")
    try folder.write(first, overwriting: false)
    // A file in a folder that is not there cannot be written.
    let broken = second + [(name: "no/such/file", bytes: [1])]
    #expect(throws: ModelFolderError.self) { try folder.write(broken, overwriting: true) }
    #expect(try folder.bytes(of: "a.txt") == [65])
    #expect(scratch.contents == ["model"])
    let fresh = ModelFolder("\(scratch.path)/fresh")
    #expect(throws: ModelFolderError.self) { try fresh.write(broken, overwriting: false) }
    #expect(scratch.contents == ["model"])
  }

  @Test func onlyModelsAreReplaced() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let path = "\(scratch.path)/photos"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data([1]).write(to: URL(filePath: "\(path)/me.jpg"))
    #expect(throws: ModelFolderError.self) { try ModelFolder(path).write(first, overwriting: true) }
    #expect(FileManager.default.fileExists(atPath: "\(path)/me.jpg"))
    // An empty folder is no loss; a file is no folder.
    try FileManager.default.removeItem(atPath: "\(path)/me.jpg")
    #expect(throws: ModelFolderError.exists(path: path)) { try ModelFolder(path).checkPlace(overwriting: false) }
    try ModelFolder(path).write(first, overwriting: true)
    #expect(throws: ModelFolderError.self) { try ModelFolder("\(path)/a.txt").checkPlace(overwriting: true) }
  }

  @Test func beginningsOfATrainingAreReplaced() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model")
    try FileManager.default.createDirectory(atPath: folder.checkpointFolder, withIntermediateDirectories: true)
    func add(_ name: String) throws { try Data([1]).write(to: URL(filePath: "\(folder.path)/\(name)")) }
    for name in ["lock", "data.json", "data.json.3.4.tmp", "config.json.3.4.tmp"] {
      try add("checkpoint/\(name)")
      try folder.checkPlace(overwriting: false)
      try folder.checkPlace(overwriting: true)
    }
    // Somebody's own checkpoint is none of ours.
    try add("checkpoint/epoch.bin")
    for overwriting in [false, true] {
      #expect(throws: ModelFolderError.self) { try folder.checkPlace(overwriting: overwriting) }
    }
    try FileManager.default.removeItem(atPath: "\(folder.checkpointFolder)/epoch.bin")
    try add("checkpoint/config.json")
    #expect(throws: ModelFolderError.unfinished(path: folder.path)) { try folder.checkPlace(overwriting: false) }
    try FileManager.default.removeItem(atPath: "\(folder.checkpointFolder)/config.json")
    try add("notes.txt")
    #expect(throws: ModelFolderError.self) { try folder.checkPlace(overwriting: true) }
  }

  @Test func setAsideFoldersArePutBack() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model")
    for name in ["model.12.old", "model.12.tmp", "model.x.old", "model..old", "other.3.old"] {
      try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(name)", withIntermediateDirectories: true)
    }
    #expect(folder.setAside == ["\(scratch.path)/model.12.old"])
    try folder.putBack(folder.setAside[0])
    #expect(folder.exists && folder.setAside.isEmpty)
    #expect(scratch.contents.sorted() == ["model", "model..old", "model.x.old", "other.3.old"])
    #expect(throws: ModelFolderError.self) { try folder.putBack("\(scratch.path)/model.x.old") }
  }

  @Test func foldersOfKilledProgramsAreRemoved() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model"), manager = FileManager.default
    // No process has a number that large; this one runs.
    let gone = 2_000_000_001, running = getpid()
    func add(_ name: String, _ files: [String] = []) throws {
      try manager.createDirectory(atPath: "\(scratch.path)/\(name)", withIntermediateDirectories: true)
      for file in files { try Data([1]).write(to: URL(filePath: "\(scratch.path)/\(name)/\(file)")) }
    }
    try add("model.\(gone).tmp", ["config.json", "config.json.3.4.tmp"])
    let kept = ["model.\(gone + 1).tmp", "model.\(gone + 2).tmp", "model.mine.tmp", "other.\(gone).tmp"]
    try add(kept[0], ["config.json", "photo.jpg"])
    // The new model of a program that was killed between two renames.
    try add(kept[1], ["config.json"])
    try add("model.\(gone + 2).old", ["config.json"])
    for name in kept.dropFirst(2) { try add(name) }
    try add("model.1.tmp", ["config.json"])
    try folder.write(first, overwriting: false)
    #expect(
      scratch.contents.sorted() == (kept + ["model", "model.1.tmp", "model.\(gone + 2).old"]).sorted(), "\(running)")
  }

  @Test func valuesOfAnotherFormAreDamaged() throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let folder = ModelFolder("\(scratch.path)/model")
    try folder.write([("config.json", Array("[1, 2".utf8))], overwriting: false)
    #expect { try folder.value([Int].self, from: "config.json") } throws: { error in
      guard case .damaged(let file, _)? = error as? ModelFolderError else { return false }
      return file == "\(folder.path)/config.json"
    }
    #expect(
      try String(decoding: ModelFolder.json(["b/c": 0.1, "a": 2]), as: UTF8.self) == """
        {
          "a" : 2,
          "b/c" : 0.1
        }

        """)
  }
}
