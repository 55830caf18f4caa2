/// A grid of characters to draw on with coordinates from 0 to 1: x to the right, y downwards.
struct CharacterCanvas {
  private let columns: Int
  private let rows: Int
  private let style: TerminalPlot.Style
  private var dots: [UInt8]
  private var marks: [Character?]
  private var shaded: [Bool]
  private var rule: Int?

  init(columns: Int, rows: Int, style: TerminalPlot.Style) {
    self.columns = columns
    self.rows = rows
    self.style = style
    dots = Array(repeating: 0, count: columns * rows)
    marks = Array(repeating: nil, count: columns * rows)
    shaded = Array(repeating: false, count: columns * rows)
  }

  /// A place where a band has these edges.
  typealias Edge = (x: Double, top: Double, bottom: Double)

  /// Shades the cells of a band between two places.
  mutating func fill(from left: Edge, to right: Edge) {
    let (first, last) = (cell(left.x, columns), max(cell(left.x, columns), cell(right.x, columns)))
    for column in first...last {
      let share = last > first ? Double(column - first) / Double(last - first) : 0
      let top = cell(left.top + (right.top - left.top) * share, rows)
      let bottom = cell(left.bottom + (right.bottom - left.bottom) * share, rows)
      for row in top...max(top, bottom) { shaded[row * columns + column] = true }
    }
  }

  /// Draws a vertical line where nothing else is drawn.
  mutating func verticalRule(at x: Double) { rule = cell(x, columns) }

  /// Draws through points; a point that is not finite interrupts the line. `mark` is used in ASCII.
  mutating func line(_ points: [(x: Double, y: Double)], mark: Character) {
    var previous: (x: Double, y: Double)?
    for point in points {
      guard point.y.isFinite else {
        previous = nil
        continue
      }
      let from = previous ?? point
      let steps = max(
        1, Int(abs(point.x - from.x) * Double(columns * 2)) + 1, Int(abs(point.y - from.y) * Double(rows * 4)) + 1)
      for step in 0...steps {
        let share = Double(step) / Double(steps)
        dot(from.x + (point.x - from.x) * share, from.y + (point.y - from.y) * share, mark)
      }
      previous = point
    }
  }

  private mutating func dot(_ x: Double, _ y: Double, _ mark: Character) {
    let (column, row) = (cell(x, columns * 2), cell(y, rows * 4))
    let index = row / 4 * columns + column / 2
    // The dots of a Braille character are numbered down the left column, down the right one, then the bottom row.
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    dots[index] |= bits[column % 2][row % 4]
    marks[index] = mark
  }

  private func cell(_ share: Double, _ count: Int) -> Int {
    min(count - 1, max(0, Int(share * Double(count))))
  }

  /// The rows of characters from top to bottom.
  var lines: [String] {
    (0..<rows).map { row in
      String((0..<columns).map { character(row * columns + $0, isRule: $0 == rule) })
    }
  }

  private func character(_ index: Int, isRule: Bool) -> Character {
    if let mark = marks[index] {
      guard style == .braille, let scalar = Unicode.Scalar(0x2800 + UInt32(dots[index])) else { return mark }
      return Character(scalar)
    }
    if isRule { return style == .braille ? "┊" : "|" }
    if shaded[index] { return style == .braille ? "░" : ":" }
    return " "
  }
}
