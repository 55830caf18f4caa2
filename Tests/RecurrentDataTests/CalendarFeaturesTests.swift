import RecurrentData
import Testing

@Suite struct CalendarFeaturesTests {
  @Test(arguments: [
    (Grid(.seconds(3600)), ["hour-of-day", "day-of-week", "day-of-year"]),
    (Grid(.seconds(43_200)), ["hour-of-day", "day-of-week", "day-of-year"]),
    (Grid(.seconds(86_400)), ["day-of-week", "day-of-year"]),
    (Grid(.businessDays), ["day-of-week", "day-of-year"]),
    (Grid(.seconds(604_800)), ["day-of-year"]),
    (Grid(.months(1)), ["month-of-year"]),
    (Grid(.months(3)), ["month-of-year"]),
    (Grid(.months(12)), []),
    (Grid.rows, []),
  ])
  func gridsTellTheirCycles(_ grid: Grid, _ cycles: [String]) {
    #expect(CalendarFeatures(grid: grid).cycles.map(\.rawValue) == cycles)
  }

  @Test func cyclesNotCoveredTwiceAreLeftOut() {
    let span = Timestamp(year: 2016, month: 7)...Timestamp(year: 2017, month: 6)
    let features = CalendarFeatures(grid: Grid(.seconds(3600)), trainingSpan: span)
    #expect(features.names == ["hour-of-day-sine", "hour-of-day-cosine", "day-of-week-sine", "day-of-week-cosine"])
  }

  @Test func valuesStandOnTheCircle() {
    let features = CalendarFeatures(cycles: [.hourOfDay, .dayOfWeek, .monthOfYear, .dayOfYear])
    // A Thursday, six in the morning.
    let values = features.values(at: Timestamp(year: 2020, month: 4, day: 2, hour: 6))
    #expect(values.count == 8)
    #expect(abs(values[0] - 1) < 1e-12 && abs(values[1]) < 1e-12)
    #expect(abs(values[2] - 0.2225209339563144) < 1e-9)
    #expect(abs(values[4] - 1) < 1e-12)
    let start = features.values(at: Timestamp(year: 1969, month: 1, day: 1))
    #expect(start[6] == 0 && start[7] == 1)
  }
}
