import RecurrentNN

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a search is written down: the table as far as it goes, and a folder for each candidate that is still of use.
struct SearchFolder {
  private let checkpoints: FittingCheckpoints
  private let isTemporary: Bool

  private static let tableName = "search.json"
  private var tableFile: String { "\(checkpoints.folder)/\(Self.tableName)" }

  /// Nil without checkpoints where none are needed.
  ///
  /// - Parameters:
  ///   - checkpoints: Where the search shall be written down.
  ///   - isNeeded: Whether candidates go on from where they stopped, so that without checkpoints a temporary folder is made.
  /// - Throws: An error of the file system.
  init?(_ checkpoints: FittingCheckpoints?, isNeeded: Bool) throws {
    guard checkpoints != nil || isNeeded else { return nil }
    isTemporary = checkpoints == nil
    self.checkpoints =
      checkpoints
      ?? FittingCheckpoints(
        FileManager.default.temporaryDirectory.appendingPathComponent("recurrent-search-\(UUID().uuidString)").path,
        every: .seconds(3600))
    if isTemporary {
      try FileManager.default.createDirectory(atPath: self.checkpoints.folder, withIntermediateDirectories: true)
    }
  }

  func removeIfTemporary() {
    if isTemporary { try? FileManager.default.removeItem(atPath: checkpoints.folder) }
  }

  /// What an earlier program found out about these candidates; an empty table if none did.
  ///
  /// - Throws: `ModelFolderError` for a table that is damaged, or of another search.
  func table(_ candidates: [SearchCandidate], _ method: SearchMethod) throws(ModelFolderError) -> SearchTable {
    var fresh = SearchTable(method, candidates)
    guard FileManager.default.fileExists(atPath: tableFile) else { return fresh }
    let table = try ModelFolder(checkpoints.folder).value(SearchTable.self, from: Self.tableName)
    guard table.method == method, table.rows.map(\.candidate.options) == candidates.map(\.options) else {
      throw .damaged(file: tableFile, reason: "it is of a search among other candidates")
    }
    // Where every training broke down there is nothing to go on with.
    guard table.chosen != nil else { return fresh }
    for index in fresh.rows.indices { fresh.rows[index].results = table.rows[index].results }
    (fresh.chosen, fresh.seconds) = (table.chosen, table.seconds)
    return fresh
  }

  /// The checkpoints of a candidate, whose folder is made.
  ///
  /// - Throws: An error of the file system.
  func checkpoints(of number: Int) throws -> FittingCheckpoints {
    try FileManager.default.createDirectory(atPath: folder(of: number), withIntermediateDirectories: true)
    return FittingCheckpoints(folder(of: number), every: checkpoints.interval)
  }

  private func folder(of number: Int) -> String { "\(checkpoints.folder)/candidate-\(number)" }

  /// Writes the table, then removes what no candidate needs any more.
  ///
  /// - Throws: An error of the file system, or of the JSON encoder.
  func keep(_ table: SearchTable) throws {
    try AtomicFile.replace(tableFile, with: ModelFolder.json(table))
    for row in table.rows where row.candidate.number != table.chosen && table.isOut(row) {
      try? FileManager.default.removeItem(atPath: folder(of: row.candidate.number))
    }
  }
}

extension SearchTable {
  /// Whether a candidate has been judged and takes part in no round to come.
  fileprivate func isOut(_ row: Row) -> Bool {
    guard let last = row.results.last else { return false }
    guard last.round < rounds.count, last.error != nil else { return true }
    return candidates(of: rounds[last.round]).map { !$0.contains(row.candidate) } ?? false
  }
}
