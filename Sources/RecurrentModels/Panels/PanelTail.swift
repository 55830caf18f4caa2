public import RecurrentData

/// The last rows of many series, with what is needed to continue them: `data.json` of a forecaster of many series.
public struct PanelTail: Codable, Sendable {
  private struct Member: Codable {
    let id: String
    let categories: [String]
    /// nil where missing; none in folders without static columns.
    let statics: [Double?]?
    /// nil where missing.
    let values: [Double?]
    let times: [Timestamp]?
    /// Rows before the first of `values`.
    let rowsBefore: Int
  }

  /// How the files held the series.
  public let form: SeriesPanel.Form
  /// The column of values; nil where there is a series in a row.
  public let target: String?
  /// The names of the categories.
  public let categories: [String]
  /// The names of the static columns; nil in folders without any.
  public let statics: [String]?
  /// The files.
  public let sources: [TimeSeries.Source]
  /// The spacing of the rows.
  public let grid: Grid
  /// The name of the column that held the times.
  public let timeColumn: String?
  private let timeFormat: TimeFormat?
  private let members: [Member]

  /// The last `count` rows of each series.
  public init(of panel: SeriesPanel, form: SeriesPanel.Form, rows count: Int) {
    (self.form, target, categories, sources, grid) = (form, panel.target, panel.categories, panel.sources, panel.grid)
    statics = panel.statics.isEmpty ? nil : panel.statics
    timeFormat = panel.members.first?.series.timeFormat
    timeColumn = panel.members.first?.series.timeColumn
    members = panel.members.map { member in
      // A missing first row is filled from the last known one before it.
      let values = member.values, start = max(0, values.count - count)
      let first = values[...start].lastIndex { !$0.isNaN } ?? start
      return Member(
        id: member.id, categories: member.categories,
        statics: panel.statics.isEmpty ? nil : member.statics.map { $0.isFinite ? $0 : nil },
        values: values[first...].map { $0.isFinite ? $0 : nil },
        times: member.series.timestamps.map { Array($0[first...]) }, rowsBefore: first)
    }
  }

  /// The rows as series.
  ///
  /// Where rows are only counted, those before the first kept one are there without values, so that counting goes on.
  ///
  /// - Parameter file: The file, for errors.
  /// - Returns: The series, for `PanelForecaster.forecast(after:)`.
  /// - Throws: `ModelFolderError` if the parts do not fit together.
  public func panel(file: String) throws(ModelFolderError) -> SeriesPanel {
    guard !members.isEmpty, Set(members.map(\.id)).count == members.count,
      members.allSatisfy({ member in
        member.categories.count == categories.count && member.statics?.count == statics?.count
          && !member.values.isEmpty
          && member.times?.count ?? member.values.count == member.values.count
          && (0...10_000_000).contains(member.rowsBefore)
      })
    else { throw .damaged(file: file, reason: "its series do not fit together") }
    var panel = SeriesPanel(
      members.map { member in
        let before = member.times == nil ? member.rowsBefore : 0
        var series = TimeSeries(
          columns: [
            .init(
              name: target ?? "value",
              values: [Double](repeating: .nan, count: before) + member.values.map { $0 ?? .nan })
          ], timestamps: member.times, grid: grid, timeFormat: timeFormat)
        series.timeColumn = timeColumn
        return SeriesPanel.Member(
          id: member.id, categories: member.categories, statics: (member.statics ?? []).map { $0 ?? .nan },
          series: series)
      }, categories: categories, statics: statics ?? [], grid: grid)
    panel.target = target
    panel.sources = sources
    return panel
  }
}
