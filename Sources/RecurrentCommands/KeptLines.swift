import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The lines of `log.jsonl`, an entry each. They are kept in a file while training, so that those of a training that goes on
/// are whole.
struct KeptLines<Entry: Codable> {
  private(set) var entries: [Entry]
  private let file: LineFile?

  /// - Parameter path: Where lines are kept, after those of an earlier run; nil for nowhere.
  init(_ path: String?) {
    file = path.map { LineFile($0) }
    let kept = file?.lines ?? []
    // A line that a kill cut short is left out.
    entries = kept.compactMap { try? JSONDecoder().decode(Entry.self, from: Data($0.utf8)) }
    if !kept.isEmpty { file?.replace(lines) }
  }

  /// Whether there is a file.
  var areKept: Bool { file != nil }

  /// The lines of all entries.
  var lines: [String] { entries.compactMap { Self.line($0) } }

  mutating func append(_ entry: Entry) {
    entries.append(entry)
    if let line = Self.line(entry) { file?.append(line) }
  }

  /// Leaves out lines of an earlier run that come again.
  mutating func drop(_ isVoid: (Entry) -> Bool) {
    guard areKept, entries.contains(where: isVoid) else { return }
    entries.removeAll(where: isVoid)
    file?.replace(lines)
  }

  private static func line(_ entry: Entry) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(entry)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension TrainingEvent {
  /// Whether a training that goes on after a step, or that begins anew where that is nil, makes this event void.
  func isVoid(after step: Int?) -> Bool {
    guard let step else { return true }
    switch self {
    case .started: return false
    case .step(let progress), .evaluated(let progress): return progress.step > step
    case .finished: return true
    }
  }
}
