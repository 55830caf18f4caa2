/// Everything known about a series but its values: what `data.json` keeps.
public struct SeriesSummary: Hashable, Codable, Sendable {
  /// What is known about one column.
  public struct Column: Hashable, Codable, Sendable {
    /// The name.
    public var name: String
    /// What the column is for.
    public var role: TimeSeries.Role
    /// The number of missing values.
    public var missingCount: Int
    /// The smallest value; nil if all are missing.
    public var minimum: Double?
    /// The largest value; nil if all are missing.
    public var maximum: Double?
    /// The number of different categories; nil for a column of numbers.
    public var categoryCount: Int?
  }

  /// The columns.
  public var columns: [Column]
  /// The number of rows, with those put in.
  public var rowCount: Int
  /// The name of the column that held the times.
  public var timeColumn: String?
  /// How the file writes times.
  public var timeFormat: TimeFormat?
  /// The spacing of the rows.
  public var grid: Grid
  /// The spacing in words.
  public var frequency: String
  /// The time of the first row as the file writes it.
  public var firstTime: String?
  /// The time of the last row as the file writes it.
  public var lastTime: String?
  /// Rows that were put in because the files left them out.
  public var gaps: GapReport
  /// The columns that were left out.
  public var leftOutColumns: [TimeSeries.LeftOutColumn]
  /// The files.
  public var sources: [TimeSeries.Source]
  /// SHA-256 over the files' bytes.
  public var digest: String
  /// How the files were understood, a sentence each.
  public var notes: [String]
}

extension TimeSeries {
  /// Everything known about the series but its values.
  public var summary: SeriesSummary {
    let hasTimes = timestamps?.isEmpty == false
    return SeriesSummary(
      columns: columns.map { column in
        let known = column.values.lazy.filter { !$0.isNaN }
        let isNumeric = column.categories == nil
        return SeriesSummary.Column(
          name: column.name, role: column.role, missingCount: column.missingCount,
          minimum: isNumeric ? known.min() : nil, maximum: isNumeric ? known.max() : nil,
          categoryCount: column.categories?.count)
      },
      rowCount: rowCount, timeColumn: timeColumn, timeFormat: timeFormat, grid: grid, frequency: grid.description,
      firstTime: hasTimes ? timeText(row: 0) : nil, lastTime: hasTimes ? timeText(row: rowCount - 1) : nil, gaps: gaps,
      leftOutColumns: leftOutColumns, sources: sources, digest: digest, notes: notes)
  }
}
