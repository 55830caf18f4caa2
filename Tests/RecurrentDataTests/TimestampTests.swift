import Foundation
import RecurrentData
import Testing

@Suite struct TimestampTests {
  @Test func datesGoThereAndBackOverAllCenturies() {
    var expected = CivilDate(year: -1, month: 1, day: 1)
    let first = expected.daysSince1970
    for day in first..<first + 900_000 {
      let date = CivilDate(daysSince1970: day)
      guard date == expected, date.daysSince1970 == day else {
        Issue.record("day \(day): expected \(expected), received \(date)")
        return
      }
      expected.day += 1
      if expected.day > CivilDate.daysInMonth(expected.month, ofYear: expected.year) {
        expected.day = 1
        expected.month += 1
      }
      if expected.month > 12 {
        expected.month = 1
        expected.year += 1
      }
    }
  }

  @Test(
    arguments: [
      (1970, 1, 1, 0), (2000, 2, 29, 951_782_400), (2018, 6, 26, 1_529_971_200), (1749, 1, 1, -6_974_035_200),
      (1900, 3, 1, -2_203_891_200), (1, 1, 1, -62_135_596_800),
    ] as [(Int, Int, Int, Int64)])
  func knownMomentsAreRight(_ year: Int, _ month: Int, _ day: Int, _ seconds: Int64) {
    #expect(Timestamp(year: year, month: month, day: day).secondsSince1970 == seconds)
    #expect(Timestamp(secondsSince1970: seconds).date == CivilDate(year: year, month: month, day: day))
  }

  @Test func partsOfADayAreRightBefore1970() {
    let time = Timestamp(year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 58)
    #expect(time.secondsSince1970 == -2)
    #expect(time.description == "1969-12-31 23:59:58")
    #expect(time.dayOfWeek == 2)
    #expect(Timestamp(year: 2024, month: 2, day: 29).dayOfWeek == 3)
    #expect(Timestamp(year: 2024, month: 12, day: 31).date.dayOfYear == 366)
  }
}
