extension TimeColumnFinder {
  /// The position of a column that is named as hours are.
  private var hourColumn: Int? {
    names.firstIndex { ["hr", "hour", "hours"].contains($0.lowercased()) }
  }

  /// The format given, or its date alone where the column holds only that and the hour stands in a column of its own.
  func givenFormat(_ pattern: String, _ cells: [Field]) throws(DataError) -> TimeFormat {
    let format = try TimeFormat(pattern)
    guard pattern.hasSuffix(Self.hourSuffix), hourColumn != nil, let first = cells.first,
      !format.matches(first, in: text)
    else { return format }
    let date = try TimeFormat(String(pattern.dropLast(Self.hourSuffix.count)))
    return date.matches(first, in: text) ? date : format
  }

  private static let hourSuffix = " HH"

  /// Adds the column of hours to a column of days whose days repeat, or that was given with hours.
  func addingHours(_ finding: Finding) throws(DataError) -> Finding {
    guard finding.format.resolution == .day, let hour = hourColumn, hour != finding.column else { return finding }
    let isGiven = options.timeFormat.map { $0 != finding.format.pattern } ?? false
    let days = sample.column(finding.column, skippingHeader: dialect.hasHeader)
    let repeats = zip(days.dropFirst(), days).contains { pair in
      guard let day = finding.format.read(pair.0, in: text) else { return false }
      return day == finding.format.read(pair.1, in: text)
    }
    let hours = sample.column(hour, skippingHeader: dialect.hasHeader)
    guard isGiven || repeats, hours.allSatisfy({ Self.hour(in: $0, of: text) != nil }) else { return finding }
    var result = finding
    result.format = try TimeFormat(finding.format.pattern + Self.hourSuffix)
    result.hours = (column: hour, dateFormat: finding.format)
    result.notes.append(
      "The time of a row is the day in the column \(DataError.quoted(names[finding.column])) and the hour in "
        + "\(DataError.quoted(names[hour])).")
    return result
  }

  /// An hour from 0 to 23, or nil.
  static func hour(in field: Field, of text: TextBuffer) -> Int? {
    guard let base = text.bytes.baseAddress,
      let value = NumberParser().number(base + field.start, field.end - field.start),
      let hour = Int(exactly: value), 0...23 ~= hour
    else { return nil }
    return hour
  }
}
