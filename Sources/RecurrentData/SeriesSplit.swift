/// The cut of a series into training, validation and test part, always in the order of time.
public struct SeriesSplit: Hashable, Codable, Sendable {
  /// How the parts are told.
  public enum Rule: Hashable, Codable, Sendable {
    /// Shares of all rows; what is left after the sum stays unused.
    case fractions(train: Double, validation: Double, test: Double)
    /// Numbers of rows from the start; what is left at the end stays unused.
    case rows(train: Int, validation: Int, test: Int)
    /// The first time of the validation part and the first of the test part.
    case times(validation: Timestamp, test: Timestamp)

    /// 70 % training, 10 % validation, 20 % test.
    public static let standard = Rule.fractions(train: 0.7, validation: 0.1, test: 0.2)
  }

  /// The rows to learn from.
  public var train: Range<Int>
  /// The rows that choose between models and calibrate intervals.
  public var validation: Range<Int>
  /// The rows that judge.
  public var test: Range<Int>

  /// Creates a split from ranges of rows, which must follow each other.
  ///
  /// - Parameters:
  ///   - train: The rows to learn from.
  ///   - validation: The rows that choose.
  ///   - test: The rows that judge.
  public init(train: Range<Int>, validation: Range<Int>, test: Range<Int>) {
    precondition(
      train.upperBound <= validation.lowerBound && validation.upperBound <= test.lowerBound,
      "SeriesSplit: expected parts in the order of time, received \(train), \(validation), \(test)")
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// Splits a series by a rule.
  ///
  /// - Parameters:
  ///   - series: The series.
  ///   - rule: How the parts are told; 70, 10 and 20 % by default.
  /// - Throws: `DataError` if a part would be empty or reach beyond the series.
  public init(_ series: TimeSeries, rule: Rule = .standard) throws(DataError) {
    let count = series.rowCount
    switch rule {
    case .fractions(let train, let validation, let test):
      let parts = [train, validation, test]
      guard parts.allSatisfy({ $0 > 0 && $0 < 1 }), parts.reduce(0, +) <= 1 + 1e-6 else {
        throw Self.refusal("three fractions above 0 with a sum of at most 1", parts.map { "\($0)" })
      }
      func rows(_ fraction: Double) -> Int { Int(Double(count) * fraction + 1e-9) }
      let isWhole = abs(parts.reduce(0, +) - 1) < 1e-6
      let testCount = rows(test)
      let validationCount = isWhole ? count - rows(train) - testCount : rows(validation)
      self = try Self.consecutive([rows(train), validationCount, testCount], series)
    case .rows(let train, let validation, let test):
      self = try Self.consecutive([train, validation, test], series)
    case .times(let validation, let test):
      guard let times = series.timestamps else {
        throw series.error(
          expected: "a split by fractions or rows", received: "dates for a series without times")
      }
      let bounds = [validation, test].map { bound in times.firstIndex { $0 >= bound } ?? count }
      guard bounds[0] > 0, bounds[0] < bounds[1], bounds[1] < count else {
        throw Self.refusal(
          "the first times of the validation and the test part between \(series.timeText(row: 0)) and "
            + series.timeText(row: count - 1), [series.timeText(validation), series.timeText(test)])
      }
      self.init(train: 0..<bounds[0], validation: bounds[0]..<bounds[1], test: bounds[1]..<count)
    }
  }

  /// Splits a series that was read from separate files for the parts.
  ///
  /// - Parameters:
  ///   - series: The series, read from the training files followed by the others.
  ///   - validationFile: The position of the validation file in `series.sources`; nil takes the last eighth of what
  ///     stands before the test part.
  ///   - testFile: The position of the test file in `series.sources`; nil takes the second half of the validation
  ///     file, since nothing later is known.
  /// - Throws: `DataError` if a part would be empty.
  public init(_ series: TimeSeries, validationFile: Int?, testFile: Int?) throws(DataError) {
    let count = series.rowCount
    func firstRow(_ index: Int?) -> Int? { index.map { series.sources[$0].firstRow } }
    switch (firstRow(validationFile), firstRow(testFile)) {
    case (nil, nil): try self.init(series)
    case (nil, let test?):
      let train = test - max(1, test / 8)
      self = try Self.consecutive([train, test - train, count - test], series)
    case (let validation?, nil):
      let test = validation + (count - validation) / 2
      self = try Self.consecutive([validation, test - validation, count - test], series)
    case (let validation?, let test?):
      self = try Self.consecutive([validation, test - validation, count - test], series)
    }
  }

  private static func consecutive(_ counts: [Int], _ series: TimeSeries) throws(DataError) -> SeriesSplit {
    let rowCount = series.rowCount
    let names = ["training", "validation", "test"]
    for (count, name) in zip(counts, names) where count < 1 {
      throw series.error(
        expected: "at least one row in each part",
        received: "\(count) in the \(name) part of \(rowCount) rows",
        hint: "give more rows or another --split")
    }
    let total = counts.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    guard total <= rowCount, counts.allSatisfy({ $0 <= rowCount }) else {
      throw series.error(
        expected: "a split of at most \(rowCount) rows",
        received: counts.map(String.init).joined(separator: ":"), hint: "the series has \(rowCount) rows")
    }
    let train = 0..<counts[0]
    let validation = train.upperBound..<train.upperBound + counts[1]
    return SeriesSplit(
      train: train, validation: validation, test: validation.upperBound..<validation.upperBound + counts[2])
  }

  private static func refusal(_ expected: String, _ received: [String]) -> DataError {
    DataError(
      expected: expected, received: received.joined(separator: ","),
      hint: "for example --split 0.7,0.1,0.2 or 8640:2880:2880 or 2017-07-01,2017-11-01")
  }

  /// Refuses parts in which no window fits.
  ///
  /// - Parameters:
  ///   - window: The rows that a model looks back.
  ///   - horizon: The rows that it forecasts.
  ///   - series: The series that was split.
  ///   - isJudged: Whether a test part is needed.
  /// - Throws: `DataError` that names the part and what it needs.
  public func check(window: Int, horizon: Int, in series: TimeSeries, isJudged: Bool = true) throws(DataError) {
    for (part, name, need) in [
      (train, "training", window + horizon), (validation, "validation", horizon),
      (test, "test", isJudged ? horizon : 0),
    ] where part.count < need {
      let sum = name == "training" ? "a window of \(window) and a horizon of \(horizon)" : "a horizon of \(horizon)"
      throw series.error(
        expected: "at least \(need) rows in the \(name) part for \(sum)", received: "\(part.count)",
        hint: "give more rows, a shorter --horizon or --window, or another --split")
    }
  }

  /// The parts in words: rows and first and last time of each.
  ///
  /// - Parameter series: The series that was split.
  /// - Returns: A line for each part, and one for rows that are not used.
  public func text(for series: TimeSeries) -> [String] {
    var lines: [String] = []
    for (part, name) in [(train, "train"), (validation, "validation"), (test, "test")] where !part.isEmpty {
      let span = "\(series.timeText(row: part.lowerBound)) to \(series.timeText(row: part.upperBound - 1))"
      lines.append("\(name): \(part.count) rows, \(span)")
    }
    let rest = series.rowCount - test.upperBound
    if rest > 0 { lines.append("not used: the last \(rest) rows") }
    return lines
  }
}

extension SeriesSplit.Rule {
  /// Reads a rule as in `--split`.
  ///
  /// - Parameters:
  ///   - text: `0.7,0.1,0.2` fractions, `8640:2880:2880` rows, or `2017-07-01,2017-11-01` the first times of the
  ///     validation and the test part.
  ///   - timeFormat: How the file writes times; ISO dates are always understood.
  /// - Throws: `DataError` for anything else.
  public init(_ text: String, timeFormat: TimeFormat? = nil) throws(DataError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.filter { $0 != " " }) }
    let rows = text.split(separator: ":", omittingEmptySubsequences: false)
    let counts = rows.compactMap { Int($0) }
    let fractions = (rows.count == 3 ? rows.map(String.init) : parts).compactMap { Double($0) }
    if counts.count == 3, rows.count == 3 {
      self = .rows(train: counts[0], validation: counts[1], test: counts[2])
    } else if fractions.count == 3, max(parts.count, rows.count) == 3 {
      self = .fractions(train: fractions[0], validation: fractions[1], test: fractions[2])
    } else {
      let times = text.split(separator: ",").compactMap { Self.time(String($0), timeFormat) }
      guard times.count == 2, parts.count == 2 else {
        throw DataError(
          expected: "a split", received: DataError.quoted(text),
          hint: "for example --split 0.7,0.1,0.2 or 8640:2880:2880 or 2017-07-01,2017-11-01")
      }
      self = .times(validation: times[0], test: times[1])
    }
  }

  private static func time(_ text: String, _ format: TimeFormat?) -> Timestamp? {
    var start = text[...]
    while start.first == " " { start.removeFirst() }
    let text = String(start)
    if let time = format?.timestamp(from: text) { return time }
    for pattern in ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM", "yyyy"] {
      if let time = (try? TimeFormat(pattern))?.timestamp(from: text) { return time }
    }
    return nil
  }
}
