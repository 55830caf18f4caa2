/// A chart in a report: a wide and a narrow drawing of it, what it says in words, and its numbers as a table.
public struct ReportFigure: Sendable {
  /// How much room a figure takes in a wide window.
  public enum Size: Sendable {
    /// The whole width.
    case full
    /// Half the width.
    case half
    /// A third of the width.
    case third

    var drawingWidth: Double {
      switch self {
      case .full: 900
      case .half: 470
      case .third: 360
      }
    }
  }

  /// The chart.
  public var chart: any Chart
  /// What can be seen, for the line below the picture.
  public var caption: String
  /// The numbers of the picture.
  public var table: ReportTable?
  /// The room it takes.
  public var size: Size

  private static let narrowWidth = 400.0

  /// Makes a figure.
  public init(_ chart: any Chart, caption: String, table: ReportTable? = nil, size: Size = .full) {
    self.chart = chart
    self.caption = caption
    self.table = table
    self.size = size
  }

  var html: String {
    var html = "<figure class=\"\(size)\"><h3>\(Markup.escaped(chart.title))</h3>\n"
    let width = size.drawingWidth
    if width > Self.narrowWidth {
      html += "<div class=\"wide\">\(chart.svg(width: width))</div>\n"
      html += "<div class=\"narrow\">\(chart.svg(width: Self.narrowWidth))</div>\n"
    } else {
      html += "<div>\(chart.svg(width: width))</div>\n"
    }
    if !caption.isEmpty { html += "<figcaption>\(Markup.escaped(caption))</figcaption>\n" }
    if let table {
      html += "<details><summary>The numbers of this picture</summary>\n\(table.html)</details>\n"
    }
    return html + "</figure>\n"
  }
}
