/// Reads files with a series in each row: a name, then values, oldest first. Rows may be of different lengths.
struct WidePanelReader {
  private let options: ReadingOptions
  private var members: [SeriesPanel.Member] = []
  private var sources: [TimeSeries.Source] = []
  private var rowOfID: [String: Int] = [:]
  private var remainingBytes: Int
  private var valueCount = 0
  private var notes: [String] = []

  init(options: ReadingOptions) {
    self.options = options
    remainingBytes = options.limits.textBytes
  }

  /// The limits that the next file has to keep.
  var remainingLimits: ReadingLimits {
    var limits = options.limits
    limits.textBytes = remainingBytes
    return limits
  }

  /// The series read so far.
  var panel: SeriesPanel {
    var panel = SeriesPanel(members)
    panel.sources = sources
    panel.notes = notes
    return panel
  }

  /// Adds the series of one file.
  mutating func read(_ text: TextBuffer) throws(DataError) {
    remainingBytes -= text.count
    let delimiter = options.delimiter?.asciiValue ?? Dialect.findDelimiter(text, limits: options.limits)
    let sample = Sample(text, delimiter: delimiter, limits: options.limits, recordLimit: 200, byteLimit: 1 << 18)
    let parser = NumberParser(decimalMark: Dialect.findDecimalMark(text, sample, delimiter: delimiter))
    var scanner = RecordScanner(text, delimiter: delimiter, limits: options.limits)
    var fields: [Field] = []
    var columns: Int?
    let before = members.count
    var isFirst = true
    while try scanner.next(into: &fields) {
      if fields.allSatisfy(\.isEmpty) { continue }
      if isFirst {
        isFirst = false
        if options.hasHeader ?? isHeader(fields, parser, text) {
          columns = fields.count
          continue
        }
      }
      if let columns, fields.count > columns {
        throw text.error(
          at: fields[columns].start, expected: "at most \(columns) columns as in the first line",
          received: "\(fields.count)", hint: "check the delimiter (\(Dialect.name(of: delimiter))) and quotes")
      }
      try add(fields, parser, text)
    }
    let end = text.position(of: text.count)
    guard members.count > before else {
      throw text.error(
        at: isFirst ? 0 : text.count, expected: "rows of a name and values",
        received: isFirst ? "an empty file" : "the end of the file")
    }
    sources.append(
      TimeSeries.Source(
        file: text.file, digest: text.digest, byteCount: text.storedByteCount, rowCount: members.count - before,
        firstRow: before, lineCount: end.column == 1 ? end.line - 1 : end.line))
  }

  /// Whether a first row names the columns: after its first cell there are texts and no numbers, or numbers that count
  /// the columns.
  private mutating func isHeader(_ fields: [Field], _ parser: NumberParser, _ text: TextBuffer) -> Bool {
    var numbers: [Double] = []
    var textCount = 0
    for field in fields.dropFirst() {
      switch parser.cell(field, in: text) {
      case .number(let value): numbers.append(value)
      case .text: textCount += 1
      case .missing: break
      }
    }
    if numbers.isEmpty { return textCount > 0 }
    let counts =
      numbers.count > 2 && textCount == 0 && (numbers[0] == 0 || numbers[0] == 1)
      && zip(numbers.dropFirst(), numbers).allSatisfy { $0 - $1 == 1 }
    if counts { notes.append("The first row counts the columns, so it is taken for a header.") }
    return counts
  }

  private mutating func add(_ fields: [Field], _ parser: NumberParser, _ text: TextBuffer) throws(DataError) {
    guard !fields[0].isEmpty else {
      throw text.error(
        at: fields[0].start, expected: "the name of a series in the first column", received: "an empty field")
    }
    let id = text.string(fields[0])
    if let earlier = rowOfID.updateValue(members.count + 1, forKey: id) {
      throw text.error(
        at: fields[0].start, expected: "a name that no other series has",
        received: "\(DataError.quoted(id)), the name of series \(earlier) too")
    }
    var values: [Double] = []
    values.reserveCapacity(fields.count - 1)
    for field in fields.dropFirst() {
      switch parser.cell(field, in: text) {
      case .number(let value): values.append(value)
      case .missing: values.append(.nan)
      case .text:
        throw text.error(
          at: field.start, expected: "a number in the series \(DataError.quoted(id))", received: text.quoted(field),
          hint: parser.hint(for: field, in: text))
      }
    }
    guard let first = values.firstIndex(where: { !$0.isNaN }), let last = values.lastIndex(where: { !$0.isNaN }) else {
      throw text.error(
        at: fields[0].end, expected: "values after the name \(DataError.quoted(id))", received: "none",
        hint: "leave the row out")
    }
    valueCount += values.count
    guard valueCount <= options.limits.values else {
      throw text.error(
        at: fields[0].start, expected: "at most \(options.limits.values) values", received: "more",
        hint: "split the file")
    }
    members.append(
      SeriesPanel.Member(
        id: id, series: TimeSeries(columns: [.init(name: "value", values: Array(values[first...last]))]),
        leadingMissing: first))
  }
}
