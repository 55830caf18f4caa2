import RecurrentData
import RecurrentModels
import RecurrentTensor

/// How the model was trained, what the data looked like, and how to do it again.
extension ForecastReport {
  func addTraining(to report: inout HTMLReport) {
    guard !content.epochs.isEmpty || !content.model.isEmpty else { return }
    report.beginSection("Training")
    if let figure = lossFigure { report.add([figure]) }
    if !content.trainingRemarks.isEmpty { report.add(list: content.trainingRemarks.map { Self.sentence($0) }) }
    if let figure = learningRateFigure { report.add([figure]) }
    if !content.model.isEmpty { report.add(Self.table(content.model)) }
  }

  static func table(_ settings: [ForecastReportContent.Setting]) -> ReportTable {
    ReportTable(header: ["setting", "value"], rows: settings.map { [$0.name, $0.value] }, wordColumns: 2)
  }

  private var lossFigure: ReportFigure? {
    let epochs = content.epochs
    guard epochs.count > 1 else { return nil }
    let best = epochs.first { $0.number == content.bestEpoch }
    var summary = "\(epochs.count) epochs"
    if let best {
      let loss = best.validationLoss ?? best.trainingLoss
      summary += "; the weights of epoch \(best.number) were kept, with a loss of \(NumberText.significant(loss, 4))"
    }
    summary += "."
    var chart = LineChart(
      title: "Loss by epoch", summary: summary, xAxis: ChartAxis("epoch", kind: .wholeNumbers), yAxis: ChartAxis("loss")
    )
    let numbers = epochs.map { Double($0.number) }
    chart.series = [
      .init("training part", x: numbers, y: epochs.map(\.trainingLoss), role: .first, isDashed: true)
    ]
    let validation = epochs.map { $0.validationLoss ?? .nan }
    if validation.contains(where: \.isFinite) {
      chart.series.append(.init("validation part", x: numbers, y: validation, role: .model))
    }
    if let best { chart.markers = [.init(x: Double(best.number), label: "kept: epoch \(best.number)")] }
    chart.aspect = 0.3
    let table = ReportTable(
      header: ["epoch", "training", "validation"],
      rows: epochs.map {
        [
          "\($0.number)", NumberText.significant($0.trainingLoss),
          $0.validationLoss.map { NumberText.significant($0) } ?? NumberText.missing,
        ]
      })
    return ReportFigure(chart, caption: summary, table: table.sampled(60))
  }

  func addData(to report: inout HTMLReport) {
    report.beginSection("The data")
    add(shownTargets.map(seriesFigure), folded: "Further targets", to: &report)
    report.add(partTable)
    report.add([rowUseFigure])
    let remarks = dataRemarks
    if !remarks.isEmpty { report.add(list: remarks) }
    add(shownTargets.compactMap(cycleFigure), open: 2, folded: "The cycles of the other targets", to: &report)
    report.addDetails("The columns") { $0.add(columnTable) }
  }

  private var parts: [(name: String, rows: Range<Int>)] {
    [("training", problem.training), ("validation", problem.validation), ("test", problem.test)].filter {
      !$0.1.isEmpty
    }
  }

  private func seriesFigure(target: Int) -> ReportFigure {
    let name = problem.targetNames[target]
    let missing = problem.values[target].count { $0.isNaN }
    let summary =
      "\(name): \(problem.rowCount) rows from \(rows.text(0)) to \(rows.text(problem.rowCount - 1)), "
      + (missing == 0 ? "none missing." : "\(missing) missing.")
    let isWide = problem.targetCount == 1
    var chart = LineChart(
      title: isWide ? "The whole series and its parts" : "\(name)", summary: summary,
      xAxis: ChartAxis(rows.title, kind: rows.kind), yAxis: ChartAxis(name))
    chart.aspect = isWide ? 0.3 : 0.5
    chart.series = [
      .init("", x: rows.positions(0..<problem.rowCount), y: problem.values[target], role: .truth)
    ]
    chart.regions = parts.enumerated().map { index, part in
      let range = rows.position(part.rows.lowerBound)...rows.position(part.rows.upperBound - 1)
      return LineChart.Region(range, label: part.name, isShaded: index % 2 == 1)
    }
    var caption = summary
    if let longest = content.series.gaps.longest, longest.row < problem.rowCount {
      chart.markers = [.init(x: rows.position(longest.row), label: "")]
      caption += " The dashed line marks the longest gap, of \(content.series.grid.text(steps: longest.rowCount))."
    }
    return ReportFigure(chart, caption: caption, table: extremesTable(target), size: isWide ? .full : .half)
  }

  /// What the picture of a whole series shows, part by part.
  private func extremesTable(_ target: Int) -> ReportTable {
    let values = problem.values[target]
    let decimals = NumberText.decimals(for: values.filter { !$0.isNaN }, digits: 5)
    return ReportTable(
      header: ["part", "lowest", "mean", "highest", "missing"],
      rows: parts.map { part in
        let known = values[part.rows].filter { !$0.isNaN }
        let mean = known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
        return [part.name]
          + [known.min() ?? .nan, mean, known.max() ?? .nan].map { NumberText.fixed($0, decimals) }
          + ["\(part.rows.count - known.count)"]
      })
  }

  private var partTable: ReportTable {
    ReportTable(
      header: ["part", "used for", "rows", "from", "to"],
      rows: parts.map { part in
        let use =
          switch part.name {
          case "training": "weights, scalers, baselines"
          case "validation": "when to stop, widths of intervals"
          default: "every score of this report"
          }
        return [
          part.name, use, "\(part.rows.count)", rows.text(part.rows.lowerBound), rows.text(part.rows.upperBound - 1),
        ]
      }, wordColumns: 2)
  }

  private var dataRemarks: [String] {
    // The notes of the reader tell gaps and columns left out.
    var remarks = content.series.notes
    if content.series.timestamps != nil, content.series.gaps.count == 0 {
      remarks.append("No rows are missing from the grid (\(content.series.grid.description)).")
    }
    if let explanation = content.seasonExplanation {
      remarks.append(Self.sentence(explanation))
    } else if let season = problem.season {
      remarks.append("The pattern repeats after \(content.series.grid.text(steps: season)).")
    } else {
      remarks.append("No season.")
    }
    return remarks
  }

  private var columnTable: ReportTable {
    ReportTable(
      header: ["column", "role", "missing", "lowest", "highest"],
      rows: content.series.summary.columns.map { column in
        [
          column.name, Self.roles[column.role] ?? "", "\(column.missingCount)",
          column.minimum.map { NumberText.significant($0) } ?? NumberText.missing,
          column.maximum.map { NumberText.significant($0) } ?? NumberText.missing,
        ]
      }, wordColumns: 2)
  }

  private static let roles: [TimeSeries.Role: String] = [.target: "target", .input: "input", .known: "known ahead"]

  /// The share of the variance that the place in the cycle must explain for a picture of it to mean something.
  private static let leastExplainedShare = 0.2

  /// The share of the variance of grouped values that lies between the means of the groups.
  static func explainedShare(_ groups: [[Double]]) -> Double {
    let count = Double(groups.reduce(0) { $0 + $1.count })
    let mean = groups.joined().reduce(0, +) / count
    let total = groups.joined().reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let between = groups.reduce(0.0) { sum, group in
      let distance = group.reduce(0, +) / Double(group.count) - mean
      return sum + Double(group.count) * distance * distance
    }
    return total > 0 ? between / total : 0
  }

  /// The median at each place of the season on the training part, with the middle half of the values; `nil` without a
  /// season, and where the place in it says little about the value, as in cycles of changing length.
  private func cycleFigure(target: Int) -> ReportFigure? {
    guard let season = problem.season, (2...400).contains(season), problem.training.count >= 2 * season else {
      return nil
    }
    var places = Array(repeating: [Double](), count: season)
    for row in problem.training where !problem.values[target][row].isNaN {
      places[row % season].append(problem.values[target][row])
    }
    // The cycle begins where the series begins.
    let sorted = (0..<season).map { places[(problem.training.lowerBound + $0) % season].sorted() }
    guard sorted.allSatisfy({ !$0.isEmpty }), Self.explainedShare(sorted) >= Self.leastExplainedShare else {
      return nil
    }
    let middle = sorted.map { $0[$0.count / 2] }
    let (lower, upper) = (sorted.map { $0[$0.count / 4] }, sorted.map { $0[$0.count * 3 / 4] })
    let name = problem.targetNames[target]
    let summary =
      "The median of \(name) at each place of the cycle of \(content.series.grid.text(steps: season)) on the training "
      + "part; the band holds the middle half of the values. Place 1 is that of "
      + "\(rows.text(problem.training.lowerBound))."
    var chart = LineChart(
      title: problem.targetCount == 1 ? "The cycle" : "The cycle: \(name)", summary: summary,
      xAxis: ChartAxis("place in the cycle", kind: .wholeNumbers), yAxis: ChartAxis(name))
    let x = (1...season).map(Double.init)
    let isWide = problem.targetCount == 1
    chart.aspect = isWide ? 0.28 : 0.56
    chart.bands = [.init("middle half", x: x, lower: lower, upper: upper, role: .truth)]
    chart.series = [.init("median", x: x, y: middle, role: .truth, showsPoints: season <= 48)]
    let decimals = NumberText.decimals(for: upper, digits: 4)
    let table = ReportTable(
      header: ["place", "lower quarter", "median", "upper quarter"],
      rows: (0..<season).map { place in
        ["\(place + 1)"] + [lower, middle, upper].map { NumberText.fixed($0[place], decimals) }
      })
    return ReportFigure(chart, caption: summary, table: table.sampled(60), size: isWide ? .full : .half)
  }

  func addRepetition(to report: inout HTMLReport) {
    report.beginSection("To do it again")
    report.add(code: content.command)
    report.add(
      paragraph: "The same program, data, options and seed give the same weights, bit for bit.")
    if !content.configuration.isEmpty {
      report.addDetails("Every option") { $0.add(Self.table(content.configuration)) }
    }
  }
}
