#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Numbers that tell a model where a row lies in the day, the week and the year: sine and cosine of each cycle, so that the
/// end of a cycle lies beside its start. They are known for the future as well.
public struct CalendarFeatures: Hashable, Codable, Sendable {
  /// A cycle of the calendar.
  public enum Cycle: String, Hashable, Codable, Sendable, CaseIterable {
    /// The time of day.
    case hourOfDay = "hour-of-day"
    /// Monday to Sunday.
    case dayOfWeek = "day-of-week"
    /// 1 January to 31 December.
    case dayOfYear = "day-of-year"
    /// January to December.
    case monthOfYear = "month-of-year"

    /// The length of the cycle in days.
    var days: Double {
      switch self {
      case .hourOfDay: 1
      case .dayOfWeek: 7
      case .dayOfYear, .monthOfYear: 365.2425
      }
    }
  }

  /// The cycles, two features each.
  public let cycles: [Cycle]

  /// Creates features from cycles.
  ///
  /// - Parameter cycles: The cycles.
  public init(cycles: [Cycle]) {
    self.cycles = cycles
  }

  /// Takes the cycles that a grid can tell: the time of day below daily rows, the day of the week below weekly ones, the
  /// day of the year below monthly ones, the month below yearly ones.
  ///
  /// - Parameters:
  ///   - grid: The spacing of the rows.
  ///   - span: First and last training row; cycles that it does not cover twice are left out, since their effect could not
  ///     be told from a trend. Nil keeps all.
  public init(grid: Grid, trainingSpan span: ClosedRange<Timestamp>? = nil) {
    var supported: [Cycle]
    switch grid.step {
    case .rows: supported = []
    case .businessDays: supported = [.dayOfWeek, .dayOfYear]
    case .months(let count): supported = count % 12 == 0 ? [] : [.monthOfYear]
    case .seconds(let seconds):
      let bounds: [(cycle: Cycle, seconds: Int)] = [
        (.hourOfDay, 86_400), (.dayOfWeek, 604_800), (.dayOfYear, 28 * 86_400), (.monthOfYear, 184 * 86_400),
      ]
      supported = bounds.filter { seconds < $0.seconds }.map(\.cycle)
      if supported.contains(.dayOfYear) { supported.removeAll { $0 == .monthOfYear } }
    }
    if let span {
      let days = Double(span.upperBound.secondsSince1970 - span.lowerBound.secondsSince1970) / 86_400
      supported.removeAll { days < 2 * $0.days }
    }
    cycles = supported
  }

  /// The names of the features in the order of `values(at:)`.
  public var names: [String] { cycles.flatMap { ["\($0.rawValue)-sine", "\($0.rawValue)-cosine"] } }

  /// Sine and cosine of each cycle at a moment.
  ///
  /// - Parameter time: The moment.
  /// - Returns: Two numbers a cycle, from -1 to 1.
  public func values(at time: Timestamp) -> [Double] {
    cycles.flatMap { cycle -> [Double] in
      let angle = 2 * Double.pi * phase(of: cycle, at: time)
      return [sin(angle), cos(angle)]
    }
  }

  /// The share of the cycle that has passed, 0 to below 1.
  private func phase(of cycle: Cycle, at time: Timestamp) -> Double {
    let dayShare = Double(time.secondOfDay) / 86_400
    switch cycle {
    case .hourOfDay: return dayShare
    case .dayOfWeek: return (Double(time.dayOfWeek) + dayShare) / 7
    case .dayOfYear:
      let date = time.date
      let days = CivilDate.daysInMonth(2, ofYear: date.year) == 29 ? 366.0 : 365.0
      return (Double(date.dayOfYear - 1) + dayShare) / days
    case .monthOfYear: return Double(time.date.month - 1) / 12
    }
  }
}
