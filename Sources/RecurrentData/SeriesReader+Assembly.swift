extension SeriesReader {
  /// Makes the series of the rows read: direction, grid and gaps, then the choice of columns and their roles.
  mutating func assemble() throws(DataError) -> TimeSeries {
    settleCategories()
    try settleDirection()
    settleZone()
    var grid = Grid.rows
    var gaps = GapReport()
    if timeIndex != nil {
      grid = try findGrid()
      if options.fillsGaps, grid != .rows { gaps = try fillGaps(grid) }
    } else if let frequency = options.frequency, frequency != "rows" {
      notes.append("No column holds times, so the frequency \(frequency) is not used.")
    }
    var columns: [TimeSeries.Column] = []
    let leftOut = try chooseColumns(&columns)
    var series = TimeSeries(
      columns: columns, timestamps: timeIndex == nil ? nil : times, grid: grid, timeFormat: timeFormat)
    series.timeColumn = timeIndex.map { builders[$0].name }
    series.gaps = gaps
    series.leftOutColumns = leftOut
    series.sources = sources
    series.notes = notes + gapNotes(series)
    series.notes += Self.notes(onLeftOut: leftOut)
    return series
  }

  /// Turns files that run from the newest row to the oldest; refuses any other disorder.
  private mutating func settleDirection() throws(DataError) {
    guard let row = firstBackward else { return }
    isReversed = times.count > (isNewestFirst ? 1 : 2) && zip(times.dropFirst(), times).allSatisfy { $0 < $1 }
    if isReversed {
      times.reverse()
      for index in builders.indices { builders[index].values.reverse() }
      for index in sources.indices {
        sources[index].firstRow = times.count - sources[index].firstRow - sources[index].rowCount
      }
      if origin == nil { notes.append("The rows run from the newest to the oldest and were turned around.") }
      return
    }
    let isEqual = times[row] == times[row - 1]
    let place = timePlace(ofRow: row)
    let received = place.map { texts[$0.file].quoted($0.field) } ?? DataError.quoted(times[row].description)
    throw error(
      atTimeOfRow: row, expected: "a time after \(timeFormat!.text(for: onOwnClock(times[row - 1])))",
      received: "\(received), \(isEqual ? "the same time again" : "an earlier one")",
      hint: "sort the rows and leave each time once; give --time none to count rows instead")
  }

  private func onOwnClock(_ time: Timestamp) -> Timestamp {
    Timestamp(secondsSince1970: time.secondsSince1970 + Int64(zonesDiffer ? 0 : zone ?? 0))
  }

  /// Times are kept on the file's own clock; where its zone changes, on that of Greenwich.
  private mutating func settleZone() {
    guard timeFormat?.hasZone == true else { return }
    if zonesDiffer {
      notes.append("Times stand in different zones and were brought to UTC.")
    } else if let zone, zone != 0 {
      for index in times.indices { times[index].secondsSince1970 += Int64(zone) }
      timeFormat?.zoneSeconds = zone
    }
  }

  private mutating func findGrid() throws(DataError) -> Grid {
    let format = timeFormat!
    if let given = options.grid { return try checked(given) }
    if let frequency = options.frequency {
      var grid = try Grid(named: frequency)
      if case .months = grid.step {
        let areEnds = times.allSatisfy { $0.date.day == CivilDate.daysInMonth($0.date.month, ofYear: $0.date.year) }
        grid.dayOfMonth = areEnds ? 31 : times.map { $0.date.day }.max()
      }
      return try checked(grid)
    }
    switch Grid.find(times, resolution: format.resolution) {
    case .regular(let grid):
      if times.count == 1 { notes.append("One row does not show how far apart rows are; \(grid) is assumed.") }
      guard isMostlyEmpty(grid) else { return grid }
      notes.append(
        "More than half of the rows of \(Self.article(grid)) grid would be missing, so rows are counted; "
          + "--frequency sets a grid.")
      return .rows
    case .broken(let grid, let row): throw offGrid(grid, row)
    case .irregular:
      notes.append("The times are not evenly spaced, so rows are counted; --frequency sets a grid.")
      return .rows
    }
  }

  /// Whether a grid has more rows missing than there are, in many places: bars of trading hours, for example.
  private func isMostlyEmpty(_ grid: Grid) -> Bool {
    var missing = 0
    var gaps = 0
    for row in times.indices.dropFirst() {
      let steps = grid.steps(from: times[row - 1], to: times[row]) ?? 1
      missing += steps - 1
      gaps += steps > 1 ? 1 : 0
    }
    return missing > times.count && gaps * 20 > times.count && gaps > 1
  }

  private static func article(_ grid: Grid) -> String {
    let name = grid.description
    return (name.hasPrefix("hourly") || name.hasPrefix("every") ? "an " : "a ") + name
  }

  private func checked(_ grid: Grid) throws(DataError) -> Grid {
    if grid == .rows { return grid }
    for row in times.indices where grid.steps(from: times[0], to: times[row]) == nil { throw offGrid(grid, row) }
    for row in times.indices.dropFirst() where grid.steps(from: times[row - 1], to: times[row]) == 0 {
      throw offGrid(grid, row)
    }
    return grid
  }

  private func offGrid(_ grid: Grid, _ row: Int) -> DataError {
    let before = row > 0 ? grid.timestamp(1, after: times[row - 1]) : nil
    let expected = before.map { "\(timeFormat!.text(for: $0)) or a later time on the \(grid) grid" }
    return error(
      atTimeOfRow: row, expected: expected ?? "a time on the \(grid) grid",
      received: DataError.quoted(timeFormat!.text(for: times[row])),
      hint: "mend the row, give another --frequency, or --time none to count rows")
  }

  /// An error that points at the time of a row; the place is found by reading once more.
  private func error(atTimeOfRow row: Int, expected: String, received: String, hint: String) -> DataError {
    guard let place = timePlace(ofRow: row) else {
      return DataError(file: sources.last?.file, expected: expected, received: received, hint: hint)
    }
    return texts[place.file].error(at: place.field.start, expected: expected, received: received, hint: hint)
  }

  /// Where the time of a row stands.
  private func timePlace(ofRow row: Int) -> Place? {
    let numbered = isReversed ? times.count - 1 - row : row
    let column = origin.map(\.timeColumn) ?? timeIndex
    return column.flatMap { place(ofRow: origin?.rowNumbers[numbered] ?? numbered, column: $0) }
  }

  /// Where a cell stands, found by reading once more: by its row, counted over all files in their order, and column.
  func place(ofRow row: Int, column: Int) -> Place? {
    var rest = row
    for (file, source) in sources.enumerated() {
      if rest >= source.rowCount {
        rest -= source.rowCount
        continue
      }
      var scanner = RecordScanner(texts[file], delimiter: dialects[file].delimiter, limits: options.limits)
      var fields: [Field] = []
      rest += dialects[file].hasHeader ? 1 : 0
      while (try? scanner.next(into: &fields)) == true {
        if fields.count == 1, fields[0].isEmpty, builders.count > 1 || origin != nil { continue }
        if rest == 0 { return column < fields.count ? Place(file: file, field: fields[column]) : nil }
        rest -= 1
      }
    }
    return nil
  }

  /// Puts in the rows that the grid has and the files do not.
  private mutating func fillGaps(_ grid: Grid) throws(DataError) -> GapReport {
    var report = GapReport()
    let bound = max(1000, times.count * options.limits.gapFactor)
    var positions = [0]
    positions.reserveCapacity(times.count)
    for row in times.indices.dropFirst() {
      let steps = grid.steps(from: times[row - 1], to: times[row])!
      let position = positions[row - 1] + steps
      if steps > 1 {
        let start = grid.timestamp(1, after: times[row - 1])!
        report.add(GapReport.Gap(row: positions[row - 1] + 1, start: start, rowCount: steps - 1))
      }
      guard report.rowCount <= bound, (position + 1) * builders.count <= options.limits.values else {
        throw error(
          atTimeOfRow: row, expected: "\(Self.article(grid)) grid with at most \(bound) missing rows",
          received: "\(DataError.quoted(timeFormat!.text(for: times[row]))), \(report.rowCount) rows missing before it",
          hint: "cut the file at the gap, give another --frequency, or --time none to count rows")
      }
      positions.append(position)
    }
    guard report.rowCount > 0 else { return report }
    for index in sources.indices { sources[index].firstRow = positions[sources[index].firstRow] }
    let total = positions[positions.count - 1] + 1
    for index in builders.indices {
      var values = [Double](repeating: .nan, count: total)
      for (row, position) in positions.enumerated() { values[position] = builders[index].values[row] }
      builders[index].values = values
    }
    var filled = [Timestamp](repeating: times[0], count: total)
    for row in times.indices {
      filled[positions[row]] = times[row]
      let end = row + 1 < times.count ? positions[row + 1] : total
      for position in positions[row] + 1..<max(end, positions[row] + 1) {
        filled[position] = grid.timestamp(position - positions[row], after: times[row])!
      }
    }
    times = filled
    return report
  }

  /// A sentence for each reason.
  private static func notes(onLeftOut columns: [TimeSeries.LeftOutColumn]) -> [String] {
    var reasons: [String] = []
    for column in columns where !reasons.contains(column.reason) { reasons.append(column.reason) }
    return reasons.map { reason in
      let names = columns.filter { $0.reason == reason }.map { DataError.quoted($0.name) }
      return names.count == 1
        ? "Column \(names[0]) is left out: \(reason)." : "Columns \(list(names)) are left out, each because \(reason)."
    }
  }

  private func gapNotes(_ series: TimeSeries) -> [String] {
    guard let first = series.gaps.first, let longest = series.gaps.longest else { return [] }
    let gaps = series.gaps
    var note =
      "\(gaps.rowCount) of \(series.rowCount) rows of the \(series.grid) grid are not in the file and count as missing"
    note += gaps.count == 1 ? ", in one gap" : ", in \(gaps.count) gaps"
    note += ": the first at \(series.timeText(first.start))"
    if longest != first { note += ", the longest of \(longest.rowCount) at \(series.timeText(longest.start))" }
    return [note + "."]
  }
}
