extension SeriesReader {
  /// Chooses the columns of the series and gives them their roles.
  ///
  /// A column with more text than numbers is left out; text in a column of numbers is an error with its place. Columns
  /// that say nothing (empty, constant, counting the rows) are left out unless they are asked for.
  mutating func chooseColumns(_ columns: inout [TimeSeries.Column]) throws(DataError) -> [TimeSeries.LeftOutColumn] {
    let names = builders.map(\.name)
    let file = sources.first?.file
    for name in options.targets ?? [] where !names.contains(name) {
      throw Self.missingColumn(name, names, file: file, option: "--target")
    }
    for name in options.requiredColumns ?? [] where !names.contains(name) {
      throw Self.missingColumn(name, names, file: file, option: "a column of the model")
    }
    for (option, given) in [
      ("--known", options.known), ("--past", options.past ?? []), ("--category", options.categories),
    ] {
      for name in given where !names.contains(name) {
        throw Self.missingColumn(name, names, file: file, option: option)
      }
    }
    if let timeIndex, options.targets?.contains(names[timeIndex]) == true || mayHoldCategories(names[timeIndex]) {
      let isTarget = options.targets?.contains(names[timeIndex]) == true
      throw DataError(
        file: file, line: 1, column: 1,
        expected: isTarget ? "a target that is a column of numbers" : "an input that is a column of values",
        received: "\(DataError.quoted(names[timeIndex])), the column of the times")
    }
    var leftOut: [TimeSeries.LeftOutColumn] = []
    var constant: [Int] = []
    for index in builders.indices where index != timeIndex {
      let builder = builders[index]
      let isTarget = options.targets?.contains(builder.name) ?? false
      let isKnown = options.known.contains(builder.name)
      let isPast =
        options.past?.contains(builder.name) ?? false
        || !isTarget && !isKnown && options.categories.contains(builder.name)
      let isAskedFor = isTarget || isKnown || isPast || options.requiredColumns?.contains(builder.name) ?? false
      if index == hours?.column, !isAskedFor {
        leftOut.append(TimeSeries.LeftOutColumn(name: builder.name, reason: "it is a part of the time"))
        continue
      }
      if options.targets != nil, options.past != nil, !isAskedFor {
        leftOut.append(TimeSeries.LeftOutColumn(name: builder.name, reason: "it is not named as an input"))
        continue
      }
      if let reason = try reasonToLeaveOut(builder, isAskedFor: isAskedFor) {
        leftOut.append(TimeSeries.LeftOutColumn(name: builder.name, reason: reason))
        continue
      }
      if options.requiredColumns != nil, !isAskedFor {
        leftOut.append(TimeSeries.LeftOutColumn(name: builder.name, reason: "the model does not use it"))
        continue
      }
      if !isAskedFor, isConstant(builder.values) { constant.append(columns.count) }
      let role: TimeSeries.Role =
        isKnown ? .known : isPast ? .input : options.targets == nil || isTarget ? .target : .input
      columns.append(
        TimeSeries.Column(name: builder.name, role: role, values: builder.values, categories: builder.categoryNames))
      builders[index].values = []
    }
    leaveOutIdle(&columns, constant, &leftOut)
    if let required = options.requiredColumns {
      columns.sort { required.firstIndex(of: $0.name) ?? 0 < required.firstIndex(of: $1.name) ?? 0 }
    }
    guard !columns.isEmpty else { throw noNumbers() }
    return leftOut
  }

  /// Why a column cannot be used; nil if it can.
  private func reasonToLeaveOut(_ builder: ColumnBuilder, isAskedFor: Bool) throws(DataError) -> String? {
    if isAskedFor || builder.numberCount > builder.textCount { try checkNumbers(builder) }
    if builder.textCount > 0 { return "it holds text" }
    if builder.numberCount > 0 { return nil }
    if options.targets?.contains(builder.name) == true {
      throw DataError(
        file: sources.first?.file, line: 1, column: 1,
        expected: "values in the target \(DataError.quoted(builder.name))", received: "a column without any value")
    }
    return isAskedFor ? nil : "it holds no value"
  }

  /// Refuses text in a column of numbers.
  func checkNumbers(_ builder: ColumnBuilder) throws(DataError) {
    guard let place = builder.firstText else { return }
    let text = texts[place.file]
    let parser = NumberParser(decimalMark: dialects[place.file].decimalMark)
    throw text.error(
      at: place.field.start, expected: "a number in the column \(DataError.quoted(builder.name))",
      received: text.quoted(place.field), hint: parser.hint(for: place.field, in: text))
  }

  private func isConstant(_ values: [Double]) -> Bool {
    guard let first = values.first(where: { !$0.isNaN }) else { return true }
    return values.allSatisfy { $0 == first || $0.isNaN }
  }

  /// Leaves out constant columns and those that count the rows, as long as another column remains.
  private func leaveOutIdle(
    _ columns: inout [TimeSeries.Column], _ constant: [Int], _ leftOut: inout [TimeSeries.LeftOutColumn]
  ) {
    var reasons: [Int: String] = [:]
    for index in constant { reasons[index] = "all its values are equal" }
    for (index, column) in columns.enumerated() where options.requiredColumns == nil {
      let isAskedFor = options.targets?.contains(column.name) ?? false || mayHoldCategories(column.name)
      if !isAskedFor, columns.count > 1, countsRows(column.values) { reasons[index] = "it counts the rows" }
    }
    guard reasons.count < columns.count else { return }
    for (index, column) in columns.enumerated() {
      if let reason = reasons[index] {
        leftOut.append(TimeSeries.LeftOutColumn(name: column.name, reason: reason))
      }
    }
    columns = columns.enumerated().filter { reasons[$0.offset] == nil }.map(\.element)
  }

  private func countsRows(_ values: [Double]) -> Bool {
    let known = values.filter { !$0.isNaN }
    guard known.count > 9, known[0] == 0 || known[0] == 1 else { return false }
    return zip(known.dropFirst(), known).allSatisfy { $0 - $1 == 1 }
  }

  private func noNumbers() -> DataError {
    let place = builders.lazy.compactMap(\.firstText).first
    let hint = "the file needs at least one column of numbers"
    guard let place else {
      return DataError(
        file: sources.first?.file, line: 1, column: 1, expected: "a column of numbers",
        received: "columns without any value", hint: hint)
    }
    let text = texts[place.file]
    return text.error(
      at: place.field.start, expected: "a column of numbers", received: "\(text.quoted(place.field)) and other text",
      hint: hint)
  }
}
