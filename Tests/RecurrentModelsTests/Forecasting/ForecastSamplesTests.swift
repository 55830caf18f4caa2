import RecurrentModels
import Testing

@Suite struct ForecastSamplesTests {
  /// Windows of two steps and three targets, whose losses are a permutation of the origins.
  private func samples(_ count: Int) -> ForecastSamples {
    var samples = ForecastSamples(originCount: count, entryCount: 6)
    for origin in 0..<count {
      let truth = (0..<6).map { Double(origin * 10 + $0) }
      samples.add(
        ForecastWindow(
          origin: origin, truth: truth, forecast: truth.map { $0 + 0.5 }, lower: nil, upper: nil,
          loss: Double((origin * 7919 + 13) % count)), targetCount: 3)
    }
    return samples
  }

  @Test func bestAndWorstAreExactAndTheMedianIsInTheMiddle() throws {
    let samples = samples(1009)
    #expect(samples.best?.loss == 0)
    #expect(samples.worst?.loss == 1008)
    let median = try #require(samples.median)
    #expect(abs(median.loss - 504) < 60)
  }

  @Test func aFewOriginsAreAllKept() {
    #expect(samples(7).windows.map(\.origin) == Array(0..<7))
    #expect(samples(7).median?.loss == 3)
    #expect(samples(7).pairs.count == 42)
    #expect(samples(0).median == nil && samples(0).best == nil)
  }

  @Test func pairsAreBoundedAndVisitEveryStepAndTarget() {
    let pairs = samples(20_011).pairs
    #expect(pairs.count > 3000 && pairs.count <= 4001)
    #expect(Set(pairs.map { $0.step * 3 + $0.target }) == Set(0..<6))
    #expect(pairs.allSatisfy { $0.forecast == $0.truth + 0.5 })
    #expect(pairs.allSatisfy { Int($0.truth) % 10 == $0.step * 3 + $0.target })
    #expect(samples(20_011).windows.count <= 200)
  }
}
