import RecurrentModels
import RecurrentTensor

/// What comes next, and what the model said where the truth is known.
extension ForecastReport {
  func addNextValues(to report: inout HTMLReport) {
    report.beginSection("The next values")
    guard let next = content.next else {
      return report.add(paragraph: "They need the known columns of their rows: predict with --future FILE.")
    }
    add(shownTargets.map { nextFigure(next, target: $0) }, folded: "Further targets", to: &report)
    let table = nextTable(next)
    if table.rows.count > 24 {
      report.addDetails("All \(table.rows.count) values in a table") { $0.add(table) }
    } else {
      report.add(table)
    }
  }

  /// The rows before the end of the series that give the eye something to go by.
  private var contextRows: Range<Int> {
    let count = max(3 * problem.horizon, min(problem.season ?? 0, 8 * problem.horizon), 24)
    return max(0, problem.rowCount - count)..<problem.rowCount
  }

  private func nextFigure(_ next: ForecastReportContent.NextValues, target: Int) -> ReportFigure {
    let name = problem.targetNames[target]
    let future = problem.rowCount..<problem.rowCount + problem.horizon
    let point = values(next.point, target: target)
    var chart = LineChart(
      title: problem.targetCount == 1 ? "What comes after \(rows.text(problem.rowCount - 1))" : name,
      summary: nextSummary(name, point), xAxis: ChartAxis(rows.title, kind: rows.kind), yAxis: ChartAxis(name))
    chart.bands = next.intervals.reversed().map { interval in
      LineChart.Band(
        "\(NumberText.percent(interval.level, decimals: 0)) interval", x: rows.positions(future),
        lower: values(interval.lower, target: target), upper: values(interval.upper, target: target), role: .model)
    }
    let known = contextRows
    let observed = Array(problem.values[target][known])
    chart.series = [
      .init("forecast", x: rows.positions(future), y: point, role: .model, showsPoints: problem.horizon <= 48),
      .init("observed", x: rows.positions(known), y: observed, role: .truth),
    ]
    // A thin line leads the eye from the last known value to the first forecast.
    if let last = observed.last, let first = point.first {
      let ends = [future.lowerBound - 1, future.lowerBound].map(rows.position)
      chart.series.append(.init("", x: ends, y: [last, first], role: .muted))
    }
    let isWide = problem.targetCount == 1
    if !isWide { chart.aspect = 0.56 }
    return ReportFigure(
      chart, caption: nextSummary(name, point), table: isWide ? nil : nextTable(next, of: target),
      size: isWide ? .full : .half)
  }

  private func nextSummary(_ name: String, _ point: [Double]) -> String {
    let future = problem.rowCount..<problem.rowCount + problem.horizon
    guard let first = point.first, let last = point.last, let low = point.min(), let high = point.max() else {
      return ""
    }
    let range = problem.horizon > 2 ? ", between \(short(low)) and \(short(high))" : ""
    return "\(name) from \(short(first)) at \(rows.text(future.lowerBound)) to \(short(last)) at "
      + "\(rows.text(future.upperBound - 1))\(range)."
  }

  private func short(_ value: Double) -> String { NumberText.significant(value, 4) }

  private func nextTable(_ next: ForecastReportContent.NextValues) -> ReportTable {
    if problem.targetCount == 1 { return nextTable(next, of: 0) }
    let targets = 0..<problem.targetCount
    let columns = targets.map { values(next.point, target: $0) }
    let decimals = columns.map { NumberText.decimals(for: $0, digits: 4) }
    return ReportTable(
      header: ["time"] + problem.targetNames,
      rows: (0..<problem.horizon).map { step in
        [rows.text(problem.rowCount + step)]
          + targets.map { NumberText.fixed(columns[$0][step], decimals[$0]) }
      })
  }

  private func nextTable(_ next: ForecastReportContent.NextValues, of target: Int) -> ReportTable {
    let point = values(next.point, target: target)
    let bounds = next.intervals.map {
      (level: $0.level, lower: values($0.lower, target: target), upper: values($0.upper, target: target))
    }
    let decimals = NumberText.decimals(for: point, digits: 4)
    let names = bounds.flatMap { bound in
      let level = NumberText.percent(bound.level, decimals: 0)
      return ["\(level) from", "\(level) to"]
    }
    return ReportTable(
      header: ["time", problem.targetNames[target]] + names,
      rows: point.indices.map { step in
        [rows.text(problem.rowCount + step), NumberText.fixed(point[step], decimals)]
          + bounds.flatMap {
            [NumberText.fixed($0.lower[step], decimals), NumberText.fixed($0.upper[step], decimals)]
          }
      })
  }
}

/// Forecasts of the test part beside the truth.
extension ForecastReport {
  func addTestForecasts(to report: inout HTMLReport) {
    let windows = [
      ("Best", content.samples.best), ("Median", content.samples.median), ("Worst", content.samples.worst),
    ].compactMap { name, window in window.map { (name, $0) } }
    guard !windows.isEmpty else { return }
    report.beginSection("Forecasts of the test part, beside what happened")
    report.add(
      paragraph: "The model had not seen these rows. Best, median and worst are by the mean absolute error"
        + (problem.targetCount > 1 ? " of all targets, each scaled by its spread." : "."))
    let figures = shownTargets.flatMap { target in
      windows.map { windowFigure($0.0, $0.1, target: target) }
    }
    report.add(Array(figures.prefix(windows.count)))
    if problem.targetCount > 1 {
      report.addDetails("The same forecasts for the other targets") {
        $0.add(Array(figures.dropFirst(windows.count)))
      }
    }
    add(
      shownTargets.flatMap { [scatterFigure(target: $0), errorFigure(target: $0)] }, open: 2,
      folded: "Forecast and truth of the other targets", to: &report)
  }

  private func windowFigure(_ name: String, _ window: ForecastWindow, target: Int) -> ReportFigure {
    let column = problem.targetNames[target]
    let end = window.origin + problem.horizon
    let context = max(0, window.origin - max(problem.horizon, 12))..<window.origin
    let truth = values(window.truth, target: target)
    let forecast = values(window.forecast, target: target)
    let errors = zip(truth, forecast).map { abs($0 - $1) }.filter(\.isFinite)
    let error = errors.isEmpty ? .nan : errors.reduce(0, +) / Double(errors.count)
    let summary =
      "\(column) from \(rows.text(window.origin)) to \(rows.text(end - 1)): mean absolute error \(short(error))."
    var chart = LineChart(
      title: problem.targetCount == 1 ? name : "\(name): \(column)", summary: summary,
      xAxis: ChartAxis(rows.title, kind: rows.kind), yAxis: ChartAxis(column))
    chart.aspect = 0.68
    let steps = rows.positions(window.origin..<end)
    if let lower = window.lower, let upper = window.upper {
      chart.bands = [
        .init(
          "\(NumberText.percent(evaluation.level, decimals: 0)) interval", x: steps,
          lower: values(lower, target: target), upper: values(upper, target: target), role: .model)
      ]
    }
    let all = context.lowerBound..<end
    chart.series = [
      .init("forecast", x: steps, y: forecast, role: .model),
      .init("truth", x: rows.positions(all), y: Array(problem.values[target][all]), role: .truth),
    ]
    let decimals = NumberText.decimals(for: truth + forecast, digits: 4)
    return ReportFigure(
      chart, caption: summary,
      table: ReportTable(
        header: ["time", "truth", "forecast"],
        rows: truth.indices.map {
          [
            rows.text(window.origin + $0), NumberText.fixed(truth[$0], decimals),
            NumberText.fixed(forecast[$0], decimals),
          ]
        }), size: .third)
  }

  private func scatterFigure(target: Int) -> ReportFigure {
    let name = problem.targetNames[target]
    let pairs = content.samples.pairs.filter { $0.target == target }
    let (truth, forecast) = (pairs.map(\.truth), pairs.map(\.forecast))
    let correlation = Self.correlation(truth, forecast)
    let summary =
      "\(pairs.count) forecasts of \(name) against the truth; on the dashed diagonal both are equal"
      + (correlation.map { ". Correlation \(NumberText.fixed($0, 3))." } ?? ".")
    let chart = ScatterChart(
      title: problem.targetCount == 1 ? "Forecast against truth" : "Forecast against truth: \(name)",
      summary: summary, xAxis: ChartAxis("truth"), yAxis: ChartAxis("forecast"), x: truth, y: forecast)
    return ReportFigure(chart, caption: summary, table: scatterTable(pairs), size: .half)
  }

  private func errorFigure(target: Int) -> ReportFigure {
    let name = problem.targetNames[target]
    let errors = content.samples.pairs.filter { $0.target == target }.map { $0.forecast - $0.truth }
    let mean = errors.isEmpty ? .nan : errors.reduce(0, +) / Double(errors.count)
    let side = mean > 0 ? "above" : "below"
    let summary = "Forecasts of \(name) lie \(short(abs(mean))) \(side) the truth on average."
    var chart = HistogramChart(
      title: problem.targetCount == 1 ? "Errors" : "Errors: \(name)", summary: summary,
      xAxis: ChartAxis("forecast - truth"), values: errors)
    chart.marker = .init(x: 0, label: "")
    let decimals = NumberText.decimals(for: chart.edges, digits: 3)
    return ReportFigure(
      chart, caption: summary,
      table: ReportTable(
        header: ["from", "to", "number"],
        rows: chart.counts.indices.map {
          [
            NumberText.fixed(chart.edges[$0], decimals), NumberText.fixed(chart.edges[$0 + 1], decimals),
            "\(chart.counts[$0])",
          ]
        }, wordColumns: 0), size: .half)
  }

  /// The mean forecast for each tenth of the truth: what a scatter plot shows, in numbers.
  private func scatterTable(_ pairs: [ForecastPair]) -> ReportTable? {
    let sorted = pairs.sorted { $0.truth < $1.truth }
    guard sorted.count >= 10 else { return nil }
    let parts = (0..<10).map { sorted[$0 * sorted.count / 10..<($0 + 1) * sorted.count / 10] }
    let means = parts.map { part in
      let count = Double(part.count)
      return (part.map(\.truth).reduce(0, +) / count, part.map(\.forecast).reduce(0, +) / count)
    }
    let decimals = NumberText.decimals(for: means.map(\.0), digits: 4)
    return ReportTable(
      header: ["tenth of the truth", "mean truth", "mean forecast"],
      rows: means.enumerated().map {
        ["\($0.offset + 1)", NumberText.fixed($0.element.0, decimals), NumberText.fixed($0.element.1, decimals)]
      })
  }

  /// Pearson's correlation; `nil` where one side does not vary.
  static func correlation(_ x: [Double], _ y: [Double]) -> Double? {
    let count = Double(x.count)
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(x, y) {
      xx += (x - meanX) * (x - meanX)
      yy += (y - meanY) * (y - meanY)
      xy += (x - meanX) * (y - meanY)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
  }
}
