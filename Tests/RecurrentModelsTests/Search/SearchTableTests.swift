import RecurrentModels
import Testing

@Suite struct SearchTableTests {
  private static let space = SearchSpace([
    .init("hidden", standard: .whole(8), .oneOf([.whole(16), .whole(32), .whole(64)]))
  ])

  private func table(_ method: SearchMethod, _ errors: [[Double?]], chosen: Int?) -> SearchTable {
    var table = SearchTable(method, errors.indices.map { Self.space.candidate($0 + 1, seed: 2) })
    for (index, errors) in errors.enumerated() {
      table.rows[index].results = errors.enumerated().map {
        SearchTable.Result(round: $0 + 1, error: $1, epochs: 3 * ($0 + 1), seconds: 0.26)
      }
    }
    table.chosen = chosen
    return table
  }

  @Test func fatesAreTold() {
    let table = table(.halving, [[0.5], [0.4, 0.3], [nil], []], chosen: 2)
    #expect(table.rows.map { table.fate(of: $0) } == ["left out after round 1", "chosen", "broke down", "not begun"])
    #expect(table.ranked.map(\.candidate.number) == [2, 1, 3, 4])
    #expect(table.header == ["candidate", "validation error", "hidden", "epochs", "seconds", ""])
    #expect(table.cells(of: table.rows[0]) == ["1 (standard)", "0.5000", "8", "3", "0.3", "left out after round 1"])
    #expect(table.cells(of: table.rows[3]).suffix(4) == ["16", "0", "0.0", "not begun"])
  }

  @Test func theGainIsSaidToBeOptimistic() {
    let remarks = table(.random, [[0.5], [0.4], [0.45]], chosen: 2).remarks
    #expect(remarks[0] == "3 candidates were trained in full.")
    #expect(remarks[1].hasPrefix("Candidate 2 was chosen: --hidden "))
    #expect(remarks[1].hasSuffix("Its validation error is 20.0\u{A0}% below that of the standard options."))
    #expect(remarks[2].contains("is optimistic, as it is the least of 3. The test part was read once"))
  }

  @Test func aComparisonOfUnequalTrainingIsNamed() {
    let remarks = table(.halving, [[0.5], [0.4, 0.3], [0.45]], chosen: 2).remarks
    #expect(remarks[0].hasPrefix("Successive halving: 3 with 1/3, then 1 with all of the epochs"))
    #expect(remarks[1].hasSuffix("which were trained less."))
  }

  @Test func nothingBetterIsSaid() {
    let remarks = table(.random, [[0.3], [0.4]], chosen: 1).remarks
    #expect(remarks.contains("The standard options (candidate 1) were best: the search found nothing better."))
  }

  @Test func anEarlyEndIsSaid() {
    let remarks = table(.random, [[0.3], [0.2], []], chosen: 2).remarks
    #expect(remarks.contains { $0.hasPrefix("The time limit ended the search after 2 of 3 candidates") })
  }
}
