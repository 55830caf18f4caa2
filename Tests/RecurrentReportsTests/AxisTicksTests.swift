import RecurrentData
import RecurrentReports
import Testing

@Suite struct AxisTicksTests {
  private func labels(_ low: Double, _ high: Double, _ count: Int) -> [String] {
    AxisTicks.numbers(in: low...high, count: count).map(\.label)
  }

  @Test func numbersAreRound() {
    #expect(labels(0, 253.8, 6) == ["0", "50", "100", "150", "200", "250"])
    #expect(labels(-0.31, 0.42, 4) == ["-0.2", "0.0", "0.2", "0.4"])
    #expect(labels(17, 19, 4) == ["17.0", "17.5", "18.0", "18.5", "19.0"])
    #expect(labels(0, 931_800_000, 5) == ["0", "200M", "400M", "600M", "800M"])
    #expect(labels(1e-7, 3e-7, 2) == ["1e-7", "2e-7", "3e-7"])
    #expect(AxisTicks.numbers(in: 1...3, count: 9, wholeOnly: true).map(\.label) == ["1", "2", "3"])
    #expect(AxisTicks.widened(3...97, count: 5) == 0...100)
  }

  private func times(_ from: Timestamp, _ to: Timestamp, _ count: Int) -> [String] {
    AxisTicks.times(in: Double(from.secondsSince1970)...Double(to.secondsSince1970), count: count).map(\.label)
  }

  @Test func timesAreRoundAndSayOnlyWhatChanges() {
    #expect(
      times(Timestamp(year: 1749, month: 1), Timestamp(year: 1983, month: 12), 6)
        == ["1750", "1800", "1850", "1900", "1950"])
    #expect(
      times(Timestamp(year: 2019, month: 11, day: 3), Timestamp(year: 2020, month: 8), 5)
        == ["Jan 2020", "Mar", "May", "Jul"])
    #expect(
      times(Timestamp(year: 1990, month: 12, day: 20), Timestamp(year: 1991, month: 1, day: 12), 4)
        == ["24 Dec 1990", "31 Dec", "7 Jan 1991"])
    #expect(
      times(Timestamp(year: 2016, month: 7, day: 1, hour: 7), Timestamp(year: 2016, month: 7, day: 2, hour: 7), 4)
        == ["1 Jul 12:00", "18:00", "2 Jul", "06:00"])
    #expect(
      times(
        Timestamp(year: 2016, month: 7, day: 1), Timestamp(year: 2016, month: 7, day: 1, second: 20), 4)
        == ["1 Jul 00:00:00", "00:00:05", "00:00:10", "00:00:15", "00:00:20"])
  }

  @Test func ticksLieInsideTheirRange() {
    for seconds in [90.0, 5000, 86_400, 3e6, 4e7, 9e8, 3e9, 9e10] {
      for start in [-5.1e9, -1, 0, 1.5e9] {
        let ticks = AxisTicks.times(in: start...(start + seconds), count: 6)
        #expect(ticks.count <= 8)
        #expect(ticks.count >= 1)
        #expect(ticks.allSatisfy { $0.position >= start && $0.position <= start + seconds })
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.position < $1.position })
      }
    }
  }
}
