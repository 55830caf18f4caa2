extension TimeFormat {
  /// A run of equal characters in the text of a time.
  private enum Token: Equatable {
    case digits(Int)
    case letters(String)
    case mark(String)
  }

  /// The formats that `text` could be written in, most usual first; none if it does not look like a time.
  ///
  /// Numbers without any mark are taken for compact dates, years and Unix times too: whether a column of plain numbers is
  /// a time is for the caller to judge.
  static func candidates(for text: String) -> [TimeFormat] {
    guard text.utf8.count <= 40, let first = text.utf8.first, first.isDigit || first.isLetter else { return [] }
    let tokens = tokens(of: text)
    guard tokens.count <= 20 else { return [] }
    let (datePart, clock) = split(tokens)
    guard let clockPattern = clock.isEmpty ? "" : clockPattern(clock) else { return [] }
    return datePatterns(datePart).compactMap { try? TimeFormat($0 + clockPattern) }
  }

  private static func tokens(of text: String) -> [Token] {
    var tokens: [Token] = []
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9":
        if case .digits(let count) = tokens.last {
          tokens[tokens.count - 1] = .digits(count + 1)
        } else {
          tokens.append(.digits(1))
        }
      case "a"..."z", "A"..."Z":
        let letter = String(scalar)
        if case .letters(let run) = tokens.last {
          tokens[tokens.count - 1] = .letters(run + letter)
        } else {
          tokens.append(.letters(letter))
        }
      default: tokens.append(.mark(String(scalar)))
      }
    }
    return tokens
  }

  /// Cuts the time of day off; its part begins with the mark before the hour.
  private static func split(_ tokens: [Token]) -> (date: ArraySlice<Token>, clock: ArraySlice<Token>) {
    var start: Int?
    if let colon = tokens.firstIndex(of: .mark(":")), colon >= 2 {
      start = colon - 1
    } else if let letter = tokens.firstIndex(of: .letters("T")), letter + 1 < tokens.count {
      start = letter + 1
    } else if let space = tokens.lastIndex(of: .mark(" ")), space >= 5, case .digits(2) = tokens.last,
      tokens.count == space + 2
    {
      start = space + 1
    }
    guard var begin = start else { return (tokens[...], []) }
    while begin > 0, tokens[begin - 1] == .mark(" ") || tokens[begin - 1] == .letters("T") { begin -= 1 }
    return (tokens[..<begin], tokens[begin...])
  }

  /// The pattern of ` 07:30:00.000Z` and its like; nil if it is no time of day.
  private static func clockPattern(_ tokens: ArraySlice<Token>) -> String? {
    var pattern = ""
    var parts: [String] = []
    let hasHalf = tokens.contains { if case .letters(let run) = $0 { isDayHalf(run) } else { false } }
    var isZone = false
    for token in tokens {
      if isZone { continue }
      switch token {
      case .digits(let count):
        let compact = ["HHmmss": 6, "HHmm": 4].first { $0.value == count && parts.isEmpty }
        if let compact {
          parts = ["H", "m", "s"]
          pattern += compact.key
        } else if parts.count < 3, count <= 2 {
          let letter = parts.isEmpty ? (hasHalf ? "h" : "H") : parts.count == 1 ? "mm" : "ss"
          parts.append(letter)
          pattern += letter
        } else if parts.count == 3, pattern.hasSuffix(".") || pattern.hasSuffix(","), count <= 9 {
          parts.append("S")
          pattern += String(repeating: "S", count: count)
        } else {
          return nil
        }
      case .letters(let run):
        if isDayHalf(run) {
          pattern += "a"
        } else if run == "T", parts.isEmpty {
          pattern += "T"
        } else if run.uppercased() == "Z" {
          isZone = true
          pattern += "XXX"
        } else {
          pattern += "'\(run)'"
        }
      case .mark(let mark):
        if !parts.isEmpty, mark == "+" || mark == "-" {
          isZone = true
          pattern += "XXX"
        } else {
          pattern += mark == "'" ? "''" : mark
        }
      }
    }
    return parts.isEmpty ? nil : pattern
  }

  private static func isDayHalf(_ run: String) -> Bool { ["AM", "PM"].contains(run.uppercased()) }

  /// The patterns that the date part could have.
  private static func datePatterns(_ tokens: ArraySlice<Token>) -> [String] {
    var parts: [Token] = []
    var marks: [String] = [""]
    for token in tokens {
      if case .mark(let mark) = token {
        marks[marks.count - 1] += mark == "'" ? "''" : mark
      } else {
        parts.append(token)
        marks.append("")
      }
    }
    guard marks[0].isEmpty, marks[marks.count - 1].isEmpty else { return [] }
    let middle = Array(marks.dropFirst().dropLast())
    return assignments(parts, middle).map { letters in
      zip(letters, [""] + middle).map { $1 + $0 }.joined()
    }
  }

  /// Which part of a date each number or word could be.
  private static func assignments(_ parts: [Token], _ marks: [String]) -> [[String]] {
    func isName(_ token: Token) -> Bool {
      guard case .letters(let run) = token, run.count >= 3 else { return false }
      return monthNames.contains {
        $0.lowercased() == run.lowercased() || $0.prefix(3).lowercased() == run.lowercased()
      }
    }
    let widths = parts.map { if case .digits(let count) = $0 { count } else { 0 } }
    func short(_ index: Int) -> Bool { widths[index] == 1 || widths[index] == 2 }
    switch parts.count {
    case 1:
      let compact: [Int: [String]] = [
        4: ["yyyy"], 6: ["yyyyMM"], 8: ["yyyyMMdd"], 9: ["unix"], 10: ["unix", "yyyyMMddHH"],
        12: ["unixms", "yyyyMMddHHmm"],
        13: ["unixms"], 14: ["yyyyMMddHHmmss"],
      ]
      return (compact[widths[0]] ?? []).map { [$0] }
    case 2:
      if marks[0] == "." { return [] }
      if isName(parts[0]) { return widths[1] == 4 ? [["MMM", "yyyy"]] : widths[1] == 2 ? [["MMM", "yy"]] : [] }
      if isName(parts[1]) { return widths[0] == 4 ? [["yyyy", "MMM"]] : widths[0] == 2 ? [["yy", "MMM"]] : [] }
      if widths[0] == 4, short(1) { return [["yyyy", "M"]] }
      if short(0), widths[1] == 4 { return [["M", "yyyy"]] }
      return 1...3 ~= widths[0] && widths[1] == 2 && marks[0] == "-" ? [["y", "MM"]] : []
    case 3:
      if parts[1] == .letters("Q"), widths[0] == 4, widths[2] == 1 { return [["yyyy", "'Q'", "Q"]] }
      if parts[0] == .letters("Q"), widths[1] == 1, widths[2] == 4 { return [["'Q'", "Q", "yyyy"]] }
      if isName(parts[1]) {
        if short(0) { return widths[2] == 4 ? [["d", "MMM", "yyyy"]] : widths[2] == 2 ? [["d", "MMM", "yy"]] : [] }
        return widths[0] == 4 && short(2) ? [["yyyy", "MMM", "d"]] : []
      }
      if isName(parts[0]) { return short(1) && widths[2] == 4 ? [["MMM", "d", "yyyy"]] : [] }
      if widths[0] == 4, short(1), short(2) { return [["yyyy", "M", "d"], ["yyyy", "d", "M"]] }
      // 01/02 is read month first with slashes, as in files from the United States, and day first with dots and dashes.
      let dayFirst = ["d", "M"]
      let orders = marks[0] == "/" ? [["M", "d"], dayFirst] : [dayFirst, ["M", "d"]]
      if short(0), short(1), widths[2] == 4 { return orders.map { $0 + ["yyyy"] } }
      if short(0), short(1), widths[2] == 2 {
        return orders.map { $0 + ["yy"] } + (widths[0] == 2 ? [["yy", "M", "d"]] : [])
      }
      return []
    default: return []
    }
  }

  /// The variant of this format (leading zeros, long month names, style of zone) that writes most of `texts` as they are.
  func styled(like texts: [String]) -> TimeFormat {
    var best = self
    var bestScore = -1
    for variant in variants() {
      let score = texts.filter { text in
        guard let reading = variant.reading(of: text) else { return false }
        var zoned = variant
        zoned.zoneSeconds = reading.zoneSeconds ?? 0
        return zoned.text(for: Timestamp(secondsSince1970: reading.clockSeconds)) == text
      }.count
      if score > bestScore { (best, bestScore) = (variant, score) }
    }
    return best
  }

  func reading(of text: String) -> Reading? {
    var text = text
    return text.withUTF8 { read($0) }
  }

  /// This format with every choice of style; with leading zeros first.
  private func variants() -> [TimeFormat] {
    var patterns = [""]
    var index = pattern.startIndex
    var isLiteral = false
    while index < pattern.endIndex {
      let character = pattern[index]
      let run = String(pattern[index...].prefix { $0 == character })
      if character == "'" { isLiteral = run.count % 2 == 1 ? !isLiteral : isLiteral }
      var choices = [run]
      if !isLiteral {
        switch run {
        case "M", "d", "H", "h": choices = [run + run, run]
        case "MMM": choices = [run, "MMMM"]
        case "XXX": choices = [run, "xxx", "xx"]
        default: break
        }
      }
      patterns = patterns.flatMap { start in choices.map { start + $0 } }
      index = pattern.index(index, offsetBy: run.count)
    }
    return patterns.compactMap { try? TimeFormat($0) }
  }
}
