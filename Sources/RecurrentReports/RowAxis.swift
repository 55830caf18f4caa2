import RecurrentData

/// Where the rows of a series, and those that follow it, stand on an axis, and what they are called.
struct RowAxis {
  let kind: ChartAxis.Kind
  let title: String
  private let positions: [Double]
  private let texts: [String]
  private let series: TimeSeries

  /// The axis of a series and of `horizon` rows after it.
  init(_ series: TimeSeries, horizon: Int) {
    self.series = series
    texts = series.nextTimeTexts(horizon)
    if let times = series.timestamps, let next = series.nextTimestamps(horizon) {
      kind = .times
      title = ""
      positions = (times + next).map { Double($0.secondsSince1970) }
    } else {
      kind = .wholeNumbers
      title = "row"
      positions = (1...max(1, series.rowCount + horizon)).map(Double.init)
    }
  }

  /// The place of a row; rows from `series.rowCount` on follow the series.
  func position(_ row: Int) -> Double { positions[row] }

  /// The places of rows.
  func positions(_ rows: Range<Int>) -> [Double] { Array(positions[rows]) }

  /// The time of a row as the file writes it.
  func text(_ row: Int) -> String {
    row < series.rowCount ? series.timeText(row: row) : texts[row - series.rowCount]
  }
}
