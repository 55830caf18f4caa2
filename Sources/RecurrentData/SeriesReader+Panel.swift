extension SeriesReader {
  /// Makes the series of the rows read, each by the name in the first label.
  mutating func panel() throws(DataError) -> SeriesPanel {
    var rowsOfSeries = [[Int]](repeating: [], count: labels[0].texts.count)
    for (row, number) in labels[0].rows.enumerated() { rowsOfSeries[number].append(row) }
    let target = try panelTarget()
    let categories = try labels.dropFirst().map { label throws(DataError) in try sharedTexts(of: label, rowsOfSeries) }
    let numbers = try statics.map { name throws(DataError) in
      try sharedNumbers(in: name, rowsOfSeries, target: target)
    }
    // The longest series shows best how far apart rows are; the others follow its grid and its direction.
    let longest = rowsOfSeries.indices.max { rowsOfSeries[$0].count < rowsOfSeries[$1].count } ?? 0
    let guide = try part(rowsOfSeries[longest], target: target)
    if timeIndex != nil { options.grid = guide.series.grid }
    isNewestFirst = guide.isReversed
    var members: [SeriesPanel.Member] = []
    var turned = 0
    for (number, rows) in rowsOfSeries.enumerated() {
      let (series, isReversed) = try number == longest ? guide : part(rows, target: target)
      turned += isReversed ? 1 : 0
      members.append(
        SeriesPanel.Member(
          id: labels[0].texts[number], categories: categories.map { $0[number] }, statics: numbers.map { $0[number] },
          series: series))
    }
    var panel = SeriesPanel(
      members, categories: labels.dropFirst().map(\.name), statics: statics, grid: guide.series.grid)
    panel.target = builders[target].name
    panel.sources = sources
    panel.notes = notes
    if turned > 0 {
      let which = turned < members.count ? "of \(turned) of \(members.count) series " : ""
      panel.notes.append("The rows \(which)run from the newest to the oldest and were turned around.")
    }
    let gaps = members.map(\.series.gaps.rowCount).filter { $0 > 0 }
    if gaps.isEmpty {
      panel.notes += guide.series.notes
    } else {
      panel.notes.append(
        "\(gaps.reduce(0, +)) rows of the \(guide.series.grid) grid are not in the files and count as missing, in "
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
    let numeric = builders.indices.filter {
      !taken.contains($0) && !statics.contains(names[$0]) && builders[$0].numberCount > builders[$0].textCount
    }
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
        throw changed(
          "category", from: DataError.quoted(label.texts[first]), to: DataError.quoted(label.texts[label.rows[other]]),
          series: number, row: other, column: column)
      }
      return label.texts[first]
    }
  }

  /// The number in a static column for each series, which all its rows share; NaN where no row has one.
  private func sharedNumbers(
    in name: String, _ rowsOfSeries: [[Int]], target: Int
  ) throws(DataError) -> [Double] {
    let names = builders.map(\.name), file = sources.first?.file
    guard let column = names.firstIndex(of: name) else {
      throw Self.missingColumn(name, names, file: file, option: "--static")
    }
    guard !(labels.compactMap(\.column) + [timeIndex, hours?.column, target].compactMap(\.self)).contains(column) else {
      throw DataError(
        file: file, line: 1, column: 1, expected: "a static column of numbers beside names, times and the target",
        received: DataError.quoted(name))
    }
    try checkNumbers(builders[column])
    let values = builders[column].values
    return try rowsOfSeries.enumerated().map { number, rows throws(DataError) in
      guard let first = rows.first(where: { !values[$0].isNaN }) else { return .nan }
      if let other = rows.first(where: { !values[$0].isNaN && values[$0] != values[first] }) {
        throw changed(
          "static column", from: CategoryLabels.text(of: values[first]), to: CategoryLabels.text(of: values[other]),
          series: number, row: other, column: column)
      }
      return values[first]
    }
  }

  /// The error that what all rows of a series should share is another in one of them.
  private func changed(
    _ kind: String, from first: String, to other: String, series: Int, row: Int, column: Int
  ) -> DataError {
    let error = DataError(
      file: sources.last?.file,
      expected: "\(first) in all rows of the series \(DataError.quoted(labels[0].texts[series]))", received: other,
      hint: "a \(kind) tells series apart; leave it out if it changes with time")
    guard let place = place(ofRow: row, column: column) else { return error }
    return texts[place.file].error(
      at: place.field.start, expected: error.expected, received: error.received, hint: error.hint)
  }

  /// The series of some rows, with the column of times and the target alone, and whether its rows were turned around.
  /// Its files are the panel's: where its rows stand there no range tells.
  private func part(_ rows: [Int], target: Int) throws(DataError) -> (series: TimeSeries, isReversed: Bool) {
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
    var series = try part.assemble()
    series.sources = []
    return (series, part.isReversed)
  }
}
