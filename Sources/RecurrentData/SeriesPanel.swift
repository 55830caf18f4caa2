/// Many series of one kind, each with a name: the sales of every shop, the load of every meter.
///
/// The series need not be of the same length nor begin at the same time; each has one column, the one to forecast.
public struct SeriesPanel: Sendable {
  /// How a file holds many series.
  public enum Form: Hashable, Sendable {
    /// A row for every moment of every series: the column `id` names the series, each of `categories` holds a text and
    /// each of `statics` a number that all rows of a series share, such as a region or an area. The rows of a series
    /// stand in the order of time, those of different series in any order.
    case long(id: String, categories: [String] = [], statics: [String] = [])
    /// A row for every series: its name, then its values, oldest first, with empty cells after the last. Values inside
    /// may be missing; a first row without numbers is a header.
    case wide
  }

  /// One of the series.
  public struct Member: Sendable {
    /// Its name, which no other one has.
    public var id: String
    /// Its text for each of the panel's categories.
    public var categories: [String]
    /// Its number for each of the panel's static columns, NaN where missing.
    public var statics: [Double]
    /// Its rows: one column, the target.
    public var series: TimeSeries
    /// The missing values that stood before the first known one and are not among the rows.
    var leadingMissing = 0

    /// Names a series.
    ///
    /// - Parameters:
    ///   - id: The name.
    ///   - categories: Its text for each of the panel's categories.
    ///   - statics: Its number for each of the panel's static columns, NaN where missing.
    ///   - series: The rows, with one column.
    public init(id: String, categories: [String] = [], statics: [Double] = [], series: TimeSeries) {
      precondition(
        series.columns.count == 1,
        "SeriesPanel.Member: expected a series of one column, received \(series.columns.count)"
      )
      self.id = id
      self.categories = categories
      self.statics = statics
      self.series = series
    }

    init(id: String, series: TimeSeries, leadingMissing: Int) {
      self.init(id: id, series: series)
      self.leadingMissing = leadingMissing
    }

    /// The values, oldest first, NaN where missing.
    public var values: [Double] { series.columns[0].values }
  }

  /// The series in the order of the files.
  public var members: [Member]
  /// The names of the columns that hold texts common to all rows of a series.
  public var categories: [String]
  /// The names of the columns that hold numbers common to all rows of a series.
  public var statics: [String]
  /// The name of the column of values; nil where there is a series in a row.
  public var target: String?
  /// The spacing of the rows.
  public var grid: Grid
  /// What should be said aloud about how the files were understood, a sentence each.
  public var notes: [String] = []
  /// The files.
  public var sources: [TimeSeries.Source] = []

  /// Puts series together.
  ///
  /// - Parameters:
  ///   - members: The series, each with a name of its own, a text for every category and a number for every static
  ///     column.
  ///   - categories: The names of the categories; none by default.
  ///   - statics: The names of the static columns; none by default.
  ///   - grid: The spacing of the rows; rows without time by default.
  public init(_ members: [Member], categories: [String] = [], statics: [String] = [], grid: Grid = .rows) {
    for member in members {
      precondition(
        member.categories.count == categories.count,
        "SeriesPanel: expected \(categories.count) categories of \(member.id), received \(member.categories.count)")
      precondition(
        member.statics.count == statics.count,
        "SeriesPanel: expected \(statics.count) static numbers of \(member.id), received \(member.statics.count)")
    }
    precondition(Set(members.map(\.id)).count == members.count, "SeriesPanel: expected names that differ")
    self.members = members
    self.categories = categories
    self.statics = statics
    self.grid = grid
  }

  /// Reads files of many series.
  ///
  /// - Parameters:
  ///   - paths: The files, in the order of time for the long form; `-` is standard input.
  ///   - form: How they hold the series.
  ///   - options: What is known about them; at most one target.
  /// - Throws: `DataError` with the place of what is wrong.
  public init(
    contentsOf paths: [String], form: Form, options: ReadingOptions = ReadingOptions()
  ) throws(DataError) {
    switch form {
    case .long(let id, let categories, let statics):
      var reader = SeriesReader(options: options, labels: Self.labels(id, categories), statics: statics)
      try reader.read(paths)
      self = try reader.panel()
    case .wide:
      var reader = WidePanelReader(options: options)
      for path in paths { try reader.read(TextBuffer.read(path, limits: reader.remainingLimits)) }
      self = reader.panel
    }
  }

  /// Reads the bytes of a file that is in memory; gzip is recognised as in files.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - name: The name under which errors speak of them.
  ///   - form: How they hold the series.
  ///   - options: What is known about them; at most one target.
  /// - Throws: `DataError` with the place of what is wrong.
  public init(
    bytes: [UInt8], named name: String, form: Form, options: ReadingOptions = ReadingOptions()
  ) throws(DataError) {
    let stored = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = stored.initialize(fromContentsOf: bytes)
    let text = try TextBuffer.decode(stored, file: name, limits: options.limits)
    switch form {
    case .long(let id, let categories, let statics):
      var reader = SeriesReader(options: options, labels: Self.labels(id, categories), statics: statics)
      try reader.read(text)
      self = try reader.panel()
    case .wide:
      var reader = WidePanelReader(options: options)
      try reader.read(text)
      self = reader.panel
    }
  }

  private static func labels(_ id: String, _ categories: [String]) -> [LabelColumn] {
    [LabelColumn(id, option: "--id")] + categories.map { LabelColumn($0, option: "--category") }
  }

  /// The series of a name; nil if there is none.
  ///
  /// - Parameter id: The name.
  public subscript(id: String) -> TimeSeries? { members.first { $0.id == id }?.series }

  /// The number of rows of all series together.
  public var rowCount: Int { members.reduce(0) { $0 + $1.series.rowCount } }

  /// SHA-256 over the files' bytes: that of the one file, or that of the digests of several in their order. Empty for
  /// series that came from no file.
  public var digest: String {
    if sources.count <= 1 { return sources.first?.digest ?? "" }
    return SHA256.hexDigest(of: Array(sources.map(\.digest).joined().utf8))
  }

  /// An error about the panel as a whole: it points at the last line of its last file.
  ///
  /// - Parameters:
  ///   - expected: What the panel should have.
  ///   - received: What it has.
  ///   - hint: What the user can do about it.
  /// - Returns: The error.
  public func error(expected: String, received: String, hint: String? = nil) -> DataError {
    let last = sources.last
    return DataError(
      file: last?.file, line: last?.lineCount, column: last == nil ? nil : 1, expected: expected, received: received,
      hint: hint)
  }
}
