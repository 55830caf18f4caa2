/// Which rows around the origin of a forecast are used for what: a lane for each kind of column, with a bar over its rows.
/// Row 1 is the first to be forecast.
public struct RowUseChart: Chart {
  /// A kind of column.
  public struct Lane: Sendable {
    /// Its name at the left.
    public var name: String
    /// The rows that a forecast reads; empty for none.
    public var read: ClosedRange<Int>?
    /// The rows that are forecast; empty for none.
    public var forecast: ClosedRange<Int>?

    /// Makes a lane.
    public init(_ name: String, read: ClosedRange<Int>?, forecast: ClosedRange<Int>? = nil) {
      self.name = name
      self.read = read
      self.forecast = forecast
    }
  }

  /// What the picture is called.
  public var title: String
  /// What the picture shows, for those who cannot see it.
  public var summary: String
  /// The lanes from top to bottom.
  public var lanes: [Lane]

  private static let laneHeight = 30.0
  private static let barHeight = 16.0

  /// Makes a chart.
  public init(title: String, summary: String, lanes: [Lane]) {
    self.title = title
    self.summary = summary
    self.lanes = lanes
  }

  /// The picture as an SVG element, `width` pixels wide where text has its natural size.
  public func svg(width: Double) -> String {
    let ranges = lanes.flatMap { [$0.read, $0.forecast].compactMap(\.self) }
    let first = ranges.map(\.lowerBound).min() ?? 0, last = ranges.map(\.upperBound).max() ?? 1
    let left = (lanes.map { SVGWriter.width(of: $0.name) }.max() ?? 0) + 12
    // A row takes the room from half a row before its number to half a row after it.
    func x(_ row: Double) -> Double {
      left + (row - Double(first) + 0.5) / Double(last - first + 1) * (width - left - 10)
    }
    var writer = SVGWriter()
    let bottom = 24 + Double(lanes.count) * Self.laneHeight
    for (index, lane) in lanes.enumerated() {
      let middle = 24 + (Double(index) + 0.5) * Self.laneHeight
      writer.text(lane.name, 0, middle + 4, class: "n")
      for (rows, role, words) in [(lane.read, ChartRole.truth, "read"), (lane.forecast, .model, "forecast")] {
        guard let rows else { continue }
        let (from, to) = (x(Double(rows.lowerBound) - 0.5), x(Double(rows.upperBound) + 0.5))
        writer.rectangle(
          from, middle - Self.barHeight / 2, max(2, to - from), Self.barHeight, class: "f \(role.className)", radius: 2,
          title: "\(lane.name): rows \(rows.lowerBound) to \(rows.upperBound), \(words)")
      }
    }
    let origin = x(0.5)
    writer.line(origin, 16, origin, bottom, class: "m")
    let label = "the forecast begins"
    let fits = origin + 6 + SVGWriter.width(of: label) < width
    writer.text(label, fits ? origin + 6 : origin - 6, 12, anchor: fits ? .start : .end, class: "t")
    writer.line(left, bottom, width - 10, bottom, class: "a")
    writer.text("row \(first)", left, bottom + 16, class: "t")
    writer.text("row \(last)", width - 10, bottom + 16, anchor: .end, class: "t")
    return writer.svg(width: width, height: bottom + 22, title: title, description: summary)
  }
}
