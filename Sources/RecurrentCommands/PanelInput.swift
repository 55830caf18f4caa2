import Recurrent

/// The many series that a command line speaks of.
struct PanelInput {
  /// All rows of the files, which forecasts continue.
  let whole: SeriesPanel
  /// The rows to learn from: all of them with a file of its own as test part, else all but the last ones.
  let history: SeriesPanel
  /// What followed each series of `history`, `[series][step]`; nil where nothing is known.
  let truth: [[Double]?]
  /// SHA-256 of all files.
  let digest: String

  /// Reads the files of `train forecast`.
  ///
  /// - Throws: `DataError` with the place of what is wrong.
  init(_ options: ForecastOptions, form: SeriesPanel.Form) throws {
    let reading = ReadingOptions(options)
    whole = try SeriesPanel(contentsOf: options.data, form: form, options: reading)
    if let test = options.test {
      history = whole
      var following = reading
      following.targets = whole.target.map { [$0] }
      following.grid = whole.grid == .rows ? nil : whole.grid
      let outcomes = try SeriesPanel(contentsOf: [test], form: form.namesAlone, options: following)
      truth = try whole.outcomes(in: outcomes, horizon: options.horizon)
      var all = whole
      all.sources += outcomes.sources
      digest = all.digest
    } else {
      digest = whole.digest
      let horizon = options.horizon
      let shorter = whole.droppingLast(horizon)
      history = shorter
      guard !shorter.members.isEmpty else {
        throw whole.error(
          expected: "series of more than \(horizon) rows, the last of which are the test part",
          received: "shorter ones",
          hint: "choose a shorter --horizon")
      }
      let kept = Set(shorter.members.map(\.id))
      truth = whole.members.filter { kept.contains($0.id) }.map { Array($0.values.suffix(horizon)) }
    }
  }

  /// How the files were understood, a line each.
  var description: [String] {
    let lengths = whole.members.map(\.series.rowCount)
    let least = lengths.min() ?? 0, most = lengths.max() ?? 0
    var lines = [
      "\(whole.members.count) series of \(least == most ? "\(least)" : "\(least) to \(most)") rows, \(whole.grid)"
    ]
    if let target = whole.target { lines.append("to forecast: \(target)") }
    if !whole.categories.isEmpty { lines.append("categories: " + whole.categories.joined(separator: ", ")) }
    if !whole.statics.isEmpty { lines.append("static columns: " + whole.statics.joined(separator: ", ")) }
    return lines + whole.notes
  }
}

extension SeriesPanel.Form {
  /// The columns of texts that all rows of a series share.
  var categories: [String] {
    if case .long(_, let categories, _) = self { categories } else { [] }
  }

  /// The columns of numbers that all rows of a series share.
  var statics: [String] {
    if case .long(_, _, let statics) = self { statics } else { [] }
  }

  /// The form of a file that need not hold again what tells series apart beside their names.
  var namesAlone: SeriesPanel.Form {
    if case .long(let id, _, _) = self { .long(id: id) } else { self }
  }
}
