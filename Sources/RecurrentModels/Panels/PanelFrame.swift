import RecurrentData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Many series in the measure of an encoding, from which windows are cut.
struct PanelFrame: Sendable {
  let encoding: PanelEncoding
  /// `[series][row]`; NaN where missing.
  let values: [[Double]]
  /// The number of each series' text in each category.
  let categories: [[Int]]
  /// The features of each series' static columns.
  let statics: [[Double]]
  /// As `values`, with the last known value where one is missing.
  private let filled: [[Double]]

  init(_ panel: SeriesPanel, _ encoding: PanelEncoding) {
    self.encoding = encoding
    values = panel.members.map { Self.measured($0.values, encoding.measure) }
    filled = values.map { column in
      fillingForward(column[...], startingWith: column.first { !$0.isNaN } ?? 0)
    }
    categories = panel.members.map { encoding.numbers(of: $0.categories) }
    statics = panel.members.map { encoding.statics?.features(of: $0.statics) ?? [] }
  }

  /// Values in a measure; a value without logarithm is missing.
  static func measured(_ values: [Double], _ measure: PanelEncoding.Measure) -> [Double] {
    measure == .plain ? values : values.map { $0 > 0 ? log($0) : .nan }
  }

  /// The window before an origin. Rows before the first one count as the first.
  func window(_ sample: PanelSample) -> PanelWindow {
    let column = filled[sample.series]
    let first = sample.origin - encoding.window
    var rows = Array(column[max(0, first)..<sample.origin])
    if first < 0 { rows = [Double](repeating: column.first ?? 0, count: -first) + rows }
    let size = rows.reduce(0) { $0 + abs($1) } / Double(rows.count)
    let normalization = WindowNormalization(
      rows.suffix(encoding.levelRows), level: .mean, dividesBySpread: encoding.measure == .plain,
      minimumSpread: size > 0 ? 0.05 * size : 1)
    let unit = encoding.unit?.measure(rows)
    let level = normalization.level, spread = unit?.size ?? normalization.spread
    let inputs = rows.map { ($0 - level) / spread }
    let lag = encoding.cycles[0] < inputs.count ? encoding.cycles[0] : 1
    let changes = zip(inputs.dropFirst(lag), inputs).map { abs($0 - $1) }
    return PanelWindow(
      inputs: inputs, base: PanelCycles.repetition(of: inputs, encoding.cycles, horizon: encoding.horizon),
      level: level, spread: spread, weight: unit?.weight ?? 1,
      roughness: spread * changes.reduce(0, +) / Double(max(1, changes.count)))
  }

  /// The rows from an origin on, as far as the horizon, on the scale of a window; NaN where not known.
  func truth(_ sample: PanelSample, in window: PanelWindow) -> [Double] {
    let column = values[sample.series]
    return (sample.origin..<sample.origin + encoding.horizon).map { row in
      row < column.count ? (column[row] - window.level) / window.spread : .nan
    }
  }

  /// The value that a number in the measure stands for.
  func value(of measured: Double) -> Double { encoding.measure == .plain ? measured : exp(measured) }
}
