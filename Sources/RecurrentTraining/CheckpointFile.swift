import RecurrentNN
import RecurrentTensor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a checkpoint file holds: a record and tensors, named `section/path`.
struct CheckpointFile {
  /// Everything that is no tensor.
  struct Record: Codable, Equatable {
    /// What continues only what is equal.
    var run: [String: String]
    var counters: RunCounters
    var optimizerUpdates: Int
    var optimizerNumbers: [String: Double]
    var scheduleMemory: [Double]
  }

  /// A group of tensors.
  enum Section: String, CaseIterable {
    case weights, average, best, optimizer, carried
  }

  let path: String
  var record: Record
  private var sections: [Section: [(name: String, tensor: Tensor)]] = [:]

  private static let recordKey = "recurrent.checkpoint.1"

  init(path: String, record: Record) {
    self.path = path
    self.record = record
  }

  /// Reads and checks a file; nil if there is none.
  init?(contentsOf path: String) throws(CheckpointError) {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self.path = path
    do throws(SafetensorsError) {
      let file = try SafetensorsFile(contentsOf: path)
      guard let text = file.metadata[Self.recordKey] else {
        throw .malformed(file: path, reason: "there is no record of a run in it")
      }
      do {
        record = try Self.decoder.decode(Record.self, from: Data(text.utf8))
      } catch {
        throw .malformed(file: path, reason: "its record cannot be read: \(error)")
      }
      for entry in file.entries {
        let parts = entry.name.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let section = Section(rawValue: String(parts[0])) else {
          throw .malformed(file: path, reason: "tensor “\(entry.name)” belongs to nothing")
        }
        sections[section, default: []].append((String(parts[1]), try file.tensor(entry)))
      }
    } catch {
      if case .inputOutput(let file, let operation, let reason) = error {
        throw .refused(file: file, operation: operation, reason: reason)
      }
      throw .damaged(file: path, reason: "\(error)")
    }
  }

  /// The tensors of a section, in the order of the file.
  subscript(section: Section) -> [(name: String, tensor: Tensor)] {
    get { sections[section] ?? [] }
    set { sections[section] = newValue }
  }

  /// A model with the tensors of a section; nil if it has none.
  func model<M: Module>(_ section: Section, like model: M) throws(CheckpointError) -> M? {
    let tensors = Dictionary(self[section].map { ($0.name, $0.tensor) }) { first, _ in first }
    guard !tensors.isEmpty else { return nil }
    let entries = ParameterLayout(of: model).entries
    let wrong = entries.filter { tensors[$0.path]?.shape != $0.shape }.map {
      "\(section) \($0.path): expected shape \($0.shape), received \(tensors[$0.path].map { "\($0.shape)" } ?? "none")"
    }
    let unknown = Set(tensors.keys).subtracting(entries.map(\.path)).sorted().map { "\(section) \($0): not expected" }
    guard wrong.isEmpty, unknown.isEmpty else { throw .foreign(file: path, differences: wrong + unknown) }
    var (model, filler) = (model, Filler(tensors: tensors))
    model.visitParameters(&filler)
    return model
  }

  /// Replaces the file.
  func write() throws(CheckpointError) {
    let tensors = Section.allCases.flatMap { section in
      self[section].map { (name: "\(section.rawValue)/\($0.name)", tensor: $0.tensor) }
    }
    do {
      let text = String(decoding: try Self.encoder.encode(record), as: UTF8.self)
      try SafetensorsFile.write(tensors, to: path, metadata: [Self.recordKey: text])
    } catch SafetensorsError.inputOutput(_, let operation, let reason) {
      throw .refused(file: path, operation: operation, reason: reason)
    } catch {
      throw .refused(file: path, operation: "encode", reason: "\(error)")
    }
  }

  /// Removes what writes that were killed left beside a checkpoint.
  static func removeLeftovers(of path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "./"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where AtomicFile.isTemporary(name, of: parts.last!) {
      try? FileManager.default.removeItem(atPath: folder + name)
    }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

/// Gives a model tensors by their paths.
private struct Filler: PathVisitor {
  let tensors: [String: Tensor]
  var path = ParameterPath()

  mutating func visit(_ tensor: inout Tensor, at path: String, _ kind: ParameterKind) { tensor = tensors[path]! }
}
