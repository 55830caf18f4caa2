/// Finds the column that holds the times and the format they are written in.
struct TimeColumnFinder {
  let text: TextBuffer
  let sample: Sample
  let dialect: Dialect
  let names: [String]
  let options: ReadingOptions
  /// Columns that tell series apart, whatever they look like.
  var labels: [Int] = []

  struct Finding {
    var column: Int
    var format: TimeFormat
    var notes: [String] = []
    /// The column of the hours, where the time column tells only days in `dateFormat`.
    var hours: (column: Int, dateFormat: TimeFormat)?
  }

  /// The time column; nil if there is none. Every shape of time is judged by the first 2,000 rows, an order of day and
  /// month that they leave open by many more.
  func find() throws(DataError) -> Finding? {
    switch options.timeColumn {
    case .none: return nil
    case .named(let name):
      guard let column = names.firstIndex(of: name) else {
        throw SeriesReader.missingColumn(name, names, file: text.file, option: "--time")
      }
      return try finding(in: column, formats: formats(ofNamed: column))
    case .found:
      for column in names.indices.prefix(100) where !labels.contains(column) {
        let formats = try formats(ofUnnamed: column)
        if !formats.isEmpty { return try finding(in: column, formats: formats) }
      }
      if options.timeFormat != nil {
        throw text.error(
          at: sample.column(0, skippingHeader: dialect.hasHeader).first?.start ?? 0,
          expected: "a column of times written as \(options.timeFormat ?? "")", received: "none",
          hint: "name the column with --time")
      }
      return nil
    }
  }

  private func cells(_ column: Int) -> [Field] {
    sample.column(column, skippingHeader: dialect.hasHeader).filter { !isMissing($0) }
  }

  private func isMissing(_ field: Field) -> Bool {
    NumberParser.isMissing(text.bytes.baseAddress! + field.start, field.end - field.start)
  }

  private func formats(ofNamed column: Int) throws(DataError) -> [TimeFormat] {
    let cells = cells(column)
    if let pattern = options.timeFormat { return [try givenFormat(pattern, cells)] }
    let formats = bestFormats(cells)
    guard formats.isEmpty else { return formats }
    guard let first = cells.first ?? sample.column(column, skippingHeader: dialect.hasHeader).first else { return [] }
    throw text.error(
      at: first.start, expected: "a time in the column \(DataError.quoted(names[column]))",
      received: text.quoted(first),
      hint: "tell how times are written with --time-format, for example yyyy-MM-dd HH:mm")
  }

  private func formats(ofUnnamed column: Int) throws(DataError) -> [TimeFormat] {
    let cells = cells(column)
    if let pattern = options.timeFormat {
      let format = try givenFormat(pattern, cells)
      return share(of: cells, in: format) >= 0.5 ? [format] : []
    }
    guard let first = cells.first else { return [] }
    let formats = bestFormats(cells)
    guard let format = formats.first else { return [] }
    let parser = NumberParser(decimalMark: dialect.decimalMark)
    if case .number = parser.cell(first, in: text) {
      return isPlausibleNumber(format, cells, column) ? [format] : []
    }
    return formats
  }

  private static let timeNames: Set<String> = [
    "ds", "year", "month", "day", "week", "quarter", "period", "hour", "unix", "epoch", "ts", "t",
  ]

  /// Whether plain numbers are times: they must grow in equal steps for the most part, and the column must come first or
  /// have the name of a time.
  private func isPlausibleNumber(_ format: TimeFormat, _ cells: [Field], _ column: Int) -> Bool {
    let name = names[column].lowercased()
    let hasName = name.contains("date") || name.contains("time") || Self.timeNames.contains(name)
    guard hasName || column == 0, cells.count > 1 else { return false }
    let times = cells.compactMap { format.read($0, in: text)?.clockSeconds }
    let growing = zip(times.dropFirst(), times).count { $0 > $1 }
    guard growing * 10 >= (times.count - 1) * 9 else { return false }
    switch format.pattern {
    case "yyyy":
      let years = times.map { Timestamp(secondsSince1970: $0).date.year }
      let steps = zip(years.dropFirst(), years).count { $0 - $1 == 1 }
      return hasName || (years.allSatisfy { 1500...2200 ~= $0 } && steps * 10 >= (years.count - 1) * 9)
    case "unix", "unixms": return hasName || !dialect.hasHeader
    default: return times.allSatisfy { 1500...2200 ~= Timestamp(secondsSince1970: $0).date.year }
    }
  }

  /// The share of `cells` written in `format`.
  private func share(of cells: [Field], in format: TimeFormat) -> Double {
    cells.isEmpty ? 0 : Double(cells.count { format.matches($0, in: text) }) / Double(cells.count)
  }

  /// The formats in which most of `cells` are written: at least four fifths, of few cells half.
  private func bestFormats(_ cells: [Field]) -> [TimeFormat] {
    guard !cells.isEmpty else { return [] }
    var candidates: [TimeFormat] = []
    for index in [0, 1, 2, cells.count / 2, cells.count - 1] where index < cells.count {
      guard cells[index].end - cells[index].start <= 64 else { continue }
      for candidate in TimeFormat.candidates(for: text.string(cells[index])) where !candidates.contains(candidate) {
        candidates.append(candidate)
      }
    }
    let shares = candidates.map { share(of: cells, in: $0) }
    guard let best = shares.max(), best >= (cells.count < 5 ? 0.5 : 0.8) else { return [] }
    let fitting = zip(candidates, shares).filter { $0.1 == best }.map(\.0)
    // A year at the start is followed by the month, unless that gives no dates.
    let withMonth = fitting.filter {
      !$0.pattern.hasPrefix("yyyy") || order($0) == "year-month-day" || order($0).isEmpty
    }
    return withMonth.isEmpty ? fitting : withMonth
  }

  private func finding(in column: Int, formats: [TimeFormat]) throws(DataError) -> Finding? {
    guard let first = formats.first else { return nil }
    if options.timeFormat != nil { return try addingHours(Finding(column: column, format: first)) }
    let cells = cells(column)
    let texts = cells.prefix(300).map { text.string($0) }
    let (chosen, reason) = formats.count == 1 ? (first, certainty(first)) : try choose(formats, column)
    let format = chosen.styled(like: texts)
    let note = reason.map { "Times are read in the order \(order(format)) (\(format.pattern)), \($0)." }
    return try addingHours(Finding(column: column, format: format, notes: note.map { [$0] } ?? []))
  }

  private static func isAmbiguousKind(_ format: TimeFormat) -> Bool {
    ["d/M", "M/d", "d-M", "M-d", "d.M", "M.d", "d M", "M d", "yyyy-d", "yyyy/d"].contains {
      format.pattern.contains($0)
    }
      && !format.pattern.hasPrefix("yyyy-M") && !format.pattern.hasPrefix("yyyy/M") && !format.pattern.contains("MMM")
      && !format.pattern.hasPrefix("yy-M")
  }

  private func order(_ format: TimeFormat) -> String {
    let pattern = format.pattern
    guard let day = pattern.firstIndex(of: "d"), let month = pattern.firstIndex(of: "M"),
      let year = pattern.firstIndex(of: "y")
    else { return "" }
    return [(day, "day"), (month, "month"), (year, "year")].sorted { $0.0 < $1.0 }.map(\.1).joined(separator: "-")
  }

  private static let onlyDates = "because other orders do not give dates"

  /// What is said about an order of day and month that the sample settled; nil where there is but one order.
  private func certainty(_ format: TimeFormat) -> String? {
    Self.isAmbiguousKind(format) ? Self.onlyDates : nil
  }

  /// Chooses between orders of day and month: by the failures of each over the file, then by times that grow, then by
  /// even spacing; what still fits both is decided by habit and said aloud.
  private func choose(_ formats: [TimeFormat], _ column: Int) throws(DataError) -> (TimeFormat, String?) {
    var times = [[Timestamp]](repeating: [], count: formats.count)
    var failures = [Int](repeating: 0, count: formats.count)
    var scanner = RecordScanner(text, delimiter: dialect.delimiter, limits: options.limits)
    var fields: [Field] = []
    var rows = 0
    if dialect.hasHeader { _ = try scanner.next(into: &fields) }
    while rows < 200_000, try scanner.next(into: &fields) {
      guard column < fields.count, !isMissing(fields[column]) else { continue }
      rows += 1
      for (index, format) in formats.enumerated() {
        if let reading = format.read(fields[column], in: text) {
          times[index].append(Timestamp(secondsSince1970: reading.clockSeconds))
        } else {
          failures[index] += 1
        }
      }
    }
    var left = Array(formats.indices)
    func keep(_ scores: [Int], _ reason: String) -> (TimeFormat, String?)? {
      let best = left.map { scores[$0] }.min()!
      left = left.filter { scores[$0] == best }
      return left.count == 1 ? (formats[left[0]], reason) : nil
    }
    if let choice = keep(failures, Self.onlyDates) { return choice }
    let reversals = times.map { list in
      let backward = zip(list.dropFirst(), list).count { $0 <= $1 }
      return min(backward, zip(list.dropFirst(), list).count { $0 >= $1 })
    }
    if let choice = keep(reversals, "because only so the times keep their direction") { return choice }
    let unevenness = times.map { list in
      var counts: [Int64: Int] = [:]
      for (next, last) in zip(list.dropFirst(), list) {
        counts[next.secondsSince1970 - last.secondsSince1970, default: 0] += 1
      }
      if reversals.allSatisfy({ $0 == 0 }), list.count > 1, list[0] < list[1],
        case .regular(let grid) = Grid.find(list, resolution: formats[0].resolution),
        let steps = grid.steps(from: list[0], to: list[list.count - 1])
      {
        return steps + 1 - list.count
      }
      return list.count - (counts.values.max() ?? 0)
    }
    if let choice = keep(unevenness, "because only so the rows are evenly spaced") { return choice }
    return (formats[left[0]], "though another order fits as well; --time-format tells the right one")
  }
}
