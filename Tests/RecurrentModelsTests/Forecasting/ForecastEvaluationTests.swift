import Foundation
import RecurrentModels
import Testing

@Suite struct ForecastEvaluationTests {
  private func evaluation() throws -> ForecastEvaluation {
    var source = GeneratedSeries(seed: 81)
    let columns = [source.sine(200, period: 10, noise: 0.2), source.walk(200)]
    let problem = problem(columns, horizon: 3, window: 12, season: 10, names: ["zeta", "alpha"])
    return try ForecastBacktest(of: problem, stride: 2, level: 0.9).run { origins in
      ForecastBatch(point: Array(repeating: 0, count: origins.count * 6))
    }.evaluation
  }

  @Test func readsBackWithTheColumnsInOrder() throws {
    let evaluation = try evaluation()
    let read = try JSONDecoder().decode(ForecastEvaluation.self, from: JSONEncoder().encode(evaluation))
    #expect(read == evaluation)
    #expect(read.metrics.targets.map(\.name) == ["zeta", "alpha"])
  }

  @Test func jsonHasTheAgreedParts() throws {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(evaluation())) as? [String: Any]
    let baselines = try #require(object?["baselines"] as? [String: Any])
    #expect(Set(baselines.keys) == ["naive", "seasonalNaive", "drift", "linear"])
    let linear = try #require(baselines["linear"] as? [String: Any])
    #expect(Set(linear.keys) == ["overall", "targets", "byStep"])
    let verdict = try #require(object?["verdict"] as? [String: Any])
    #expect(verdict["kind"] as? String == "notBetter")
    #expect((object?["skill"] as? Double)! < 0)
    #expect(object?["level"] as? Double == 0.9)
    #expect(object?["stride"] as? Int == 2)
  }
}
