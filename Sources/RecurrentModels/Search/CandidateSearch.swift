/// What happens during a search.
public enum SearchEvent: Sendable {
  /// The training of a candidate begins or goes on in a round.
  case began(SearchCandidate, SearchRound, SearchTable)
  /// A candidate has been judged in a round.
  case judged(SearchCandidate, SearchTable.Result, SearchTable)
}

/// A search among candidates, whatever they are candidates for: the order of training, and the choice.
struct CandidateSearch {
  /// What is known so far: empty, or that of a search to go on with.
  var table: SearchTable

  /// Trains and judges candidates until all rounds are over.
  ///
  /// - Parameters:
  ///   - evaluate: Trains a candidate up to the share of a round and judges it; nil if it was cancelled, which ends the
  ///     search.
  ///   - isOver: Asked before every candidate but the first: true ends the search with the best so far.
  ///   - onEvent: Told what happens; after `judged` the table is complete up to there.
  /// - Throws: What `evaluate` and `onEvent` throw.
  mutating func run(
    evaluate: (SearchCandidate, SearchRound) throws -> SearchTable.Result?, isOver: () -> Bool,
    onEvent: (SearchEvent) throws -> Void
  ) throws {
    for round in table.rounds {
      guard let candidates = table.candidates(of: round) else { return }
      for candidate in candidates where !isJudged(candidate, in: round) {
        if table.chosen != nil, isOver() { return }
        try onEvent(.began(candidate, round, table))
        guard let result = try evaluate(candidate, round) else { return }
        table.add(result, of: candidate)
        try onEvent(.judged(candidate, result, table))
      }
    }
  }

  private func isJudged(_ candidate: SearchCandidate, in round: SearchRound) -> Bool {
    table.rows.contains { row in
      row.candidate.number == candidate.number && row.results.contains { $0.round == round.number }
    }
  }
}
