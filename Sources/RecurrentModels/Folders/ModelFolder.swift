import RecurrentNN

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a model folder could not be written or read.
public enum ModelFolderError: Error, Equatable, CustomStringConvertible {
  /// Something stands there already.
  case exists(path: String)
  /// A training stands there that is not over.
  case unfinished(path: String)
  /// There is no such folder, or a file of it is missing.
  case missing(path: String)
  /// A file is not what this program writes.
  case damaged(file: String, reason: String)
  /// The system refused.
  case refused(path: String, operation: String, reason: String)

  /// The error in words.
  public var description: String {
    switch self {
    case .exists(let path): "\(path) exists already"
    case .unfinished(let path): "\(path) holds a training that is not over"
    case .missing(let path): "there is no \(path)"
    case .damaged(let file, let reason): "\(file) is damaged or of another program: \(reason)"
    case .refused(let path, let operation, let reason): "\(path): cannot \(operation): \(reason)"
    }
  }
}

/// A folder of files that appears whole or not at all.
public struct ModelFolder: Sendable {
  /// Where it lies.
  public let path: String

  /// A folder at this path; whether it exists is found out when it is read.
  public init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// Whether something stands at the path.
  public var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether what stands at the path is a folder.
  public var isFolder: Bool { (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil }

  /// Refuses to write where something stands that may not be replaced.
  ///
  /// - Parameter overwriting: Whether a model may be replaced. What is no model folder (nor an empty folder) never is:
  ///   a wrong path must not cost anybody their files.
  /// - Throws: `ModelFolderError`.
  public func checkPlace(overwriting: Bool) throws(ModelFolderError) {
    guard exists, !isBarelyBegun else { return }
    guard overwriting else { throw isUnfinished ? .unfinished(path: path) : .exists(path: path) }
    let contents = try? FileManager.default.contentsOfDirectory(atPath: path)
    guard let contents, contents.isEmpty || contents.contains(Self.mark) || isUnfinished else {
      throw .refused(path: path, operation: "replace", reason: "it is no model folder")
    }
  }

  /// The file that makes a folder a model folder.
  private static let mark = "config.json"

  /// The folder inside in which a training is written down until it is over.
  public var checkpointFolder: String { "\(path)/checkpoint" }

  /// Whether there is a training that is not over, and no model yet.
  private var isUnfinished: Bool {
    !FileManager.default.fileExists(atPath: "\(path)/\(Self.mark)")
      && FileManager.default.fileExists(atPath: "\(checkpointFolder)/\(Self.mark)")
  }

  /// The names of the files that a training writes into its checkpoint folder before the one that makes it resumable.
  package enum BeginningFile {
    package static let lock = "lock", data = "data.json"
  }

  /// Whether nothing stands there but the beginning of a training that ended before it could be resumed.
  private var isBarelyBegun: Bool {
    let manager = FileManager.default
    guard (try? manager.contentsOfDirectory(atPath: path)) == ["checkpoint"],
      let names = try? manager.contentsOfDirectory(atPath: checkpointFolder)
    else { return false }
    return names.allSatisfy { name in
      name == BeginningFile.lock || name == BeginningFile.data
        || [BeginningFile.data, Self.mark].contains { AtomicFile.isTemporary(name, of: $0) }
    }
  }

  /// The folders `PATH.PID.old` beside the path: what stood there when a program ended while replacing it, newest first.
  package var setAside: [String] {
    func changed(_ folder: String) -> Date {
      (try? FileManager.default.attributesOfItem(atPath: folder))?[.modificationDate] as? Date ?? .distantPast
    }
    return programs(leaving: Self.aside).map { "\(path).\($0)\(Self.aside)" }
      .sorted { (changed($0), $0) > (changed($1), $1) }
  }

  /// The numbers of the programs that left something named `PATH.PID` with this ending.
  private func programs(leaving ending: String) -> [Substring] {
    let slash = path.lastIndex(of: "/")
    let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let start = (slash.map { String(path[path.index(after: $0)...]) } ?? path) + "."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return names.filter { $0.hasPrefix(start) && $0.hasSuffix(ending) }
      .map { $0.dropFirst(start.count).dropLast(ending.count) }
      .filter { !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }
  }

  /// Removes what programs left beside the path that were killed while they wrote there: new folders with nothing in them
  /// but files of these names. Where an old folder was moved aside already, the new one is complete and stays.
  private func removeLeftovers(of names: [String]) {
    let manager = FileManager.default, old = programs(leaving: Self.aside)
    for program in programs(leaving: Self.new) where !old.contains(program) {
      guard let number = pid_t(program), kill(number, 0) != 0, errno == ESRCH else { continue }
      let folder = "\(path).\(program)\(Self.new)"
      guard let contents = try? manager.contentsOfDirectory(atPath: folder),
        contents.allSatisfy({ found in names.contains { found == $0 || AtomicFile.isTemporary(found, of: $0) } })
      else { continue }
      try? manager.removeItem(atPath: folder)
    }
  }

  /// Moves a folder of `setAside` back, and removes the new one that was to stand in its place.
  ///
  /// - Throws: `ModelFolderError.refused`, and nothing is changed, if something stands at the path or the system refuses.
  package func putBack(_ aside: String) throws(ModelFolderError) {
    try refuse("put back") { try FileManager.default.moveItem(atPath: aside, toPath: path) }
    AtomicFile.syncFolder(of: path)
    try? FileManager.default.removeItem(atPath: aside.dropLast(Self.aside.count) + Self.new)
  }

  private static let aside = ".old", new = ".tmp"

  /// Writes all files into a folder of a temporary name beside the path, syncs them, and renames it.
  ///
  /// - Parameters:
  ///   - files: Names and contents.
  ///   - overwriting: Whether what stands at the path may be replaced; it is moved aside first and removed last.
  /// - Throws: `ModelFolderError`; nothing is left behind and what stood there stays.
  public func write(_ files: [(name: String, bytes: [UInt8])], overwriting: Bool) throws(ModelFolderError) {
    try checkPlace(overwriting: overwriting)
    removeLeftovers(of: files.map(\.name))
    let temporary = "\(path).\(getpid())\(Self.new)"
    let aside = "\(path).\(getpid())\(Self.aside)"
    try refuse("create") {
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    }
    do {
      for file in files { try AtomicFile.replace("\(temporary)/\(file.name)", with: file.bytes) }
      if exists { try FileManager.default.moveItem(atPath: path, toPath: aside) }
      try FileManager.default.moveItem(atPath: temporary, toPath: path)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      if !exists { try? FileManager.default.moveItem(atPath: aside, toPath: path) }
      throw .refused(path: path, operation: "write", reason: Self.reason(error))
    }
    // The old folder may go only once the disk knows the name of the new one.
    AtomicFile.syncFolder(of: path)
    try? FileManager.default.removeItem(atPath: aside)
  }

  /// Writes a file of the checkpoint folder, whole or not at all.
  ///
  /// - Parameters:
  ///   - name: The file in `checkpointFolder`, which must exist.
  ///   - bytes: Its content.
  /// - Throws: `ModelFolderError.refused`; then the file is as it was.
  public func writeCheckpointFile(_ name: String, _ bytes: [UInt8]) throws(ModelFolderError) {
    let file = "\(checkpointFolder)/\(name)"
    do {
      try AtomicFile.replace(file, with: bytes)
    } catch {
      throw .refused(path: file, operation: error.operation, reason: error.reason)
    }
  }

  /// The bytes of a file of the folder.
  public func bytes(of name: String) throws(ModelFolderError) -> [UInt8] {
    let file = "\(path)/\(name)"
    guard exists else { throw .missing(path: path) }
    guard FileManager.default.fileExists(atPath: file) else { throw .missing(path: file) }
    do {
      return try AtomicFile.bytes(of: file)
    } catch {
      throw .refused(path: file, operation: "read", reason: Self.reason(error))
    }
  }

  /// A value from a JSON file of the folder.
  public func value<Value: Decodable>(_ type: Value.Type, from name: String) throws(ModelFolderError) -> Value {
    let bytes = try bytes(of: name)
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw .damaged(file: "\(path)/\(name)", reason: "\(error)")
    }
  }

  /// A value as a JSON file: keys sorted, numbers as short as they can be read back.
  public static func json(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try [UInt8](encoder.encode(value)) + [10]
  }

  private func refuse(_ operation: String, _ body: () throws -> Void) throws(ModelFolderError) {
    do {
      try body()
    } catch {
      throw .refused(path: path, operation: operation, reason: Self.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    if let failure = error as? AtomicFile.Failure { return failure.reason }
    return "\(error)"
  }
}
