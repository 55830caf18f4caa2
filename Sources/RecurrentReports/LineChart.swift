import RecurrentTensor

/// Lines over numbers or time, with bands, marks and shaded stretches. A value that is not finite makes a gap.
public struct LineChart: Chart {
  /// A line.
  public struct Series: Sendable {
    /// The name in the legend; empty for none.
    public var name: String
    /// Rising positions.
    public var x: [Double]
    /// Values.
    public var y: [Double]
    /// What it stands for.
    public var role: ChartRole
    /// Whether the line is dashed.
    public var isDashed: Bool
    /// Whether each point is marked; meant for a few dozen points.
    public var showsPoints: Bool

    /// Makes a line.
    public init(
      _ name: String, x: [Double], y: [Double], role: ChartRole, isDashed: Bool = false, showsPoints: Bool = false
    ) {
      precondition(x.count == y.count, "LineChart.Series: expected \(x.count) values, received \(y.count)")
      self.name = name
      self.x = x
      self.y = y
      self.role = role
      self.isDashed = isDashed
      self.showsPoints = showsPoints
    }
  }

  /// An area between two lines.
  public struct Band: Sendable {
    /// The name in the legend; empty for none.
    public var name: String
    /// Rising positions.
    public var x: [Double]
    /// The lower edge.
    public var lower: [Double]
    /// The upper edge.
    public var upper: [Double]
    /// What it stands for.
    public var role: ChartRole

    /// Makes a band.
    public init(_ name: String, x: [Double], lower: [Double], upper: [Double], role: ChartRole) {
      precondition(
        x.count == lower.count && x.count == upper.count,
        "LineChart.Band: expected \(x.count) values, received \(lower.count) and \(upper.count)")
      self.name = name
      self.x = x
      self.lower = lower
      self.upper = upper
      self.role = role
    }
  }

  /// A vertical line with a label.
  public struct Marker: Sendable {
    /// Where it stands.
    public var x: Double
    /// The text beside it.
    public var label: String

    /// Makes a mark.
    public init(x: Double, label: String) {
      self.x = x
      self.label = label
    }
  }

  /// A stretch of the horizontal axis with a name.
  public struct Region: Sendable {
    /// From where to where.
    public var range: ClosedRange<Double>
    /// The text at its top.
    public var label: String
    /// Whether its ground is shaded.
    public var isShaded: Bool

    /// Makes a stretch.
    public init(_ range: ClosedRange<Double>, label: String, isShaded: Bool = true) {
      self.range = range
      self.label = label
      self.isShaded = isShaded
    }
  }

  /// What the picture is called.
  public var title: String
  /// What the picture shows, for those who cannot see it.
  public var summary: String
  /// The horizontal axis.
  public var xAxis: ChartAxis
  /// The vertical axis.
  public var yAxis: ChartAxis
  /// The lines; earlier ones lie above later ones.
  public var series: [Series] = []
  /// The bands, below all lines.
  public var bands: [Band] = []
  /// The vertical lines.
  public var markers: [Marker] = []
  /// The named stretches.
  public var regions: [Region] = []
  /// Height divided by width of a wide drawing; narrow ones are taller.
  public var aspect = 0.36

  /// Makes an empty chart.
  public init(title: String, summary: String, xAxis: ChartAxis = ChartAxis(), yAxis: ChartAxis = ChartAxis()) {
    self.title = title
    self.summary = summary
    self.xAxis = xAxis
    self.yAxis = yAxis
  }

  /// The picture as an SVG element, `width` pixels wide where text has its natural size.
  public func svg(width: Double) -> String {
    let height = (width * (width < 600 ? max(aspect, 0.64) : aspect)).rounded()
    let xs = series.lazy.flatMap(\.x)
    let edges = bands.lazy.flatMap { [$0.x.first ?? .nan, $0.x.last ?? .nan] } + markers.map(\.x)
    let stretches = regions.flatMap { [$0.range.lowerBound, $0.range.upperBound] }
    let ys = series.lazy.flatMap(\.y)
    let xSpan = xAxis.span(of: Array(xs) + Array(edges) + stretches, margin: 0)
    let ySpan = yAxis.span(of: Array(ys) + bands.flatMap { $0.lower + $0.upper }, margin: 0.06)
    let frame = ChartFrame(
      width: width, height: height, xAxis: xAxis, yAxis: yAxis, xRange: xSpan, yRange: ySpan, legend: legend,
      hasLabelStrip: !regions.isEmpty || markers.contains { !$0.label.isEmpty })
    var writer = SVGWriter()
    for region in regions { draw(region, frame, &writer) }
    frame.draw(into: &writer)
    for band in bands { draw(band, frame, &writer) }
    for marker in markers { frame.draw(marker, into: &writer) }
    for line in series.reversed() { draw(line, frame, &writer) }
    return writer.svg(width: width, height: height, title: title, description: summary)
  }

  private var legend: [LegendEntry] {
    series.map {
      LegendEntry(name: $0.name, mark: $0.isDashed ? .dashes : .line, className: $0.role.className)
    }
      + bands.enumerated().map { index, band in
        LegendEntry(name: band.name, mark: .area(layers: index + 1), className: band.role.className)
      }
  }

  private func draw(_ region: Region, _ frame: ChartFrame, _ writer: inout SVGWriter) {
    let (left, right) = (frame.x(region.range.lowerBound), frame.x(region.range.upperBound))
    if region.isShaded {
      writer.rectangle(left, frame.stripTop, right - left, frame.bottom - frame.stripTop, class: "r")
    }
    if SVGWriter.width(of: region.label) < right - left {
      writer.text(region.label, (left + right) / 2, frame.stripTop + 13, anchor: .middle, class: "t")
    }
  }

  private func draw(_ band: Band, _ frame: ChartFrame, _ writer: inout SVGWriter) {
    let runs = PolylineDecimation.bands(
      x: band.x.map(frame.x), lower: band.lower.map(frame.y), upper: band.upper.map(frame.y))
    for run in runs {
      let upper = run.map { "\(SVGWriter.number($0.x)) \(SVGWriter.number($0.upper))" }
      let lower = run.reversed().map { "\(SVGWriter.number($0.x)) \(SVGWriter.number($0.lower))" }
      writer.path("M" + (upper + lower).joined(separator: "L") + "Z", class: "b \(band.role.className)")
    }
  }

  private func draw(_ line: Series, _ frame: ChartFrame, _ writer: inout SVGWriter) {
    let name = "l \(line.isDashed ? "d " : "")\(line.role.className)"
    for run in PolylineDecimation.runs(x: line.x.map(frame.x), y: line.y.map(frame.y)) {
      if run.count == 1 {
        writer.circle(run[0].x, run[0].y, radius: 1.6, class: "p \(line.role.className)")
      } else {
        let points = run.map { "\(SVGWriter.number($0.x)) \(SVGWriter.number($0.y))" }
        writer.path("M" + points.joined(separator: "L"), class: name)
      }
    }
    guard line.showsPoints else { return }
    for (x, y) in zip(line.x, line.y) where x.isFinite && y.isFinite {
      writer.circle(
        frame.x(x), frame.y(y), radius: 2.8, class: "p \(line.role.className)",
        title: (line.name.isEmpty ? "" : line.name + ": ") + NumberText.significant(y))
    }
  }
}
