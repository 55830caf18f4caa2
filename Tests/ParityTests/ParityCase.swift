import Foundation
import RecurrentNN
import RecurrentTensor

/// A case of `scripts/parity/make_cases.py`: a recurrent layer, and what the peers make of it in float64.
struct ParityCase: Decodable, Sendable {
  let name: String
  let cell: String
  let activation: String?
  let reset: String?
  let direction: String
  let merge: String?
  let layers: Int
  let hiddenSize: Int
  let inputSize: Int
  let batch: Int
  let time: Int
  let hasBias: Bool
  let givesInitialState: Bool
  let lengths: [Int]?
  let references: [String]

  /// The direction as the layer takes it.
  var layerDirection: Direction {
    switch direction {
    case "forward": .forward
    case "backward": .backward
    default: .bidirectional(merge: Direction.Merge(rawValue: merge!)!)
    }
  }

  /// The key suffix of every single recurrence, in the order of the layers and directions: `_l0`, `_l0_reverse`.
  var suffixes: [String] {
    (0..<layers).flatMap { direction == "bidirectional" ? ["_l\($0)", "_l\($0)_reverse"] : ["_l\($0)"] }
  }
}

/// The cases of a file, with their tensors.
struct ParityFile {
  let cases: [ParityCase]
  private let file: SafetensorsFile
  private let entries: [String: SafetensorsFile.Entry]

  /// The stored cases.
  static func stored() throws -> ParityFile {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try ParityFile(path: folder.appending(path: "Fixtures/parity.safetensors").path)
  }

  /// The cases of the file named by `RECURRENT_PARITY`, else the stored ones.
  static func asked() throws -> ParityFile {
    try ProcessInfo.processInfo.environment["RECURRENT_PARITY"].map { try ParityFile(path: $0) } ?? stored()
  }

  init(path: String) throws {
    file = try SafetensorsFile(contentsOf: path)
    entries = Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, $0) })
    cases = try JSONDecoder().decode([ParityCase].self, from: Foundation.Data(file.metadata["cases", default: ""].utf8))
  }

  /// A tensor of a case, as `expected.outputs`, or nil.
  func tensor(_ name: String, of parityCase: ParityCase) throws -> Tensor? {
    guard let entry = entries[String(parityCase.name.prefix(3)) + "." + name] else { return nil }
    return try file.tensor(entry)
  }

  /// Every tensor of a case whose name begins with `prefix`, by the rest of its name.
  func tensors(_ prefix: String, of parityCase: ParityCase) throws -> [String: Tensor] {
    let start = String(parityCase.name.prefix(3)) + "." + prefix
    var found: [String: Tensor] = [:]
    for (name, entry) in entries where name.hasPrefix(start) {
      found[String(name.dropFirst(start.count))] = try file.tensor(entry)
    }
    return found
  }
}
