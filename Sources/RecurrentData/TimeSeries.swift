/// One or several series over the same rows: named columns of numbers, their times and grid, and what was learned about
/// the files while reading them.
///
/// A missing value is NaN. Rows follow each other on `grid`; rows that a file left out are there without values.
public struct TimeSeries: Sendable {
  /// What a column is for.
  public enum Role: String, Codable, Sendable {
    /// To be forecast; its past is an input as well.
    case target
    /// Helps to forecast the targets; known up to the origin of a forecast only.
    case input
    /// Helps to forecast the targets; known for the rows to be forecast as well, as a calendar or a price list is.
    case known
  }

  /// A column of numbers.
  public struct Column: Sendable {
    /// The name, from the header or `column1`, `column2`, ...
    public var name: String
    /// What the column is for.
    public var role: Role
    /// The values by row, NaN where missing.
    public var values: [Double]
    /// The names of categories, of which the values are the positions; nil for a column of numbers.
    public var categories: [String]?

    /// Creates a column.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - role: What the column is for.
    ///   - values: The values by row, NaN where missing.
    ///   - categories: The names of categories, of which the values are the positions; nil for a column of numbers.
    public init(name: String, role: Role = .target, values: [Double], categories: [String]? = nil) {
      self.name = name
      self.role = role
      self.values = values
      self.categories = categories
    }

    /// The category of a row.
    ///
    /// - Parameter row: The row, counted from 0.
    /// - Returns: The name of the category, a number as its digits; nil where missing.
    public func category(row: Int) -> String? {
      let value = values[row]
      guard !value.isNaN else { return nil }
      return categories.map { $0[Int(value)] } ?? CategoryLabels.text(of: value)
    }

    /// The number of missing values.
    public var missingCount: Int { values.count { $0.isNaN } }
  }

  /// A file that rows came from.
  public struct Source: Hashable, Codable, Sendable {
    /// The name, as the user gave it.
    public var file: String
    /// SHA-256 of the file as stored, in hexadecimal.
    public var digest: String
    /// Bytes of the file as stored.
    public var byteCount: Int
    /// Rows read from it.
    public var rowCount: Int
    /// The row of the series in which its first row stands.
    public var firstRow: Int
    /// Lines of its text.
    public var lineCount: Int

    /// Creates a source.
    ///
    /// - Parameters:
    ///   - file: The name.
    ///   - digest: SHA-256 of the file as stored.
    ///   - byteCount: Bytes of the file as stored.
    ///   - rowCount: Rows read from it.
    ///   - firstRow: The row of the series in which its first row stands.
    ///   - lineCount: Lines of its text.
    public init(file: String, digest: String, byteCount: Int, rowCount: Int, firstRow: Int, lineCount: Int) {
      self.file = file
      self.digest = digest
      self.byteCount = byteCount
      self.rowCount = rowCount
      self.firstRow = firstRow
      self.lineCount = lineCount
    }
  }

  /// A column that is in the file and not in the series.
  public struct LeftOutColumn: Hashable, Codable, Sendable {
    /// The name.
    public var name: String
    /// Why it was left out.
    public var reason: String
  }

  /// The columns in the order of the file.
  public var columns: [Column]
  /// The time of each row; nil if the rows are only counted.
  public var timestamps: [Timestamp]?
  /// The spacing of the rows.
  public var grid: Grid
  /// How the file writes times; nil without times.
  public var timeFormat: TimeFormat?
  /// The name of the column that held the times.
  public var timeColumn: String?
  /// What should be said aloud about how the files were understood, a sentence each.
  public var notes: [String] = []
  /// Rows that were put in because the files left them out.
  public var gaps = GapReport()
  /// The columns that were left out.
  public var leftOutColumns: [LeftOutColumn] = []
  /// The files.
  public var sources: [Source] = []

  /// Creates a series from numbers in memory.
  ///
  /// - Parameters:
  ///   - columns: The columns, all of the same length.
  ///   - timestamps: The time of each row, on `grid`; nil if rows are only counted.
  ///   - grid: The spacing of the rows; rows without time by default.
  ///   - timeFormat: How times are written; nil writes ISO 8601.
  public init(
    columns: [Column], timestamps: [Timestamp]? = nil, grid: Grid = .rows, timeFormat: TimeFormat? = nil
  ) {
    let rowCount = columns.first?.values.count ?? 0
    for column in columns {
      precondition(
        column.values.count == rowCount,
        "TimeSeries: expected \(rowCount) values in column \(column.name), received \(column.values.count)")
    }
    if let timestamps {
      precondition(
        timestamps.count == rowCount, "TimeSeries: expected \(rowCount) timestamps, received \(timestamps.count)")
    }
    self.columns = columns
    self.timestamps = timestamps
    self.grid = grid
    self.timeFormat = timeFormat
  }

  /// Reads a file and takes some of its columns as targets.
  ///
  /// - Parameters:
  ///   - path: The file, or `-` for standard input.
  ///   - targets: The columns to be forecast; none given takes every numeric column.
  /// - Throws: `DataError` with the place of what is wrong.
  public init(contentsOf path: String, target targets: String...) throws(DataError) {
    var options = ReadingOptions()
    if !targets.isEmpty { options.targets = targets }
    try self.init(contentsOf: [path], options: options)
  }

  /// Reads files that continue each other.
  ///
  /// - Parameters:
  ///   - paths: The files in the order of time, with the same columns; `-` is standard input.
  ///   - options: What is known about them.
  /// - Throws: `DataError` with the place of what is wrong.
  public init(contentsOf paths: [String], options: ReadingOptions = ReadingOptions()) throws(DataError) {
    var reader = SeriesReader(options: options)
    try reader.read(paths)
    self = try reader.assemble()
  }

  /// Reads the bytes of a file that is in memory; gzip is recognised as in files.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - name: The name under which errors speak of them.
  ///   - options: What is known about them.
  /// - Throws: `DataError` with the place of what is wrong.
  public init(bytes: [UInt8], named name: String, options: ReadingOptions = ReadingOptions()) throws(DataError) {
    let stored = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = stored.initialize(fromContentsOf: bytes)
    var reader = SeriesReader(options: options)
    try reader.read(TextBuffer.decode(stored, file: name, limits: options.limits))
    self = try reader.assemble()
  }

  /// An error about the series as a whole: it points at the last line of its last file.
  ///
  /// - Parameters:
  ///   - expected: What the series should have.
  ///   - received: What it has.
  ///   - hint: What the user can do about it.
  /// - Returns: The error.
  public func error(expected: String, received: String, hint: String? = nil) -> DataError {
    let last = sources.last
    return DataError(
      file: last?.file, line: last?.lineCount, column: last == nil ? nil : 1, expected: expected, received: received,
      hint: hint)
  }

  /// The number of rows.
  public var rowCount: Int { columns.first?.values.count ?? 0 }

  /// The positions of the targets in `columns`.
  public var targetIndices: [Int] { columns.indices.filter { columns[$0].role == .target } }

  /// The positions in `columns` of the inputs that are known up to an origin only.
  public var inputIndices: [Int] { columns.indices.filter { columns[$0].role == .input } }

  /// The positions in `columns` of those that are known for the rows to come as well.
  public var knownIndices: [Int] { columns.indices.filter { columns[$0].role == .known } }

  /// The values of a column by name; nil if there is none of that name.
  ///
  /// - Parameter name: The name of the column.
  public subscript(name: String) -> [Double]? { columns.first { $0.name == name }?.values }

  /// Some rows of the series; what is known about its files stays.
  ///
  /// - Parameter rows: The rows, counted from 0.
  public subscript(rows: Range<Int>) -> TimeSeries {
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= rowCount,
      "TimeSeries: expected rows within 0..<\(rowCount), received \(rows)")
    var part = self
    for index in part.columns.indices { part.columns[index].values = Array(columns[index].values[rows]) }
    part.timestamps = timestamps.map { Array($0[rows]) }
    return part
  }

  /// SHA-256 over the files' bytes: that of the one file, or that of the digests of several in their order. Empty for a
  /// series that came from no file.
  public var digest: String {
    if sources.count <= 1 { return sources.first?.digest ?? "" }
    return SHA256.hexDigest(of: Array(sources.map(\.digest).joined().utf8))
  }

  /// The time of a row as the file writes it; without times the row's number from 1.
  ///
  /// - Parameter row: The row, counted from 0.
  /// - Returns: The text.
  public func timeText(row: Int) -> String {
    guard let timestamps else { return String(row + 1) }
    return timeText(timestamps[row])
  }

  /// A moment as the file writes it.
  ///
  /// - Parameter timestamp: The moment.
  /// - Returns: The text.
  public func timeText(_ timestamp: Timestamp) -> String {
    timeFormat?.text(for: timestamp) ?? timestamp.description
  }

  /// The moments that follow the last row on the grid. Where rows have times but no grid, the usual distance between
  /// rows is taken; without times there are none.
  ///
  /// - Parameter count: The number of rows.
  /// - Returns: The moments, or nil.
  public func nextTimestamps(_ count: Int) -> [Timestamp]? {
    guard let timestamps, let last = timestamps.last else { return nil }
    if case .rows = grid.step {
      let steps = zip(timestamps.dropFirst(), timestamps).map { $0.secondsSince1970 - $1.secondsSince1970 }.sorted()
      let usual = steps.isEmpty ? 86_400 : steps[steps.count / 2]
      return (0..<count).map { Timestamp(secondsSince1970: last.secondsSince1970 + usual * Int64($0 + 1)) }
    }
    return (0..<count).compactMap { grid.timestamp($0 + 1, after: last) }
  }

  /// The times that follow the last row, as the file would write them; without times the numbers of rows.
  ///
  /// - Parameter count: The number of rows.
  /// - Returns: The texts.
  public func nextTimeTexts(_ count: Int) -> [String] {
    nextTimestamps(count)?.map { timeText($0) } ?? (0..<count).map { String(rowCount + $0 + 1) }
  }
}
