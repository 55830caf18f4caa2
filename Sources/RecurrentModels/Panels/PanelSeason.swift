import RecurrentData

/// The season that many series share.
enum PanelSeason {
  private static let mostSeries = 60

  /// The season given, or the one that most of some evenly chosen series show; nil where fewer than half show one.
  static func find(in panel: SeriesPanel, _ configuration: ForecasterConfiguration) -> Season? {
    if let given = configuration.season { return given > 1 ? Season(given: given) : nil }
    let step = (panel.members.count - 1) / mostSeries + 1
    let chosen = stride(from: 0, to: panel.members.count, by: step).map { panel.members[$0].values }
    let candidates = ForecastOutline.candidates(panel.grid)
    let found = chosen.compactMap { values in
      SeasonDetection.season(of: [values], training: 0..<values.count, candidates: candidates)
    }
    var votes: [Int: Int] = [:]
    for season in found { votes[season.period, default: 0] += 1 }
    guard let best = votes.keys.sorted().max(by: { votes[$0, default: 0] < votes[$1, default: 0] }),
      votes[best, default: 0] * 2 >= chosen.count, let first = found.first(where: { $0.period == best })
    else { return nil }
    let same = found.filter { $0.period == best }
    return Season(
      period: best, strength: same.reduce(0) { $0 + $1.strength } / Double(same.count), evidence: first.evidence)
  }
}
