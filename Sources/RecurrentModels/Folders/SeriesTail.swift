public import RecurrentData

/// The last rows of a series, with what is needed to continue it: a part of `data.json`.
public struct SeriesTail: Codable, Sendable {
  private struct Column: Codable {
    let name: String
    let role: TimeSeries.Role
    /// nil where missing.
    let values: [Double?]
    /// The names of categories; nil for numbers.
    let categories: [String]?
  }

  /// What is known about the whole series.
  public let summary: SeriesSummary
  private let columns: [Column]
  private let times: [Timestamp]?

  /// The last `count` rows of a series.
  public init(of series: TimeSeries, rows count: Int) {
    let tail = series[max(0, series.rowCount - count)..<series.rowCount]
    summary = series.summary
    times = tail.timestamps
    columns = tail.columns.map { column in
      Column(
        name: column.name, role: column.role, values: column.values.map { $0.isFinite ? $0 : nil },
        categories: column.categories)
    }
  }

  /// The rows as a series.
  ///
  /// - Throws: `ModelFolderError` if columns differ in length.
  public func series(file: String) throws(ModelFolderError) -> TimeSeries {
    let rows = columns.first?.values.count ?? 0
    let areInside = columns.allSatisfy { column in
      column.categories.map { names in
        column.values.allSatisfy { $0.map { names.indices.contains(Int($0)) } ?? true }
      } ?? true
    }
    guard !columns.isEmpty, areInside, columns.allSatisfy({ $0.values.count == rows }), times?.count ?? rows == rows
    else {
      throw .damaged(file: file, reason: "its columns do not fit together")
    }
    var series = TimeSeries(
      columns: columns.map {
        .init(name: $0.name, role: $0.role, values: $0.values.map { $0 ?? .nan }, categories: $0.categories)
      },
      timestamps: times, grid: summary.grid, timeFormat: summary.timeFormat)
    series.timeColumn = summary.timeColumn
    series.sources = summary.sources
    return series
  }
}
