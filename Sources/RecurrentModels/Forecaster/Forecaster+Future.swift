public import RecurrentData

/// What a forecaster needs of a series to continue it, and of the rows that follow.
extension Forecaster {
  /// The names of the columns that have to be known for the rows to be forecast.
  public var knownNames: [String] { encoders.known?.codes.map(\.name) ?? [] }

  /// Whether a series has the columns, times and rows that forecasts need.
  public func canContinue(_ series: TimeSeries) -> Bool { (try? checkColumns(of: series)) != nil }

  /// Remarks on categories of some rows that the training part does not have; they count as no category.
  public func remarks(on series: TimeSeries, rows: Range<Int>) -> [String] { encoders.remarks(on: series, rows: rows) }

  /// Refuses a series that lacks what forecasts need.
  func checkColumns(of series: TimeSeries) throws(DataError) {
    let names = series.columns.map(\.name)
    guard names == encoders.columns else {
      throw series.error(
        expected: "the columns \(encoders.columns.joined(separator: ", "))", received: names.joined(separator: ", "),
        hint: "name the columns as in the data the model was trained with, in that order")
    }
    guard series.rowCount >= fewestRows else {
      throw series.error(expected: "at least \(fewestRows) rows: what the model sees", received: "\(series.rowCount)")
    }
    guard series.timestamps != nil || encoders.calendar.cycles.isEmpty else {
      throw series.error(expected: "times, which the model was trained with", received: "rows without times")
    }
  }

  /// A series with the rows to be forecast at its end, where known columns have values and the others none.
  ///
  /// - Parameters:
  ///   - series: The series to continue.
  ///   - future: The known columns of the rows that follow.
  /// - Returns: The series itself for a forecaster without known columns.
  /// - Throws: `DataError` that says which rows and times are expected and what was received.
  public func continued(_ series: TimeSeries, by future: TimeSeries?) throws(DataError) -> TimeSeries {
    try encoders.continued(series, by: future, horizon: configuration.horizon)
  }
}

extension ForecastOutline {
  /// Refuses rows to come that a forecaster could not forecast from, before any training.
  ///
  /// - Parameters:
  ///   - future: The known columns of the rows that follow.
  ///   - series: The series of this outline.
  /// - Throws: `DataError` that says which rows and times are expected and what was received.
  public func check(_ future: TimeSeries, after series: TimeSeries) throws(DataError) {
    _ = try encoders.continued(series, by: future, horizon: horizon)
  }
}

extension ForecastEncoders {
  /// A series with the rows to be forecast at its end, where known columns have values and the others none.
  fileprivate func continued(
    _ series: TimeSeries, by future: TimeSeries?, horizon: Int
  ) throws(DataError) -> TimeSeries {
    guard let known else {
      guard let future else { return series }
      throw future.error(
        expected: "no rows to come: the model has no columns that are known for them",
        received: "\(future.rowCount) rows", hint: "leave them out, or train with --known")
    }
    let times = series.nextTimeTexts(horizon)
    let span = horizon == 1 ? "the row \(times[0])" : "\(horizon) rows, \(times[0]) to \(times[horizon - 1])"
    let names = known.codes.map(\.name).joined(separator: ", ")
    guard let future else {
      throw DataError(
        expected: "the columns known for the rows to be forecast (\(names)): \(span)", received: "no such rows",
        hint: "give a file of them with --future FILE")
    }
    for name in known.codes.map(\.name) where future[name] == nil {
      throw future.error(
        expected: "the column \(DataError.quoted(name)) for \(span)",
        received: "the columns " + future.columns.map(\.name).joined(separator: ", "))
    }
    let first = try firstRow(of: future, after: series, expected: span)
    guard first + horizon <= future.rowCount else {
      let count = future.rowCount - first
      throw future.error(
        expected: span,
        received: "\(count) \(count == 1 ? "row" : "rows"), up to \(future.timeText(row: future.rowCount - 1))",
        hint: "add the known columns of the rows that lack")
    }
    return try series.appending(future, rows: first..<first + horizon, known: known.positions)
  }

  /// The row of `future` that follows a series.
  private func firstRow(of future: TimeSeries, after series: TimeSeries, expected: String) throws(DataError) -> Int {
    guard let next = series.nextTimestamps(1)?.first else { return 0 }
    guard let times = future.timestamps else {
      throw future.error(
        expected: "\(expected), with their times", received: "rows without times",
        hint: "give the rows a column of times as the training file has")
    }
    let isFound: (Timestamp) -> Bool =
      if case .rows = series.grid.step { { $0 > series.timestamps?.last ?? next } } else { { $0 == next } }
    guard let first = times.firstIndex(where: isFound) else {
      throw future.error(
        atRow: 0, expected: expected,
        received: times.isEmpty
          ? "no rows" : "rows from \(future.timeText(row: 0)) to \(future.timeText(row: times.count - 1))",
        hint: "the first row has to follow the last one known, \(series.timeText(row: series.rowCount - 1))")
    }
    return first
  }
}

extension TimeSeries {
  /// The series with some rows of another one at its end: values in the known columns, none in the others.
  fileprivate func appending(_ future: TimeSeries, rows: Range<Int>, known: [Int]) throws(DataError) -> TimeSeries {
    var whole = self
    for index in columns.indices {
      let name = columns[index].name
      guard known.contains(index), let other = future.columns.first(where: { $0.name == name }) else {
        whole.columns[index].values += rows.map { _ in Double.nan }
        continue
      }
      for row in rows {
        guard let label = other.category(row: row) else {
          throw future.error(
            atRow: row, expected: "a value of \(DataError.quoted(name)) at \(future.timeText(row: row))",
            received: "none", hint: "every known column needs a value in every row to be forecast")
        }
        guard columns[index].categories != nil else {
          whole.columns[index].values.append(other.values[row])
          continue
        }
        let place = whole.columns[index].categories?.firstIndex(of: label)
        whole.columns[index].values.append(Double(place ?? whole.columns[index].categories?.count ?? 0))
        if place == nil { whole.columns[index].categories?.append(label) }
      }
    }
    if timestamps != nil { whole.timestamps? += rows.compactMap { future.timestamps?[$0] } }
    return whole
  }

  /// An error that points at the line of a row, where that can be told.
  func error(atRow row: Int, expected: String, received: String, hint: String) -> DataError {
    var error = error(expected: expected, received: received, hint: hint)
    if let source = sources.last, sources.count == 1, gaps.count == 0,
      (0...1).contains(source.lineCount - source.rowCount)
    {
      error.line = source.lineCount - source.rowCount + row + 1
    }
    return error
  }
}
