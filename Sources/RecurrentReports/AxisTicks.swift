import RecurrentData
import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A place on an axis with its label.
package struct AxisTick: Equatable {
  package var position: Double
  package var label: String
}

/// Chooses round places for the ticks of an axis.
package enum AxisTicks {
  /// At most `count` ticks at multiples of 1, 2 or 5 times a power of ten inside `range`.
  package static func numbers(in range: ClosedRange<Double>, count: Int, wholeOnly: Bool = false) -> [AxisTick] {
    var step = roundStep(in: range, count: count)
    if wholeOnly { step = max(1, step) }
    guard step > 0, step.isFinite else { return [AxisTick(position: range.lowerBound, label: "0")] }
    let decimals = max(0, -NumberText.magnitude(of: step))
    let slack = step * 1e-9
    let first = ((range.lowerBound - slack) / step).rounded(.up)
    let last = ((range.upperBound + slack) / step).rounded(.down)
    guard first <= last else { return [] }
    return stride(from: first, through: last, by: 1).map { index in
      let position = index * step
      let largest = max(abs(range.lowerBound), abs(range.upperBound))
      let label =
        largest >= 1e6 || (largest < 1e-4 && largest > 0)
        ? compact(position) : NumberText.fixed(position, min(12, decimals))
      return AxisTick(position: position, label: label)
    }
  }

  /// `range` widened to whole steps of its ticks.
  package static func widened(_ range: ClosedRange<Double>, count: Int) -> ClosedRange<Double> {
    let step = roundStep(in: range, count: count)
    guard step > 0, step.isFinite else { return range }
    return ((range.lowerBound / step).rounded(.down) * step)...((range.upperBound / step).rounded(.up) * step)
  }

  private static func roundStep(in range: ClosedRange<Double>, count: Int) -> Double {
    let width = range.upperBound - range.lowerBound
    guard width > 0, width.isFinite else { return 0 }
    let raw = width / Double(max(1, count))
    let power = pow(10, Double(NumberText.magnitude(of: raw)))
    return [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw * (1 - 1e-9) } ?? 10 * power
  }

  private static func compact(_ value: Double) -> String {
    for (unit, suffix) in [(1e12, "T"), (1e9, "G"), (1e6, "M")] where abs(value) >= unit {
      return NumberText.significant(value / unit, 4, trimsZeros: true) + suffix
    }
    return NumberText.significant(value, 3, trimsZeros: true)
  }
}

/// Ticks on an axis of time, whose positions are seconds since 1970.
extension AxisTicks {
  private enum TimeStep {
    case seconds(Int)
    case days(Int)
    case months(Int)

    var seconds: Double {
      switch self {
      case .seconds(let count): Double(count)
      case .days(let count): Double(count) * 86_400
      case .months(let count): Double(count) * 30.44 * 86_400
      }
    }
  }

  private static let timeSteps: [TimeStep] =
    [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600].map(TimeStep.seconds)
    + [1, 2, 7, 14].map(TimeStep.days)
    + [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000].map(TimeStep.months)

  /// At most about `count` ticks at round times; each is labelled as far as it differs from the one before.
  package static func times(in range: ClosedRange<Double>, count: Int) -> [AxisTick] {
    let width = range.upperBound - range.lowerBound
    guard width > 0, width < 1e12, let widest = timeSteps.last else { return [] }
    let step = timeSteps.first { width / $0.seconds <= Double(count) } ?? widest
    let positions = places(of: step, from: range.lowerBound).prefix { $0 <= range.upperBound }
      .drop { $0 < range.lowerBound }
    var previous: Timestamp?
    return positions.map { position in
      let time = Timestamp(secondsSince1970: Int64(position))
      defer { previous = time }
      return AxisTick(position: position, label: label(time, after: previous, step: step))
    }
  }

  private static func places(of step: TimeStep, from start: Double) -> some Sequence<Double> {
    let time = Timestamp(secondsSince1970: Int64(start.rounded(.down)))
    switch step {
    case .seconds(let count):
      let first = (start / Double(count)).rounded(.down)
      return sequence(state: first) { index -> Double? in
        defer { index += 1 }
        return index * Double(count)
      }
    case .days(let count):
      // Counted from a Monday, so that weeks begin on one.
      let first = ((Double(time.daysSince1970) + 3) / Double(count)).rounded(.down)
      return sequence(state: first) { index -> Double? in
        defer { index += 1 }
        return (index * Double(count) - 3) * 86_400
      }
    case .months(let count):
      let date = time.date
      let first = (Double(date.year * 12 + date.month - 1) / Double(count)).rounded(.down)
      return sequence(state: first) { index -> Double? in
        defer { index += 1 }
        let month = Int(index) * count
        let year = (Double(month) / 12).rounded(.down)
        let moment = Timestamp(year: Int(year), month: month - Int(year) * 12 + 1)
        return Double(moment.secondsSince1970)
      }
    }
  }

  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func label(_ time: Timestamp, after previous: Timestamp?, step: TimeStep) -> String {
    let date = time.date
    let month = monthNames[date.month - 1]
    switch step {
    case .months(let count):
      if count % 12 == 0 || date.month == 1 && previous != nil { return "\(date.year)" }
      return previous == nil ? "\(month) \(date.year)" : month
    case .days:
      let day = "\(date.day) \(month)"
      return previous?.date.year == date.year ? day : "\(day) \(date.year)"
    case .seconds(let count):
      let clock = clockText(time, withSeconds: count % 60 != 0)
      if previous == nil { return "\(date.day) \(month) \(clock)" }
      return previous?.date == date ? clock : "\(date.day) \(month)"
    }
  }

  private static func clockText(_ time: Timestamp, withSeconds: Bool) -> String {
    let second = time.secondOfDay
    let parts = [second / 3600, second / 60 % 60] + (withSeconds ? [second % 60] : [])
    return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
