extension SeriesReader {
  /// Makes the series of the rows read, each by the name in the first label.
  mutating func panel() throws(DataError) -> SeriesPanel {
    var rowsOfSeries = [[Int]](repeating: [], count: labels[0].texts.count)
    for (row, number) in labels[0].rows.enumerated() { rowsOfSeries[number].append(row) }
    let target = try panelTarget()
    let categories = try labels.dropFirst().map { label throws(DataError) in try sharedTexts(of: label, rowsOfSeries) }
    // The longest series shows best how far apart rows are; the others follow its grid.
    let longest = rowsOfSeries.indices.max { rowsOfSeries[$0].count < rowsOfSeries[$1].count } ?? 0
    let guide = try part(rowsOfSeries[longest], target: target)
    if timeIndex != nil { options.grid = guide.grid }
    var members: [SeriesPanel.Member] = []
    for (number, rows) in rowsOfSeries.enumerated() {
      let series = try number == longest ? guide : part(rows, target: target)
      members.append(
        SeriesPanel.Member(id: labels[0].texts[number], categories: categories.map { $0[number] }, series: series))
    }
    var panel = SeriesPanel(members, categories: labels.dropFirst().map(\.name), grid: guide.grid)
    panel.target = builders[target].name
    panel.sources = sources
    panel.notes = notes
    let gaps = members.map(\.series.gaps.rowCount).filter { $0 > 0 }
    if gaps.isEmpty {
      panel.notes += guide.notes
    } else {
      panel.notes.append(
        "\(gaps.reduce(0, +)) rows of the \(guide.grid) grid are not in the files and count as missing, in "
          + "\(gaps.count) of \(members.count) series.")
    }
    return panel
  }

  /// The column to forecast: the one asked for, or the only one of numbers.
  private func panelTarget() throws(DataError) -> Int {
    let file = sources.first?.file
    let names = builders.map(\.name)
    let taken = Set(labels.compactMap(\.column) + [timeIndex, hours?.column].compactMap(\.self))
    if let targets = options.targets {
      guard targets.count == 1, let name = targets.first else {
        throw DataError(
          file: file, line: 1, column: 1, expected: "one column to forecast of many series (--target)",
          received: Self.list(targets))
      }
      guard let index = names.firstIndex(of: name) else {
        throw Self.missingColumn(name, names, file: file, option: "--target")
      }
      guard !taken.contains(index) else {
        throw DataError(
          file: file, line: 1, column: 1, expected: "a target that is a column of numbers",
          received: "\(DataError.quoted(name)), a column of names or times")
      }
      return index
    }
    let numeric = builders.indices.filter { !taken.contains($0) && builders[$0].numberCount > builders[$0].textCount }
    guard numeric.count == 1 else {
      throw DataError(
        file: file, line: 1, column: 1, expected: "one column of numbers, or the name of the one to forecast",
        received: numeric.isEmpty ? "none" : Self.list(numeric.map { names[$0] }),
        hint: "name the column with --target")
    }
    return numeric[0]
  }

  /// The text of a category for each series, which all its rows share.
  private func sharedTexts(of label: LabelColumn, _ rowsOfSeries: [[Int]]) throws(DataError) -> [String] {
    try rowsOfSeries.enumerated().map { number, rows throws(DataError) in
      let first = label.rows[rows[0]]
      if let other = rows.first(where: { label.rows[$0] != first }), let column = label.column {
        let series = DataError.quoted(labels[0].texts[number])
        var error = DataError(
          file: sources.last?.file,
          expected: "\(DataError.quoted(label.texts[first])) in all rows of the series \(series)",
          received: DataError.quoted(label.texts[label.rows[other]]),
          hint: "a category tells series apart; leave it out if it changes with time")
        if let place = place(ofRow: other, column: column) {
          error = texts[place.file].error(
            at: place.field.start, expected: error.expected, received: error.received, hint: error.hint)
        }
        throw error
      }
      return label.texts[first]
    }
  }

  /// The series of some rows, with the column of times and the target alone.
  private func part(_ rows: [Int], target: Int) throws(DataError) -> TimeSeries {
    var part = self
    part.labels = []
    part.notes = []
    part.hours = nil
    part.origin = (rows, timeIndex)
    part.firstBackward = nil
    let chosen = [timeIndex, target].compactMap(\.self)
    part.builders = chosen.map { index in
      var builder = builders[index]
      builder.values = rows.map { builders[index].values[$0] }
      return builder
    }
    if timeIndex != nil {
      part.timeIndex = 0
      part.times = rows.map { times[$0] }
      part.firstBackward = part.times.indices.dropFirst().first { part.times[$0] <= part.times[$0 - 1] }
    }
    part.options.targets = [builders[target].name]
    part.options.requiredColumns = [builders[target].name]
    return try part.assemble()
  }
}
