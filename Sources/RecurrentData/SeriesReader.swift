/// Reads the files of a series: text to columns of numbers and times. `assemble` then makes the series of them.
struct SeriesReader {
  /// The cells of one column so far.
  struct ColumnBuilder {
    var name: String
    var values: [Double] = []
    var numberCount = 0
    var missingCount = 0
    var textCount = 0
    var firstText: Place?
    /// The texts so far, where the column may hold categories.
    var categories: CategoryLabels?
    /// The names of the categories whose positions `values` are; nil for numbers.
    var categoryNames: [String]?
  }

  /// A field of one of the files.
  struct Place {
    var file: Int
    var field: Field
  }

  var options: ReadingOptions
  /// Columns whose texts are kept: the names of many series, and what they have in common.
  var labels: [LabelColumn]
  /// Columns of numbers that all rows of one series of many share.
  let statics: [String]
  /// Where the rows of one series of many stand in the files; nil if they are all of one.
  var origin: (rowNumbers: [Int], timeColumn: Int?)?
  var texts: [TextBuffer] = []
  var dialects: [Dialect] = []
  var sources: [TimeSeries.Source] = []
  var builders: [ColumnBuilder] = []
  var timeIndex: Int?
  var timeFormat: TimeFormat?
  /// The column of the hours, where the time column tells only days.
  var hours: (column: Int, dateFormat: TimeFormat)?
  var times: [Timestamp] = []
  var zone: Int?
  var zonesDiffer = false
  var notes: [String] = []
  /// The first row whose time is not later than the one before.
  var firstBackward: Int?
  /// Whether the rows were turned around.
  var isReversed = false
  /// Whether two rows are enough to be turned around, as other series of the files show their direction.
  var isNewestFirst = false
  private var remainingBytes = 0

  init(options: ReadingOptions, labels: [LabelColumn] = [], statics: [String] = []) {
    self.options = options
    self.labels = labels
    self.statics = statics
  }

  /// Reads files in their order, without making a series of them yet.
  mutating func read(_ paths: [String]) throws(DataError) {
    precondition(!paths.isEmpty, "SeriesReader: expected at least one file, received none")
    remainingBytes = options.limits.textBytes
    for path in paths {
      var limits = options.limits
      limits.textBytes = remainingBytes
      let text = try TextBuffer.read(path, limits: limits)
      remainingBytes -= text.count
      try read(text)
    }
  }

  /// Adds the rows of one file.
  mutating func read(_ text: TextBuffer) throws(DataError) {
    if text.bytes.allSatisfy({ $0 <= .space }) {
      throw DataError(
        file: text.file, line: 1, column: 1, expected: "rows of values", received: "an empty file",
        hint: "the file needs a line for every moment, with columns separated by commas")
    }
    let dialect = try findDialect(text)
    texts.append(text)
    dialects.append(dialect)
    let names = try columnNames(text, dialect)
    if builders.isEmpty {
      builders = names.map { ColumnBuilder(name: $0, categories: mayHoldCategories($0) ? CategoryLabels() : nil) }
      for index in labels.indices { try labels[index].find(in: names, file: text.file) }
      let sample = Sample(text, delimiter: dialect.delimiter, limits: options.limits, recordLimit: 2001)
      let finder = TimeColumnFinder(
        text: text, sample: sample, dialect: dialect, names: names, options: options,
        labels: labels.compactMap(\.column) + statics.compactMap { names.firstIndex(of: $0) })
      if let finding = try finder.find() {
        timeIndex = finding.column
        timeFormat = finding.format
        hours = finding.hours
        notes += finding.notes
      }
      reserve(text)
    }
    let before = rowCount
    try readRows(text, dialect)
    if rowCount == before {
      let place = text.position(of: text.count)
      throw DataError(
        file: text.file, line: place.line, column: place.column, expected: "rows below the header",
        received: "the end of the file")
    }
    let end = text.position(of: text.count)
    sources.append(
      TimeSeries.Source(
        file: text.file, digest: text.digest, byteCount: text.storedByteCount, rowCount: rowCount - before,
        firstRow: before, lineCount: end.column == 1 ? end.line - 1 : end.line))
  }

  private var rowCount: Int { builders.first?.values.count ?? 0 }

  private mutating func findDialect(_ text: TextBuffer) throws(DataError) -> Dialect {
    var delimiter: UInt8
    if let given = options.delimiter {
      guard let byte = given.asciiValue, !byte.isDigit, !byte.isLetter, byte != .quote, byte != .point, byte != .minus
      else {
        throw DataError(
          expected: "a comma, a semicolon, a tab or another mark as the delimiter",
          received: DataError.quoted(String(given)))
      }
      delimiter = byte
    } else {
      delimiter = Dialect.findDelimiter(text, limits: options.limits)
    }
    let sample = Sample(text, delimiter: delimiter, limits: options.limits, recordLimit: 1000, byteLimit: 1 << 18)
    let mark = Dialect.findDecimalMark(text, sample, delimiter: delimiter)
    let hasHeader = options.hasHeader ?? Dialect.findHeader(text, sample, decimalMark: mark)
    if texts.isEmpty {
      if options.delimiter == nil, delimiter != .comma {
        notes.append("Columns are separated by \(delimiter == .tab ? "tabs" : "semicolons").")
      }
      if mark == .comma { notes.append("Decimals are written with a comma: 1,5 is read as 1.5.") }
      if options.hasHeader == nil, !hasHeader {
        notes.append("The first line holds values, so the columns are named column1, column2 and so on.")
      }
    }
    return Dialect(delimiter: delimiter, decimalMark: mark, hasHeader: hasHeader)
  }

  /// The names in the header, or `column1`, `column2`, ...; they must be unique and the same in every file.
  private func columnNames(_ text: TextBuffer, _ dialect: Dialect) throws(DataError) -> [String] {
    var scanner = RecordScanner(text, delimiter: dialect.delimiter, limits: options.limits)
    var fields: [Field] = []
    _ = try scanner.next(into: &fields)
    var names: [String] = []
    var seen: [String: Int] = [:]
    for (index, field) in fields.enumerated() {
      let name = dialect.hasHeader ? text.string(field) : ""
      names.append(name.isEmpty ? "column\(index + 1)" : name)
      if let earlier = seen.updateValue(index, forKey: names[index]) {
        throw text.error(
          at: field.start, expected: "a name that no other column has",
          received: "\(DataError.quoted(name)), the name of column \(earlier + 1) too",
          hint: dialect.hasHeader ? "rename one, or give --no-header if the first line holds values" : nil)
      }
    }
    guard !builders.isEmpty, dialect.hasHeader || names.count != builders.count else { return names }
    let expected = builders.map(\.name)
    if names != expected {
      let index = zip(names, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(names.count, expected.count)
      let place = index < fields.count ? fields[index].start : scanner.recordStart
      throw text.error(
        at: place, expected: "the same columns as in \(texts[0].file): \(Self.list(expected))",
        received: Self.list(names))
    }
    return names
  }

  private mutating func reserve(_ text: TextBuffer) {
    let lines = text.bytes.count { $0 == .lineFeed } + 1
    let rows = min(lines, options.limits.values / builders.count)
    guard builders.count <= 1000 else { return }
    for index in builders.indices { builders[index].values.reserveCapacity(rows) }
    if timeIndex != nil { times.reserveCapacity(rows) }
  }

  private mutating func readRows(_ text: TextBuffer, _ dialect: Dialect) throws(DataError) {
    let parser = NumberParser(decimalMark: dialect.decimalMark)
    var scanner = RecordScanner(text, delimiter: dialect.delimiter, limits: options.limits)
    var fields: [Field] = []
    fields.reserveCapacity(builders.count)
    if dialect.hasHeader { _ = try scanner.next(into: &fields) }
    let columnCount = builders.count
    var emptyRows = 0
    var firstEmpty: [Field] = []
    while try scanner.next(into: &fields) {
      let isBlankLine = fields.count == 1 && fields[0].isEmpty && !fields[0].isQuoted
      if isBlankLine, columnCount > 1 { continue }
      guard fields.count == columnCount else { throw raggedRow(text, dialect, fields) }
      // Rows without any content count only if others follow: many programs leave such rows at the end.
      if fields[0].isEmpty, fields.allSatisfy({ $0.isEmpty && !$0.isQuoted }) {
        if emptyRows == 0 { firstEmpty = fields }
        emptyRows += 1
        continue
      }
      for _ in 0..<emptyRows { try add(firstEmpty, text, parser) }
      emptyRows = 0
      try add(fields, text, parser)
    }
  }

  @inline(__always)
  private mutating func add(_ fields: [Field], _ text: TextBuffer, _ parser: NumberParser) throws(DataError) {
    guard (rowCount + 1) * builders.count <= options.limits.values else {
      throw text.error(
        at: fields[0].start, expected: "at most \(options.limits.values) values", received: "more",
        hint: "leave out columns that are not needed, or split the file")
    }
    if timeIndex != nil { try addTime(fields, text) }
    for index in labels.indices { try labels[index].add(fields, text) }
    for index in builders.indices {
      let cell = index == timeIndex || isLabel(index) ? .missing : parser.cell(fields[index], in: text)
      builders[index].categories?.add(cell, text.string(fields[index]))
      switch cell {
      case .number(let value):
        builders[index].values.append(value)
        builders[index].numberCount += 1
      case .missing:
        builders[index].values.append(.nan)
        builders[index].missingCount += 1
      case .text:
        builders[index].values.append(.nan)
        builders[index].textCount += 1
        if builders[index].firstText == nil {
          builders[index].firstText = Place(file: texts.count - 1, field: fields[index])
        }
      }
    }
  }

  private mutating func addTime(_ fields: [Field], _ text: TextBuffer) throws(DataError) {
    let field = fields[timeIndex!]
    let format = hours?.dateFormat ?? timeFormat!
    guard var reading = format.read(field, in: text) else {
      throw text.error(
        at: field.start, expected: "a time written as \(format.pattern)", received: text.quoted(field),
        hint: times.isEmpty ? "tell how times are written with --time-format" : nil)
    }
    if let hours {
      let field = fields[hours.column]
      guard let hour = TimeColumnFinder.hour(in: field, of: text) else {
        throw text.error(
          at: field.start,
          expected: "an hour from 0 to 23 in the column \(DataError.quoted(builders[hours.column].name))",
          received: text.quoted(field))
      }
      reading.clockSeconds += Int64(hour) * 3600
    }
    let offset = reading.zoneSeconds ?? 0
    if let zone, zone != offset { zonesDiffer = true }
    if zone == nil { zone = offset }
    let time = Timestamp(secondsSince1970: reading.clockSeconds - Int64(offset))
    if let last = times.last, time <= last {
      if firstBackward == nil { firstBackward = times.count }
    }
    times.append(time)
  }

  private func isLabel(_ index: Int) -> Bool { labels.contains { $0.column == index } }

  private func raggedRow(_ text: TextBuffer, _ dialect: Dialect, _ fields: [Field]) -> DataError {
    let count = builders.count
    let isLong = fields.count > count
    let place = isLong ? fields[count].start : fields[fields.count - 1].end
    func columns(_ count: Int) -> String { count == 1 ? "1 column" : "\(count) columns" }
    return text.error(
      at: place, expected: "\(columns(count)) as in the first line", received: columns(fields.count),
      hint: isLong ? "check the delimiter (\(Dialect.name(of: dialect.delimiter))) and quotes" : nil)
  }

  static func missingColumn(_ name: String, _ names: [String], file: String?, option: String) -> DataError {
    DataError(
      file: file, line: 1, column: 1, expected: "a column named \(DataError.quoted(name)) (\(option))",
      received: names.count == 1 ? "the column \(names[0])" : "the columns \(list(names))")
  }

  /// Names separated by commas, the first twelve of many.
  static func list(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
  }
}
