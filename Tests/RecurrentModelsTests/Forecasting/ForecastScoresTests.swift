import Foundation
import RecurrentModels
import Testing

@Suite struct ForecastScoresTests {
  private var metrics: ForecastMetrics {
    var first = ForecastScores()
    first.mae = 1.5
    first.scaledMAE = 0.25
    var second = ForecastScores()
    second.smape = 12
    second.intervalScore = 3
    return ForecastMetrics(
      overall: first, targets: [.init(name: "zeta", scores: first), .init(name: "alpha", scores: second)],
      byStep: [second, first])
  }

  @Test func jsonHasTheAgreedKeysAndLeavesOutWhatIsUndefined() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(metrics), as: UTF8.self)
    #expect(
      text == #"{"byStep":[{"intervalScore":3,"smape":12},{"mae":1.5,"scaledMAE":0.25}],"#
        + #""overall":{"mae":1.5,"scaledMAE":0.25},"#
        + #""targets":{"alpha":{"intervalScore":3,"smape":12},"zeta":{"mae":1.5,"scaledMAE":0.25}}}"#)
  }

  @Test func decodesWhatWasWritten() throws {
    let decoded = try JSONDecoder().decode(ForecastMetrics.self, from: JSONEncoder().encode(metrics))
    #expect(decoded.overall == metrics.overall)
    #expect(decoded.byStep == metrics.byStep)
    #expect(decoded[target: "zeta"] == metrics[target: "zeta"])
    #expect(decoded[target: "alpha"]?.smape == 12)
    #expect(decoded[target: "beta"] == nil)
  }
}
