/// How one file separates columns, writes decimals, and whether its first line names the columns.
struct Dialect: Equatable {
  var delimiter: UInt8
  var decimalMark: UInt8
  var hasHeader: Bool

  /// A delimiter in words.
  static func name(of delimiter: UInt8) -> String {
    switch delimiter {
    case .comma: "a comma"
    case .semicolon: "a semicolon"
    case .tab: "a tab"
    default: DataError.quoted(String(UnicodeScalar(delimiter)))
    }
  }
}

/// The first records of a file, from which its dialect and its time column are found.
struct Sample {
  /// Records in the order of the file; blank lines are left out.
  private(set) var records: [[Field]] = []

  /// Collects at most `recordLimit` records and about 200,000 fields; stops quietly where the text is malformed, because
  /// the reader proper will name that place.
  init(_ text: TextBuffer, delimiter: UInt8, limits: ReadingLimits, recordLimit: Int, byteLimit: Int = 1 << 22) {
    var scanner = RecordScanner(text, delimiter: delimiter, limits: limits)
    var fields: [Field] = []
    var fieldCount = 0
    while records.count < recordLimit, fieldCount < 200_000, scanner.position < byteLimit {
      guard (try? scanner.next(into: &fields)) == true else { break }
      if fields.count == 1, fields[0].isEmpty, !fields[0].isQuoted { continue }
      records.append(fields)
      fieldCount += fields.count
    }
  }

  /// The cells of one column below the header.
  func column(_ index: Int, skippingHeader: Bool) -> [Field] {
    records.dropFirst(skippingHeader ? 1 : 0).compactMap { index < $0.count ? $0[index] : nil }
  }
}

extension Dialect {
  /// Finds the delimiter: the one of tab, semicolon and comma by which the first records agree best in their number of
  /// columns; comma where nothing separates.
  static func findDelimiter(_ text: TextBuffer, limits: ReadingLimits) -> UInt8 {
    var best: (delimiter: UInt8, agreement: Double) = (.comma, 0)
    for delimiter in [UInt8.tab, .semicolon, .comma] {
      let sample = Sample(text, delimiter: delimiter, limits: limits, recordLimit: 200, byteLimit: 1 << 16)
      var votes: [Int: Int] = [:]
      for record in sample.records where record.count > 1 { votes[record.count, default: 0] += 1 }
      guard let most = votes.values.max() else { continue }
      let agreement = Double(most) / Double(sample.records.count)
      if agreement > best.agreement { best = (delimiter, agreement) }
    }
    return best.delimiter
  }

  /// Finds the decimal mark: a comma if the columns are not separated by commas, some cell reads as a number with a
  /// comma and none reads as a number with a point. Behind tabs, `1,234` is taken for thousands.
  static func findDecimalMark(_ text: TextBuffer, _ sample: Sample, delimiter: UInt8) -> UInt8 {
    guard delimiter != .comma, let base = text.bytes.baseAddress else { return .point }
    let withPoint = NumberParser(decimalMark: .point)
    let withComma = NumberParser(decimalMark: .comma)
    var hasComma = false
    for record in sample.records {
      for field in record where field.end - field.start <= 64 {
        let (start, count) = (base + field.start, field.end - field.start)
        let cell = UnsafeBufferPointer(start: start, count: count)
        if cell.contains(.point), withPoint.number(start, count) != nil { return .point }
        if !hasComma, cell.contains(.comma), withComma.number(start, count) != nil {
          let unsigned = text.string(field).drop { $0 == "-" || $0 == "+" }
          hasComma = delimiter == .semicolon || !NumberParser.looksGrouped(String(unsigned), by: ",")
        }
      }
    }
    return hasComma ? .comma : .point
  }

  /// Decides whether the first record names the columns.
  ///
  /// A column votes for a header if its first cell is text and most cells below are numbers or times, and against it if
  /// the first cell is of the same kind as those below. A text above times decides alone.
  static func findHeader(_ text: TextBuffer, _ sample: Sample, decimalMark: UInt8) -> Bool {
    guard let first = sample.records.first else { return false }
    let parser = NumberParser(decimalMark: decimalMark)
    var votesFor = 0
    var votesAgainst = 0
    var hasText = false
    for (index, head) in first.enumerated() {
      let below = sample.column(index, skippingHeader: true).prefix(50)
      switch parser.cell(head, in: text) {
      case .missing: continue
      case .number: votesAgainst += 1
      case .text:
        hasText = true
        let known = below.filter { parser.cell($0, in: text) != .missing }
        let numbers = known.filter { parser.cell($0, in: text) != .text }.count
        if numbers * 2 > known.count {
          votesFor += 1
          continue
        }
        // Times stand in one of the first columns; asking further columns would only cost time.
        if index >= 20 { continue }
        if TimeFormat.candidates(for: text.string(head)).contains(where: { $0.matches(head, in: text) }) {
          votesAgainst += 1
          continue
        }
        let times = known.filter { field in
          TimeFormat.candidates(for: text.string(field)).contains { $0.matches(field, in: text) }
        }
        if !known.isEmpty, times.count * 2 > known.count { return true }
      }
    }
    return votesFor > votesAgainst || (votesFor + votesAgainst == 0 && hasText)
  }
}
