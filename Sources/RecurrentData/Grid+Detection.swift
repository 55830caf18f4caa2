extension Grid {
  /// How well moments agree on a grid.
  enum Finding: Equatable {
    /// All moments lie on the grid.
    case regular(Grid)
    /// Most moments lie on the grid; the one with this index is the first that does not.
    case broken(Grid, at: Int)
    /// No grid fits.
    case irregular
  }

  /// Finds the grid of strictly increasing moments.
  static func find(_ times: [Timestamp], resolution: TimeFormat.Resolution) -> Finding {
    guard times.count > 1 else {
      let steps: [TimeFormat.Resolution: Step] = [
        .year: .months(12), .quarter: .months(3), .month: .months(1), .day: .seconds(86_400),
      ]
      return .regular(Grid(steps[resolution] ?? .seconds(3600), dayOfMonth: times.first?.date.day))
    }
    if let grid = monthly(times) { return .regular(grid) }
    let (step, count) = mostFrequentDifference(times)
    let grid = businessDaily(times) ?? Grid(.seconds(Int(step)))
    var aligned = 0
    var firstOff: Int?
    // The grid goes through the first moment that is followed by a step of the usual length.
    let anchor = times[firstUsual(times, step)]
    for (index, time) in times.enumerated() {
      if grid.steps(from: anchor, to: time) != nil {
        aligned += 1
      } else if firstOff == nil {
        firstOff = index
      }
    }
    guard let firstOff else { return .regular(grid) }
    if aligned * 10 >= times.count * 9 && count * 2 > times.count { return .broken(grid, at: firstOff) }
    // Steps of several lengths may all be multiples of a shorter one; a grid twice as long as the rows is still sensible.
    let shortest = greatestCommonStep(times)
    let span = times[times.count - 1].secondsSince1970 - times[0].secondsSince1970
    return span / shortest <= 2 * Int64(times.count) ? .regular(Grid(.seconds(Int(shortest)))) : .irregular
  }

  private static func firstUsual(_ times: [Timestamp], _ step: Int64) -> Int {
    (1..<times.count).first { times[$0].secondsSince1970 - times[$0 - 1].secondsSince1970 == step }.map { $0 - 1 } ?? 0
  }

  /// The most frequent distance of neighbours, the shortest of several, and how often it occurs.
  private static func mostFrequentDifference(_ times: [Timestamp]) -> (seconds: Int64, count: Int) {
    var counts: [Int64: Int] = [:]
    for index in 1..<times.count {
      counts[times[index].secondsSince1970 - times[index - 1].secondsSince1970, default: 0] += 1
    }
    let best = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }!
    return (best.key, best.value)
  }

  private static func greatestCommonStep(_ times: [Timestamp]) -> Int64 {
    var result: Int64 = 0
    for index in 1..<times.count {
      var (step, rest) = (times[index].secondsSince1970 - times[index - 1].secondsSince1970, result)
      while rest != 0 { (step, rest) = (rest, step % rest) }
      result = step
    }
    return result
  }

  private static func monthly(_ times: [Timestamp]) -> Grid? {
    let clock = times[0].secondOfDay
    var longest = 0
    var counts: [Int: Int] = [:]
    var previous: CivilDate?
    for time in times {
      guard time.secondOfDay == clock else { return nil }
      let date = time.date
      if let previous {
        let months = date.monthIndex - previous.monthIndex
        guard months > 0 else { return nil }
        counts[months, default: 0] += 1
      }
      previous = date
      longest = max(longest, date.day)
    }
    for time in times {
      let date = time.date
      guard date.day == min(longest, CivilDate.daysInMonth(date.month, ofYear: date.year)) else { return nil }
    }
    // Days that only ever are the last of their month stand for the ends of months.
    let areMonthEnds = times.allSatisfy { $0.date.day == CivilDate.daysInMonth($0.date.month, ofYear: $0.date.year) }
    let step = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }!.key
    let isEven = counts.keys.allSatisfy { $0 % step == 0 }
    return Grid(.months(isEven ? step : 1), dayOfMonth: areMonthEnds ? 31 : longest)
  }

  /// A business-day grid: no weekends in more than a week, and Monday follows Friday.
  private static func businessDaily(_ times: [Timestamp]) -> Grid? {
    let clock = times[0].secondOfDay
    var neighbours = 0
    var overWeekends = 0
    for (index, time) in times.enumerated() {
      guard time.secondOfDay == clock, time.dayOfWeek < 5 else { return nil }
      guard index > 0 else { continue }
      let days = time.daysSince1970 - times[index - 1].daysSince1970
      if days == 1 { neighbours += 1 }
      if days == 3, time.dayOfWeek == 0 { overWeekends += 1 }
    }
    return overWeekends > 0 && neighbours * 2 > times.count - 1 ? Grid(.businessDays) : nil
  }
}

/// Where rows were missing from the grid of a file and were put in without values.
public struct GapReport: Hashable, Codable, Sendable {
  /// One run of missing rows.
  public struct Gap: Hashable, Codable, Sendable {
    /// The index of the first row that was put in.
    public var row: Int
    /// Its time.
    public var start: Timestamp
    /// The number of rows put in.
    public var rowCount: Int
  }

  /// The number of runs.
  public var count = 0
  /// All rows put in.
  public var rowCount = 0
  /// The first run.
  public var first: Gap?
  /// The longest run, the earliest of equals.
  public var longest: Gap?

  /// A report without gaps.
  public init() {}

  mutating func add(_ gap: Gap) {
    count += 1
    rowCount += gap.rowCount
    if first == nil { first = gap }
    if gap.rowCount > (longest?.rowCount ?? 0) { longest = gap }
  }
}
