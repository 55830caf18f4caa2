import RecurrentTensor

/// What a search has found: every candidate with its validation errors, and which one was chosen.
///
/// The validation error of the chosen candidate is the least of several and so an optimistic guess of its error on other
/// data; that of the test part, which only the chosen candidate sees, is not.
public struct SearchTable: Hashable, Sendable, Codable {
  /// What a round of training has made of a candidate.
  public struct Result: Hashable, Sendable, Codable {
    /// The round, from 1.
    public let round: Int
    /// The validation error; nil if the training broke down.
    public let error: Double?
    /// The epochs that its networks have had together, those of earlier rounds included.
    public let epochs: Int
    /// The seconds they took.
    public let seconds: Double
    /// Whether the time limit ended the training.
    public let isCutShort: Bool

    /// A result.
    public init(round: Int, error: Double?, epochs: Int, seconds: Double, isCutShort: Bool = false) {
      (self.round, self.error, self.epochs) = (round, error, epochs)
      (self.seconds, self.isCutShort) = (seconds, isCutShort)
    }
  }

  /// A candidate with its results.
  public struct Row: Hashable, Sendable, Codable {
    /// The candidate.
    public let candidate: SearchCandidate
    /// The results, one a round; none if the time did not suffice.
    public var results: [Result] = []

    /// The last validation error; nil without one.
    public var error: Double? { results.last?.error }
  }

  /// How it searched.
  public let method: SearchMethod
  /// The rounds that were planned.
  public let rounds: [SearchRound]
  /// The candidates by number.
  public var rows: [Row]
  /// The seconds that were spent.
  public var seconds = 0.0
  /// The number of the candidate with the least validation error; nil as long as there is none.
  public var chosen: Int?

  /// A search that has not begun.
  public init(_ method: SearchMethod, _ candidates: [SearchCandidate]) {
    self.method = method
    rounds = method.rounds(of: candidates.count)
    rows = candidates.map { Row(candidate: $0) }
  }

  /// The row of the chosen candidate.
  public var best: Row? { chosen.flatMap { number in rows.first { $0.candidate.number == number } } }

  /// The candidates of a round: all in the first, later the best of the round before; nil until that is over.
  func candidates(of round: SearchRound) -> [SearchCandidate]? {
    guard round.number > 1 else { return rows.map(\.candidate) }
    let previous = rounds[round.number - 2]
    let before = rows.compactMap { row in
      row.results.first { $0.round == previous.number }.map { (candidate: row.candidate, error: $0.error) }
    }
    guard before.count == candidates(of: previous)?.count else { return nil }
    // Equal errors: the earlier candidate, as the sort is stable.
    let ranked = before.filter { $0.error != nil }.sorted { $0.error! < $1.error! }
    return ranked.prefix(round.candidates).map(\.candidate).sorted { $0.number < $1.number }
  }

  /// Takes a result into the row of its candidate, and chooses anew.
  mutating func add(_ result: Result, of candidate: SearchCandidate) {
    guard let index = rows.firstIndex(where: { $0.candidate.number == candidate.number }) else { return }
    rows[index].results.removeAll { $0.round == result.round }
    rows[index].results.append(result)
    chosen = rows.filter { $0.error != nil }.min { $0.error! < $1.error! }?.candidate.number
  }
}

extension SearchTable {
  /// The candidates, the least validation error first, then those without one.
  public var ranked: [Row] {
    let judged = rows.filter { $0.error != nil }.sorted { $0.error! < $1.error! }
    return judged + rows.filter { $0.error == nil }
  }

  /// The names of the columns of a table of candidates.
  public var header: [String] {
    ["candidate", "validation error"] + (rows.first?.candidate.settings.map(\.name) ?? []) + ["epochs", "seconds", ""]
  }

  /// The texts of a candidate in a table.
  public func cells(of row: Row) -> [String] {
    let last = row.results.last
    let name = row.candidate.number == 1 ? "1 (standard)" : "\(row.candidate.number)"
    let error = row.error.map { NumberText.significant($0) } ?? NumberText.missing
    return [name, error] + row.candidate.settings.map(\.value.description)
      + [last.map { "\($0.epochs)" } ?? "0", NumberText.fixed(last?.seconds ?? 0, 1), fate(of: row)]
  }

  /// What became of a candidate, in a few words: `chosen`, `left out after round 1`, `not begun`.
  public func fate(of row: Row) -> String {
    var words: [String] = []
    if row.candidate.number == chosen { words.append("chosen") }
    guard let last = row.results.last else { return "not begun" }
    if last.error == nil { words.append("broke down") }
    if last.isCutShort { words.append("cut short by the time limit") }
    if words.isEmpty, last.round < rounds.count { words.append("left out after round \(last.round)") }
    return words.joined(separator: ", ")
  }

  /// What was done, what was chosen, and how far its validation error can be trusted, a sentence each.
  public var remarks: [String] {
    let begun = rows.count { !$0.results.isEmpty }
    var texts: [String] = []
    switch method {
    case .random: texts.append("\(begun) candidates were trained in full.")
    case .halving:
      let stages = rounds.map { "\($0.candidates) with \(Self.share($0.divisor))" }.joined(separator: ", then ")
      texts.append("Successive halving: \(stages) of the epochs, each going on from where it stopped.")
    }
    if begun < rows.count || rows.contains(where: { $0.results.contains(where: \.isCutShort) }) {
      texts.append(
        "The time limit ended the search after \(begun) of \(rows.count) candidates; the best so far was chosen.")
    }
    guard let best, let error = best.error else { return texts }
    let standard = rows.first { $0.candidate.number == 1 }?.error
    if best.candidate.number == 1 {
      texts.append("The standard options (candidate 1) were best: the search found nothing better.")
    } else if let standard, best.results.last?.round == rounds.count {
      let gain = NumberText.percent(1 - error / standard)
      let sameLength = rows[0].results.last?.round == rounds.count
      texts.append(
        "Candidate \(best.candidate.number) was chosen: \(best.candidate.options). Its validation error is \(gain) below "
          + "that of the standard options\(sameLength ? "" : ", which were trained less").")
    } else {
      texts.append("Candidate \(best.candidate.number) was chosen: \(best.candidate.options).")
    }
    texts.append(
      "The validation error of the chosen candidate is optimistic, as it is the least of \(begun). The test part was read "
        + "once, by the chosen candidate alone.")
    return texts
  }

  private static func share(_ divisor: Int) -> String { divisor == 1 ? "all" : "1/\(divisor)" }
}
