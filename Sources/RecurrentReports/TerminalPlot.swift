/// A forecast drawn with characters: history, forecast and its band, with axes, in any width from 40 columns on.
public struct TerminalPlot: Sendable {
  /// The characters a terminal can show.
  public enum Style: Sendable {
    /// Braille dots for lines and light shade for bands.
    case braille
    /// Nothing but ASCII.
    case ascii
  }

  /// The text above the picture.
  public var title: String
  /// Observed values; a value that is not finite makes a gap.
  public var history: [Double]
  /// Forecast values that follow the history.
  public var forecast: [Double]
  /// The lower edge of the band, as long as the forecast, or empty.
  public var lower: [Double]
  /// The upper edge of the band, as long as the forecast, or empty.
  public var upper: [Double]
  /// The times of the first value, of the first forecast value and of the last one.
  public var labels: (first: String, now: String, last: String)

  /// Makes a plot.
  public init(
    title: String, history: [Double], forecast: [Double], lower: [Double] = [], upper: [Double] = [],
    labels: (first: String, now: String, last: String) = ("", "", "")
  ) {
    precondition(
      lower.count == upper.count && (lower.isEmpty || lower.count == forecast.count),
      "TerminalPlot: expected both bounds with \(forecast.count) values or neither")
    self.title = title
    self.history = history
    self.forecast = forecast
    self.lower = lower
    self.upper = upper
    self.labels = labels
  }

  /// The picture, a line of text for each row, none longer than `width` columns (fewer than 40 count as 40); `height`
  /// is that of the plot area in rows.
  public func text(width: Int = 80, height: Int = 15, style: Style = .braille) -> String {
    let width = max(40, width)
    let height = max(4, height)
    let values = (history + forecast + lower + upper).filter(\.isFinite)
    guard let lowest = values.min(), let highest = values.max(), history.count + forecast.count > 1 else {
      return "\(title.prefix(width))\n(nothing to draw)\n"
    }
    let half = lowest == 0 ? 1 : abs(lowest) * 0.1
    let range = lowest < highest ? lowest...highest : (lowest - half)...(highest + half)
    let ticks = axisLabels(range, rows: height)
    let margin = (ticks.map(\.text.count).max() ?? 0) + 2
    var canvas = CharacterCanvas(columns: width - margin, rows: height, style: style)
    draw(into: &canvas, range)
    var lines = [String(title.prefix(width))]
    for (row, content) in canvas.lines.enumerated() {
      let label = ticks.first { $0.row == row }?.text ?? ""
      let edge = style == .braille ? (label.isEmpty ? "│" : "┤") : (label.isEmpty ? "|" : "+")
      lines.append(String(repeating: " ", count: margin - 1 - label.count) + label + edge + content)
    }
    lines += footer(margin: margin, columns: width - margin, style: style)
    return lines.map(Self.withoutTrailingSpaces).joined(separator: "\n") + "\n"
  }

  private var pointCount: Int { history.count + forecast.count }

  private func axisLabels(_ range: ClosedRange<Double>, rows: Int) -> [(row: Int, text: String)] {
    let ticks = AxisTicks.numbers(in: range, count: max(2, rows / 3))
    return ticks.map { tick in
      let share = (range.upperBound - tick.position) / (range.upperBound - range.lowerBound)
      return (min(rows - 1, Int(share * Double(rows))), tick.label)
    }
  }

  private func draw(into canvas: inout CharacterCanvas, _ range: ClosedRange<Double>) {
    let last = Double(max(1, pointCount - 1))
    func x(_ index: Int) -> Double { Double(index) / last }
    func y(_ value: Double) -> Double { (range.upperBound - value) / (range.upperBound - range.lowerBound) }
    var previous: CharacterCanvas.Edge?
    for index in lower.indices {
      guard lower[index].isFinite, upper[index].isFinite else {
        previous = nil
        continue
      }
      let edge = (x: x(history.count + index), top: y(upper[index]), bottom: y(lower[index]))
      canvas.fill(from: previous ?? edge, to: edge)
      previous = edge
    }
    canvas.verticalRule(at: x(max(0, history.count - 1)))
    canvas.line(history.enumerated().map { (x($0.offset), y($0.element)) }, mark: ".")
    // The forecast begins where the history ends, so that the eye can follow.
    let start = history.last.map { [(x(history.count - 1), y($0))] } ?? []
    canvas.line(start + forecast.enumerated().map { (x(history.count + $0.offset), y($0.element)) }, mark: "*")
  }

  private func footer(margin: Int, columns: Int, style: Style) -> [String] {
    let corner = style == .braille ? "└" : "+"
    let rule = style == .braille ? "─" : "-"
    var lines = [String(repeating: " ", count: margin - 1) + corner + String(repeating: rule, count: columns)]
    var row = Array(repeating: Character(" "), count: margin + columns)
    let split = margin + (columns - 1) * max(0, history.count - 1) / max(1, pointCount - 1)
    func put(_ text: String, at start: Int) {
      let start = max(0, min(start, row.count - text.count))
      guard text.count <= row.count,
        row[max(0, start - 1)..<min(row.count, start + text.count + 1)].allSatisfy({ $0 == " " })
      else { return }
      row.replaceSubrange(start..<start + text.count, with: Array(text))
    }
    put(labels.first, at: margin)
    put(labels.last, at: margin + columns - labels.last.count)
    put(labels.now, at: split - labels.now.count / 2)
    if row.contains(where: { $0 != " " }) { lines.append(String(row)) }
    let legend = style == .braille ? "observed ┊ forecast" : ". observed   * forecast"
    let interval = lower.isEmpty ? "" : style == .braille ? "   ░ interval" : "   : interval"
    let text = legend.count + interval.count <= columns ? legend + interval : legend
    lines.append(String((String(repeating: " ", count: margin) + text).prefix(margin + columns)))
    return lines
  }

  private static func withoutTrailingSpaces(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
