import Foundation
import RecurrentModels
import Testing

@Suite struct SeasonDetectionTests {
  private func period(_ values: [Double], candidates: [Int] = []) -> Int? {
    SeasonDetection.season(of: [values], training: values.indices, candidates: candidates)?.period
  }

  @Test func calendarCyclesFollowFromTheGrid() {
    #expect(SeasonDetection.candidates(secondsPerRow: 3600) == [24, 168, 8766])
    #expect(SeasonDetection.candidates(secondsPerRow: 86_400) == [7, 365])
    #expect(SeasonDetection.candidates(secondsPerRow: 86_400, isBusinessDaily: true) == [5, 261])
    #expect(SeasonDetection.candidates(secondsPerRow: 2_629_746) == [12])
    #expect(SeasonDetection.candidates(secondsPerRow: 3 * 2_629_746) == [4])
    #expect(SeasonDetection.candidates(secondsPerRow: 604_800) == [52])
    #expect(SeasonDetection.candidates(secondsPerRow: 900) == [4, 96, 672, 35063])
    #expect(SeasonDetection.candidates(secondsPerRow: 31_556_952) == [])
    #expect(SeasonDetection.candidates(secondsPerRow: 0) == [])
  }

  @Test func aMonthlyPatternOnATrendIsFound() {
    var source = GeneratedSeries(seed: 41)
    let pattern = source.noise(12).map { $0 * 10 }
    let values = (0..<100).map { Double($0) * 2 + pattern[$0 % 12] * (1 + Double($0) / 100) + source.normal() }
    let season = SeasonDetection.season(of: [values], training: 0..<100, candidates: [12])
    #expect(season?.period == 12)
    #expect(season?.evidence == .calendar)
    #expect(period(values) == 12)
  }

  @Test func noisySinesOfAnyPeriodAreFound() {
    for seed in 0..<20 {
      var source = GeneratedSeries(seed: seed)
      let cycle = 8 + 2 * seed
      let found = period(source.sine(600, period: Double(cycle), noise: 0.3))
      #expect(found.map { abs($0 - cycle) <= max(1, cycle / 25) } ?? false, "\(cycle): \(String(describing: found))")
    }
  }

  @Test func randomWalksAndNoiseHaveNone() {
    var found = 0
    for seed in 0..<100 {
      var source = GeneratedSeries(seed: 1000 + seed)
      if period(source.walk(200 + 10 * seed), candidates: [7, 24, 168]) != nil { found += 1 }
      if period(source.noise(200 + 10 * seed), candidates: [12]) != nil { found += 1 }
    }
    #expect(found <= 2)
  }

  @Test func twoJumpsAreNoSeason() {
    var source = GeneratedSeries(seed: 43)
    let values = source.walk(600).enumerated().map { $1 + ($0 > 200 ? 300 : 0) + ($0 > 280 ? 300 : 0) }
    #expect(period(values) == nil)
  }

  @Test func theSunspotCycleIsFoundInTheTrainingPart() throws {
    let season = try #require(SeasonDetection.season(of: [try sunspots()], training: 0..<1974, candidates: [12]))
    #expect((120...136).contains(season.period))
    #expect(season.evidence == .values)
    #expect(season.explanation.contains("\(season.period) rows"))
  }

  @Test func aSlowCycleNearACalendarCycleIsTheCalendars() {
    var source = GeneratedSeries(seed: 44)
    let values = source.sine(2600, period: 365.25, noise: 0.5)
    #expect(period(values, candidates: [7, 365]) == 365)
  }

  @Test func onlyTheTrainingPartIsRead() {
    var source = GeneratedSeries(seed: 45)
    let values = source.sine(300, period: 20, noise: 0.1)
    var changed = values
    for row in 200..<300 { changed[row] = .infinity }
    let season = SeasonDetection.season(of: [values], training: 0..<200)
    #expect(season?.period == 20)
    #expect(SeasonDetection.season(of: [changed], training: 0..<200) == season)
  }

  @Test func gapsAreBridged() {
    var source = GeneratedSeries(seed: 46)
    let values = source.sine(400, period: 24, noise: 0.1).map { source.uniform() < 0.2 ? .nan : $0 }
    #expect(period([.nan, .nan] + values, candidates: [24]) == 24)
  }

  @Test func columnsDecideTogether() {
    var source = GeneratedSeries(seed: 47)
    let daily = (0..<3).map { _ in source.sine(500, period: 24, noise: 0.2) }
    let walks = (0..<4).map { _ in source.walk(500) }
    func period(_ columns: [[Double]]) -> Int? {
      SeasonDetection.season(of: columns, training: 0..<500, candidates: [24])?.period
    }
    #expect(period(daily + walks.prefix(3)) == 24)
    #expect(period(daily.prefix(1) + walks) == nil)
    #expect(period([Array(repeating: 4, count: 500)]) == nil)
    #expect(period([Array(repeating: .nan, count: 500)]) == nil)
  }
}
