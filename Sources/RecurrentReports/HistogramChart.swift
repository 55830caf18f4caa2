/// How often values fall into equal stretches of a range.
public struct HistogramChart: Chart {
  /// What the picture is called.
  public var title: String
  /// What the picture shows, for those who cannot see it.
  public var summary: String
  /// The axis of the values.
  public var xAxis: ChartAxis
  /// What the bars stand for.
  public var role = ChartRole.model
  /// What is counted.
  public var unit = "forecasts"
  /// A vertical line with a label.
  public var marker: LineChart.Marker?
  /// The lower ends of the stretches, and the upper end of the last.
  public let edges: [Double]
  /// The number of values in each stretch.
  public let counts: [Int]

  /// Counts values that are finite in about `stretches` stretches with round ends.
  public init(title: String, summary: String, xAxis: ChartAxis, values: [Double], stretches: Int = 24) {
    self.title = title
    self.summary = summary
    self.xAxis = xAxis
    let values = values.filter(\.isFinite)
    let ticks = AxisTicks.numbers(
      in: AxisTicks.widened(xAxis.span(of: values, margin: 0), count: stretches), count: stretches)
    edges = ticks.map(\.position)
    var counts = Array(repeating: 0, count: max(0, edges.count - 1))
    if let first = edges.first, edges.count > 1 {
      let width = edges[1] - first
      for value in values { counts[min(counts.count - 1, max(0, Int((value - first) / width)))] += 1 }
    }
    self.counts = counts
  }

  /// The picture as an SVG element, `width` pixels wide where text has its natural size.
  public func svg(width: Double) -> String {
    let height = (width * (width < 600 ? 0.86 : 0.7)).rounded()
    let yAxis = ChartAxis("number of \(unit)", kind: .wholeNumbers, includesZero: true)
    let frame = ChartFrame(
      width: width, height: height, xAxis: xAxis, yAxis: yAxis, xRange: xAxis.span(of: edges, margin: 0),
      yRange: yAxis.span(of: counts.map(Double.init), margin: 0.06), legend: [])
    var writer = SVGWriter()
    frame.draw(into: &writer)
    for (index, count) in counts.enumerated() where count > 0 {
      let (left, right) = (frame.x(edges[index]), frame.x(edges[index + 1]))
      writer.rectangle(
        left + 0.5, frame.y(Double(count)), right - left - 1, frame.bottom - frame.y(Double(count)),
        class: "f \(role.className)", title: "\(count)")
    }
    if let marker { frame.draw(marker, into: &writer) }
    return writer.svg(width: width, height: height, title: title, description: summary)
  }
}
