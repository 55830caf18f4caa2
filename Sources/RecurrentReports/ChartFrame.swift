/// An entry of a legend.
struct LegendEntry {
  enum Mark {
    case line
    case dashes
    /// Bands on one another.
    case area(layers: Int)
    case point
  }

  var name: String
  var mark: Mark
  var className: String
}

/// The plot area of a chart with its axes, grid and legend.
struct ChartFrame {
  let width: Double
  let height: Double
  private(set) var left = 0.0
  /// The upper edge of the strip above the plot area in which marks and stretches are named.
  let stripTop: Double
  private(set) var top = 0.0
  private(set) var right = 0.0
  private(set) var bottom = 0.0
  let xRange: ClosedRange<Double>
  let yRange: ClosedRange<Double>
  private let xAxis: ChartAxis
  private let yAxis: ChartAxis
  private let legend: [[(entry: LegendEntry, x: Double)]]

  private static let rowHeight = 20.0

  /// Lays out the parts; what is left in the middle is the plot area.
  init(
    width: Double, height: Double, xAxis: ChartAxis, yAxis: ChartAxis, xRange: ClosedRange<Double>,
    yRange: ClosedRange<Double>, legend entries: [LegendEntry], hasLabelStrip: Bool = false
  ) {
    self.width = width
    self.height = height
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.xRange = xRange
    self.yRange = yRange
    legend = Self.rows(of: entries, width: width)
    stripTop = Double(legend.count) * Self.rowHeight + (yAxis.title.isEmpty ? 8 : 27)
    top = stripTop + (hasLabelStrip ? 20 : 0)
    bottom = height - (xAxis.title.isEmpty ? 24 : 40)
    let labels = yAxis.ticks(in: yRange, count: yTickCount).map { SVGWriter.width(of: $0.label) }
    left = max(30, (labels.max() ?? 0) + 10)
    right = width - 10
  }

  private var yTickCount: Int { max(2, Int((bottom - top) / 34)) }

  private static func rows(of entries: [LegendEntry], width: Double) -> [[(entry: LegendEntry, x: Double)]] {
    var rows: [[(entry: LegendEntry, x: Double)]] = []
    var x = 0.0
    for entry in entries where !entry.name.isEmpty {
      let needed = 24 + SVGWriter.width(of: entry.name) + 16
      if rows.isEmpty || x + needed > width {
        rows.append([])
        x = 0
      }
      rows[rows.count - 1].append((entry, x))
      x += needed
    }
    return rows
  }

  /// The horizontal place of a value.
  func x(_ value: Double) -> Double {
    left + (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound) * (right - left)
  }

  /// The vertical place of a value.
  func y(_ value: Double) -> Double {
    bottom - (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound) * (bottom - top)
  }

  /// Draws the grid, the labels of both axes and the legend.
  func draw(into writer: inout SVGWriter) {
    for (row, entries) in legend.enumerated() {
      let middle = Double(row) * Self.rowHeight + 9
      for (entry, x) in entries { draw(entry, x: x, y: middle, into: &writer) }
    }
    if !yAxis.title.isEmpty { writer.text(yAxis.title, 0, stripTop - 14, class: "t") }
    for tick in yAxis.ticks(in: yRange, count: yTickCount) {
      let place = y(tick.position)
      writer.line(left, place, right, place, class: "g")
      writer.text(tick.label, left - 7, place + 4, anchor: .end, class: "t")
    }
    drawXLabels(into: &writer)
    if !xAxis.title.isEmpty { writer.text(xAxis.title, right, height - 5, anchor: .end, class: "t") }
  }

  private func drawXLabels(into writer: inout SVGWriter) {
    writer.line(left, bottom, right, bottom, class: "a")
    let spacing = xAxis.kind == .numbers || xAxis.kind == .wholeNumbers ? 64.0 : 84.0
    var free = -Double.infinity
    for tick in xAxis.ticks(in: xRange, count: max(2, Int((right - left) / spacing))) {
      let place = x(tick.position)
      let half = SVGWriter.width(of: tick.label) / 2
      writer.line(place, bottom, place, bottom + 4, class: "a")
      let middle = min(max(place, half), width - half)
      guard middle - half >= free else { continue }
      writer.text(tick.label, middle, bottom + 17, anchor: .middle, class: "t")
      free = middle + half + 8
    }
  }

  /// Draws a vertical line with its label at the side where there is room.
  func draw(_ marker: LineChart.Marker, into writer: inout SVGWriter) {
    let place = x(marker.x)
    writer.line(place, stripTop, place, bottom, class: "m")
    let fitsRight = place + 6 + SVGWriter.width(of: marker.label) < right
    writer.text(
      marker.label, fitsRight ? place + 6 : place - 6, stripTop + 13, anchor: fitsRight ? .start : .end, class: "t")
  }

  private func draw(_ entry: LegendEntry, x: Double, y: Double, into writer: inout SVGWriter) {
    switch entry.mark {
    case .line: writer.line(x, y, x + 18, y, class: "l \(entry.className)")
    case .dashes: writer.line(x, y, x + 18, y, class: "l d \(entry.className)")
    case .area(let layers):
      for _ in 0..<layers { writer.rectangle(x, y - 5, 18, 10, class: "b \(entry.className)", radius: 2) }
    case .point: writer.circle(x + 9, y, radius: 3.5, class: "p \(entry.className)")
    }
    writer.text(entry.name, x + 24, y + 4, class: "n")
  }
}
