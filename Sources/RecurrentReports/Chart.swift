/// A picture that can be drawn at any width: text keeps its size, so a narrow drawing stays readable on a telephone.
public protocol Chart: Sendable {
  /// What the picture is called.
  var title: String { get }
  /// What the picture shows, for those who cannot see it.
  var summary: String { get }

  /// The picture as an SVG element, `width` pixels wide where text has its natural size.
  func svg(width: Double) -> String
}

/// What a line, area or bar stands for. Each role has its colour in every picture of a report; the colours can be told
/// apart with the common kinds of colour blindness.
public enum ChartRole: String, Sendable, CaseIterable {
  /// What was observed.
  case truth
  /// What the model says.
  case model
  /// A first thing to compare with.
  case first
  /// A second thing to compare with.
  case second
  /// A third thing to compare with.
  case third
  /// A fourth thing to compare with.
  case fourth
  /// Something in the background.
  case muted

  /// The class that sets the colour.
  var className: String { "c-\(rawValue)" }
}

/// An axis of a chart.
public struct ChartAxis: Sendable {
  /// What the positions on an axis are.
  public enum Kind: Sendable {
    /// Numbers.
    case numbers
    /// Whole numbers, such as steps.
    case wholeNumbers
    /// Seconds since 1970 on the clock of the data.
    case times
  }

  /// What the axis shows, with its unit.
  public var title: String
  /// What the positions are.
  public var kind: Kind
  /// Whether zero is always shown.
  public var includesZero: Bool
  /// The ends of the axis; found from the values where `nil`.
  public var range: ClosedRange<Double>?

  /// Makes an axis.
  public init(
    _ title: String = "", kind: Kind = .numbers, includesZero: Bool = false, range: ClosedRange<Double>? = nil
  ) {
    self.title = title
    self.kind = kind
    self.includesZero = includesZero
    self.range = range
  }

  /// Round places on the axis.
  func ticks(in range: ClosedRange<Double>, count: Int) -> [AxisTick] {
    switch kind {
    case .numbers: AxisTicks.numbers(in: range, count: count)
    case .wholeNumbers: AxisTicks.numbers(in: range, count: count, wholeOnly: true)
    case .times: AxisTicks.times(in: range, count: count)
    }
  }

  /// The ends of the axis for these values, `margin` being the share of empty space at either end.
  func span(of values: some Sequence<Double>, margin: Double) -> ClosedRange<Double> {
    if let range, range.lowerBound < range.upperBound { return range }
    var low = includesZero ? 0.0 : .infinity
    var high = includesZero ? 0.0 : -.infinity
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    guard low <= high else { return 0...1 }
    guard low < high else {
      let half = low == 0 ? 1 : abs(low) * 0.1
      return (low - half)...(high + half)
    }
    let space = (high - low) * margin
    return (includesZero && low == 0 ? low : low - space)...(includesZero && high == 0 ? high : high + space)
  }
}
