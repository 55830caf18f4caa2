/// Points of two values that should be equal, with the diagonal on which they would be.
public struct ScatterChart: Chart {
  /// What the picture is called.
  public var title: String
  /// What the picture shows, for those who cannot see it.
  public var summary: String
  /// The horizontal axis.
  public var xAxis: ChartAxis
  /// The vertical axis.
  public var yAxis: ChartAxis
  /// The horizontal values.
  public var x: [Double]
  /// The vertical values.
  public var y: [Double]
  /// What the points stand for.
  public var role = ChartRole.model

  /// Makes a chart; points with a value that is not finite are left out.
  public init(title: String, summary: String, xAxis: ChartAxis, yAxis: ChartAxis, x: [Double], y: [Double]) {
    precondition(x.count == y.count, "ScatterChart: expected \(x.count) values, received \(y.count)")
    self.title = title
    self.summary = summary
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.x = x
    self.y = y
  }

  /// The picture as an SVG element, `width` pixels wide where text has its natural size.
  public func svg(width: Double) -> String {
    let height = (width * (width < 600 ? 0.86 : 0.7)).rounded()
    let span = xAxis.span(of: x + y, margin: 0.03)
    let frame = ChartFrame(
      width: width, height: height, xAxis: xAxis, yAxis: yAxis, xRange: span, yRange: span, legend: [])
    var writer = SVGWriter()
    frame.draw(into: &writer)
    writer.line(
      frame.x(span.lowerBound), frame.y(span.lowerBound), frame.x(span.upperBound), frame.y(span.upperBound),
      class: "m")
    // Points closer than a pixel or so cannot be told apart: one of them is drawn.
    var seen: Set<Int> = []
    var data = ""
    for (x, y) in zip(x, y) where x.isFinite && y.isFinite {
      let (column, row) = (Int(frame.x(x) / 1.5), Int(frame.y(y) / 1.5))
      guard seen.insert(column << 20 | row).inserted else { continue }
      data += "M\(SVGWriter.number(frame.x(x))) \(SVGWriter.number(frame.y(y)))h0"
    }
    writer.path(data, class: "s \(role.className)")
    return writer.svg(width: width, height: height, title: title, description: summary)
  }
}
