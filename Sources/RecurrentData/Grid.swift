/// The regular spacing of rows in time: how far apart rows are, and what comes after the last one.
public struct Grid: Hashable, Sendable, CustomStringConvertible {
  /// The distance from one row to the next.
  public enum Step: Hashable, Sendable {
    /// No time: rows are counted. Timestamps, if there are any, are kept but are not evenly spaced.
    case rows
    /// A fixed number of seconds (a day is 86,400).
    case seconds(Int)
    /// Monday to Friday.
    case businessDays
    /// A fixed number of calendar months (a quarter is 3, a year is 12).
    case months(Int)
  }

  /// The distance from one row to the next.
  public var step: Step
  /// The day of the month on which rows of a monthly grid lie; a month that is shorter has its last day. Nil for others.
  public var dayOfMonth: Int?

  /// Creates a grid.
  ///
  /// - Parameters:
  ///   - step: The distance from one row to the next.
  ///   - dayOfMonth: The day on which the rows of a monthly grid lie; 1 by default.
  public init(_ step: Step, dayOfMonth: Int? = nil) {
    self.step = step
    if case .months = step { self.dayOfMonth = dayOfMonth ?? 1 } else { self.dayOfMonth = nil }
  }

  /// Rows without time.
  public static let rows = Grid(.rows)

  /// The grid in words: `monthly`, `business-day`, `hourly`, `every 15 minutes`.
  public var description: String {
    switch step {
    case .rows: return "row by row"
    case .businessDays: return "business-day"
    case .months(1): return "monthly"
    case .months(3): return "quarterly"
    case .months(12): return "yearly"
    case .months(let count): return count % 12 == 0 ? "every \(count / 12) years" : "every \(count) months"
    case .seconds(604_800): return "weekly"
    case .seconds(86_400): return "daily"
    case .seconds(3600): return "hourly"
    case .seconds(let count):
      for (unit, name) in Self.units where count % unit == 0 {
        return count == unit ? "every \(name)" : "every \(count / unit) \(name)s"
      }
      return "every \(count) seconds"
    }
  }

  private static let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")]

  /// One step in words, for texts such as "24 months ahead": `month`, `day`, `15 minutes`, `row`.
  ///
  /// - Parameter count: The number of steps.
  /// - Returns: Number and unit, for example `24 months`.
  public func text(steps count: Int) -> String {
    func plural(_ number: Int, _ unit: String) -> String { number == 1 ? "1 \(unit)" : "\(number) \(unit)s" }
    switch step {
    case .rows: return plural(count, "row")
    case .businessDays: return plural(count, "business day")
    case .months(let months):
      if months % 12 == 0 { return plural(count * (months / 12), "year") }
      return months == 3 ? plural(count, "quarter") : plural(count * months, "month")
    case .seconds(let seconds):
      if seconds == 604_800 { return plural(count, "week") }
      for (unit, name) in Self.units where seconds % unit == 0 { return plural(count * (seconds / unit), name) }
      return plural(count * seconds, "second")
    }
  }

  /// The grid with a name as in `--frequency`.
  ///
  /// - Parameter name: `yearly`, `quarterly`, `monthly`, `weekly`, `business-day`, `daily`, `hourly`, `minutely`, `rows`,
  ///   or a number with a unit: `15min`, `30s`, `2h`, `10d`, `2w`, `6months`, `5years`. A grid's `description` is read too.
  /// - Throws: `DataError` for any other name.
  public init(named name: String) throws(DataError) {
    var lower = name.lowercased()
    if lower.hasPrefix("every ") { lower.removeFirst(6) }
    let names: [String: Step] = [
      "yearly": .months(12), "annual": .months(12), "quarterly": .months(3), "monthly": .months(1),
      "weekly": .seconds(604_800), "business-day": .businessDays, "daily": .seconds(86_400), "hourly": .seconds(3600),
      "minutely": .seconds(60), "minute": .seconds(60), "second": .seconds(1), "rows": .rows, "row by row": .rows,
    ]
    if let step = names[lower] {
      self.init(step)
      return
    }
    let digits = lower.prefix { $0.isASCII && $0.isNumber }
    let unit = lower.dropFirst(digits.count).drop { $0 == " " }
    if let count = Int(digits), 1...1_000_000 ~= count {
      switch unit {
      case "s", "sec", "second", "seconds": self.init(.seconds(count))
      case "min", "minute", "minutes": self.init(.seconds(count * 60))
      case "h", "hour", "hours": self.init(.seconds(count * 3600))
      case "d", "day", "days": self.init(.seconds(count * 86_400))
      case "w", "week", "weeks": self.init(.seconds(count * 604_800))
      case "month", "months": self.init(.months(count))
      case "quarter", "quarters": self.init(.months(count * 3))
      case "y", "year", "years": self.init(.months(count * 12))
      default: throw Self.unknown(name)
      }
      return
    }
    throw Self.unknown(name)
  }

  private static func unknown(_ name: String) -> DataError {
    DataError(
      expected: "a frequency such as monthly, business-day, hourly or 15min", received: DataError.quoted(name),
      hint: "also: yearly, quarterly, weekly, daily, minutely, rows, 30s, 2h, 10d, 6months")
  }

  /// The moment `count` steps after `timestamp`, which lies on the grid; nil for rows without time.
  ///
  /// - Parameters:
  ///   - count: The number of steps; negative for earlier.
  ///   - timestamp: A moment on the grid.
  /// - Returns: The moment, or nil.
  public func timestamp(_ count: Int, after timestamp: Timestamp) -> Timestamp? {
    let seconds = timestamp.secondsSince1970
    switch step {
    case .rows: return nil
    case .seconds(let length): return Timestamp(secondsSince1970: seconds + Int64(length) * Int64(count))
    case .businessDays:
      let position = Self.businessDayIndex(timestamp.daysSince1970) + count
      let week = position >= 0 ? position / 5 : (position - 4) / 5
      let days = week * 7 + (position - week * 5) - 3
      return Timestamp(secondsSince1970: Int64(days) * 86_400 + Int64(timestamp.secondOfDay))
    case .months(let length):
      let date = timestamp.date
      let month = date.monthIndex + length * count
      let year = month >= 0 ? month / 12 : (month - 11) / 12
      let monthOfYear = month - year * 12 + 1
      let day = min(dayOfMonth ?? date.day, CivilDate.daysInMonth(monthOfYear, ofYear: year))
      let moment = Timestamp(year: year, month: monthOfYear, day: day)
      return Timestamp(secondsSince1970: moment.secondsSince1970 + Int64(timestamp.secondOfDay))
    }
  }

  /// Business days since Monday 1969-12-29; days at weekends count as the Monday after.
  private static func businessDayIndex(_ day: Int) -> Int {
    let shifted = day + 3
    let week = shifted >= 0 ? shifted / 7 : (shifted - 6) / 7
    return week * 5 + min(shifted - week * 7, 5)
  }

  /// The number of steps from `start` to `end`; nil if `end` does not lie on the grid through `start`.
  ///
  /// - Parameters:
  ///   - start: A moment on the grid.
  ///   - end: Any moment.
  /// - Returns: The number of steps, negative if `end` is earlier, or nil.
  public func steps(from start: Timestamp, to end: Timestamp) -> Int? {
    let count: Int
    switch step {
    case .rows: return nil
    case .seconds(let length):
      let distance = end.secondsSince1970 - start.secondsSince1970
      return distance % Int64(length) == 0 ? Int(distance / Int64(length)) : nil
    case .businessDays:
      count = Self.businessDayIndex(end.daysSince1970) - Self.businessDayIndex(start.daysSince1970)
    case .months(let length):
      let months = end.date.monthIndex - start.date.monthIndex
      guard months % length == 0 else { return nil }
      count = months / length
    }
    return timestamp(count, after: start) == end ? count : nil
  }
}
