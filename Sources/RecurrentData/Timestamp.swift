/// A moment: seconds since 1970-01-01 00:00:00 on the clock of the file (no leap seconds, no time zone rules).
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01 00:00:00; negative before.
  public var secondsSince1970: Int64

  /// Creates a moment.
  ///
  /// - Parameter secondsSince1970: Seconds since 1970-01-01 00:00:00.
  public init(secondsSince1970: Int64) {
    self.secondsSince1970 = secondsSince1970
  }

  /// Creates a moment from the parts of a date in the proleptic Gregorian calendar; parts are not checked.
  ///
  /// - Parameters:
  ///   - year: The year.
  ///   - month: The month, 1 to 12.
  ///   - day: The day of the month, from 1.
  ///   - hour: The hour, 0 to 23.
  ///   - minute: The minute, 0 to 59.
  ///   - second: The second, 0 to 59.
  public init(year: Int, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    secondsSince1970 = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  /// Compares by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  /// Days since 1970-01-01, rounded down.
  public var daysSince1970: Int { Int((secondsSince1970 - Int64(secondOfDay)) / 86_400) }

  /// Seconds since midnight, 0 to 86,399.
  public var secondOfDay: Int {
    let rest = Int(secondsSince1970 % 86_400)
    return rest < 0 ? rest + 86_400 : rest
  }

  /// Year, month and day.
  public var date: CivilDate { CivilDate(daysSince1970: daysSince1970) }

  /// The day of the week: 0 Monday to 6 Sunday.
  public var dayOfWeek: Int {
    let rest = (daysSince1970 + 3) % 7
    return rest < 0 ? rest + 7 : rest
  }

  /// ISO 8601 without a zone: `2016-07-01 00:00:00`.
  public var description: String {
    let date = date
    let second = secondOfDay
    let clock = [second / 3600, second / 60 % 60, second % 60].map { paddedDecimal($0, 2) }.joined(separator: ":")
    return "\(date) \(clock)"
  }
}

extension Timestamp: CustomStringConvertible {}

/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The year; the year before 1 is 0.
  public var year: Int
  /// The month, 1 to 12.
  public var month: Int
  /// The day of the month, from 1.
  public var day: Int

  /// Creates a date; the parts are not checked.
  ///
  /// - Parameters:
  ///   - year: The year.
  ///   - month: The month, 1 to 12.
  ///   - day: The day of the month, from 1.
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date that lies `daysSince1970` days after 1970-01-01.
  ///
  /// - Parameter daysSince1970: The days; negative before 1970.
  public init(daysSince1970: Int) {
    // Years begin in March, so that the leap day is the last of its year; 400 years repeat after 146,097 days.
    let shifted = daysSince1970 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  public var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day of the year, from 1.
  public var dayOfYear: Int { daysSince1970 - CivilDate(year: year, month: 1, day: 1).daysSince1970 + 1 }

  /// Months since January of the year 0.
  var monthIndex: Int { year * 12 + month - 1 }

  /// The days of a month, 28 to 31.
  ///
  /// - Parameters:
  ///   - month: The month, 1 to 12.
  ///   - year: The year.
  /// - Returns: The number of days.
  public static func daysInMonth(_ month: Int, ofYear year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// ISO 8601: `2016-07-01`.
  public var description: String { "\(paddedDecimal(year, 4))-\(paddedDecimal(month, 2))-\(paddedDecimal(day, 2))" }
}

/// `value` with at least `width` digits.
func paddedDecimal(_ value: Int, _ width: Int) -> String {
  let digits = String(abs(value))
  return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
