/// Groups of horizontal bars; each group has its own scale, which begins at zero.
public struct BarChart: Chart {
  /// A bar.
  public struct Bar: Sendable {
    /// The name at its left.
    public var name: String
    /// Its length; without a finite value of at least zero only the text is shown.
    public var value: Double
    /// The number at its end.
    public var text: String
    /// What it stands for.
    public var role: ChartRole
    /// Whether the number is set in bold.
    public var isBest: Bool

    /// Makes a bar.
    public init(_ name: String, value: Double, text: String, role: ChartRole, isBest: Bool = false) {
      self.name = name
      self.value = value
      self.text = text
      self.role = role
      self.isBest = isBest
    }
  }

  /// Bars on a common scale.
  public struct Group: Sendable {
    /// The title above the bars.
    public var title: String
    /// The bars from top to bottom.
    public var bars: [Bar]

    /// Makes a group.
    public init(_ title: String, _ bars: [Bar]) {
      self.title = title
      self.bars = bars
    }
  }

  /// What the picture is called.
  public var title: String
  /// What the picture shows, for those who cannot see it.
  public var summary: String
  /// The groups, laid out in rows.
  public var groups: [Group]

  private static let barHeight = 14.0
  private static let rowHeight = 21.0
  private static let titleHeight = 24.0

  /// Makes a chart.
  public init(title: String, summary: String, groups: [Group]) {
    self.title = title
    self.summary = summary
    self.groups = groups
  }

  /// The picture as an SVG element, `width` pixels wide where text has its natural size.
  public func svg(width: Double) -> String {
    let columns = max(1, min(groups.count, Int(width / 270)))
    let gap = 28.0
    let panelWidth = (width - gap * Double(columns - 1)) / Double(columns)
    var writer = SVGWriter()
    var top = 0.0
    for start in stride(from: 0, to: groups.count, by: columns) {
      let row = groups[start..<min(start + columns, groups.count)]
      for (column, group) in row.enumerated() {
        draw(group, x: Double(column) * (panelWidth + gap), y: top, width: panelWidth, &writer)
      }
      top += Self.titleHeight + Double(row.map(\.bars.count).max() ?? 0) * Self.rowHeight + 14
    }
    return writer.svg(width: width, height: max(20, top - 14), title: title, description: summary)
  }

  private func draw(_ group: Group, x: Double, y: Double, width: Double, _ writer: inout SVGWriter) {
    writer.text(group.title, x, y + 13, class: "n h")
    let names = (group.bars.map { SVGWriter.width(of: $0.name) }.max() ?? 0) + 10
    let texts = (group.bars.map { SVGWriter.width(of: $0.text) }.max() ?? 0) + 12
    let largest = group.bars.map(\.value).filter { $0.isFinite }.max() ?? 0
    let scale = largest > 0 ? max(10, width - names - texts) / largest : 0
    for (index, bar) in group.bars.enumerated() {
      let middle = y + Self.titleHeight + Double(index) * Self.rowHeight + Self.barHeight / 2
      let length = bar.value.isFinite ? max(0, bar.value) * scale : 0
      writer.text(bar.name, x, middle + 4, class: "n")
      writer.rectangle(
        x + names, middle - Self.barHeight / 2, length, Self.barHeight, class: "f \(bar.role.className)", radius: 2,
        title: "\(bar.name): \(bar.text)")
      writer.text(bar.text, x + names + length + 6, middle + 4, class: bar.isBest ? "n h" : "n")
    }
  }
}
