/// What is known about files of a series before they are read; everything else is found in them.
public struct ReadingOptions: Sendable {
  /// Which column holds the time of each row.
  public enum TimeColumn: Hashable, Sendable {
    /// The first column that reads as times; none if there is none.
    case found
    /// The column with this name.
    case named(String)
    /// No column: rows are counted.
    case none
  }

  /// The columns to be forecast; nil takes every numeric column.
  public var targets: [String]?
  /// Columns whose values are known for the rows to be forecast as well.
  public var known: [String] = []
  /// Inputs that are known up to an origin only; nil takes every other numeric column where `targets` are given, and
  /// leaves the others to be targets where not.
  public var past: [String]?
  /// Columns of categories, whatever they look like; known columns and named inputs that hold text are so anyway.
  public var categories: [String] = []
  /// Where the time stands.
  public var timeColumn = TimeColumn.found
  /// The pattern in which times are written (see `TimeFormat`); nil finds it.
  public var timeFormat: String?
  /// The grid by name (see `Grid.init(named:)`); nil finds it.
  public var frequency: String?
  /// A grid known from earlier data; goes before `frequency`.
  public var grid: Grid?
  /// Whether the first line names the columns; nil finds out. Without names, columns are `column1`, `column2`, ...
  public var hasHeader: Bool?
  /// The character between columns: comma, semicolon, tab or another ASCII mark; nil finds it.
  public var delimiter: Character?
  /// Columns that must be there and are kept, in this order, even if constant or empty: those a model was trained on.
  /// Nil keeps every column that can be used.
  public var requiredColumns: [String]?
  /// Whether rows missing from the grid are put in as rows without values; true by default.
  public var fillsGaps = true
  /// Bounds on the size of the input.
  public var limits = ReadingLimits()

  /// Options that find everything.
  public init() {}

  /// Options with given targets, everything else found.
  ///
  /// - Parameter targets: The columns to be forecast.
  public init(targets: [String]) {
    self.targets = targets
  }
}
