extension SeriesPanel {
  /// What followed each series, as a file of its own tells: a row of a wide file, or rows with later times.
  ///
  /// - Parameters:
  ///   - truth: The file that was read; its series have names of this panel.
  ///   - horizon: How many rows after the last one are taken.
  /// - Returns: `[member][step]`, NaN where not known; nil for a series the truth says nothing about.
  /// - Throws: `DataError` if a name is none of this panel, or if nothing follows a series.
  public func outcomes(in truth: SeriesPanel, horizon: Int) throws(DataError) -> [[Double]?] {
    let file = truth.sources.first?.file
    var positions: [String: Int] = [:]
    for (index, member) in members.enumerated() { positions[member.id] = index }
    var outcomes = [[Double]?](repeating: nil, count: members.count)
    for other in truth.members {
      guard let position = positions[other.id] else {
        throw DataError(
          file: file, line: 1, column: 1, expected: "a true value for series of the history only",
          received: "the series \(DataError.quoted(other.id)), which the history does not have",
          hint: "name the file the truth continues as the history")
      }
      let series = members[position].series
      guard let last = series.timestamps?.last, let times = other.series.timestamps else {
        let values = [Double](repeating: .nan, count: other.leadingMissing) + other.values
        outcomes[position] = Self.padded(Array(values.prefix(horizon)), to: horizon)
        continue
      }
      var values = [Double](repeating: .nan, count: horizon)
      var (isFound, rows) = (false, 0)
      for (time, value) in zip(times, other.values) where time > last {
        rows += 1
        // Without a grid, rows follow one another as they stand.
        let step = grid == .rows ? rows : grid.steps(from: last, to: time)
        guard let step, step <= horizon else { continue }
        values[step - 1] = value
        isFound = true
      }
      guard isFound else {
        throw DataError(
          file: file, line: 1, column: 1,
          expected:
            "rows of the series \(DataError.quoted(other.id)) after \(series.timeText(last)), within the horizon",
          received: "none", hint: "name the file the truth continues as the history")
      }
      outcomes[position] = values
    }
    return outcomes
  }

  private static func padded(_ values: [Double], to count: Int) -> [Double] {
    values + [Double](repeating: .nan, count: count - values.count)
  }

  /// The panel with a stretch of rows cut off the end of every series; series left without a value are dropped.
  ///
  /// - Parameter count: The rows cut off.
  /// - Returns: The shorter series.
  public func droppingLast(_ count: Int) -> SeriesPanel {
    var copy = self
    copy.members = members.compactMap { member in
      guard member.series.rowCount > count else { return nil }
      var member = member
      member.series = member.series[0..<member.series.rowCount - count]
      return member.values.contains { !$0.isNaN } ? member : nil
    }
    return copy
  }

  /// The last rows of every series.
  ///
  /// - Parameter count: The rows.
  /// - Returns: `[member][row]`; fewer rows of a series that is shorter.
  public func lastRows(_ count: Int) -> [[Double]] { members.map { Array($0.values.suffix(count)) } }
}
