public import RecurrentModels
import RecurrentTensor

/// The report of a forecaster of many series: the verdict, how skill is spread over the series, the worst of them.
public struct PanelReport: Sendable {
  private let judged: PanelEvaluation
  private let description, warnings: [String]
  private let command: String
  private let model, configuration: [ForecastReportContent.Setting]
  private let horizon: String
  private let files: [String]

  /// Makes the report of a run.
  ///
  /// - Parameters:
  ///   - judged: The judgement of the series.
  ///   - description: How the files were understood and what was chosen, a line each.
  ///   - warnings: What the reader should know before using the model.
  ///   - command: The command that repeats the run.
  ///   - model: Facts about the model.
  ///   - configuration: Every option with its value.
  ///   - horizon: The length of a forecast, in words.
  ///   - files: The names of the files.
  public init(
    judged: PanelEvaluation, description: [String], warnings: [String], command: String,
    model: [ForecastReportContent.Setting], configuration: [ForecastReportContent.Setting], horizon: String,
    files: [String]
  ) {
    (self.judged, self.description, self.warnings, self.command) = (judged, description, warnings, command)
    (self.model, self.configuration, self.horizon, self.files) = (model, configuration, horizon, files)
  }

  /// The file.
  public var html: String {
    var report = HTMLReport(
      title: "\(judged.summary.count) series, \(horizon) ahead", subtitle: files.joined(separator: ", "))
    addVerdict(to: &report)
    addSkill(to: &report)
    addWorst(to: &report)
    addScores(to: &report)
    report.beginSection("Data and model")
    report.add(list: description.map { ForecastReport.sentence($0) })
    report.add(ForecastReport.table(model))
    report.beginSection("To do it again")
    report.add(code: command)
    report.add(paragraph: "The same program, data, options and seed give the same weights, bit for bit.")
    report.addDetails("Every option") { $0.add(ForecastReport.table(configuration)) }
    return report.html
  }

  private func addVerdict(to report: inout HTMLReport) {
    let verdict = judged.evaluation.verdict
    let (word, rest) = ForecastReport.headline(verdict.sentence)
    report.addStatement(word, rest, tone: verdict.kind == .better ? .good : .neutral)
    let overall = judged.evaluation.metrics.overall
    func text(_ value: Double?) -> String { value.map { NumberText.significant($0, 3) } ?? NumberText.missing }
    var facts = [
      HTMLReport.Fact("Symmetric percentage error", text(overall.smape), note: "percent, mean over series and steps"),
      HTMLReport.Fact("Scaled by season (MASE)", text(overall.mase), note: "each series by its own history"),
      HTMLReport.Fact(
        "Better than the reference", NumberText.percent(judged.summary.betterShare, decimals: 0),
        note: "of \(judged.summary.count) series"),
    ]
    if let coverage = overall.coverage {
      facts.append(
        .init(
          "Coverage", NumberText.percent(coverage),
          note: "of the \(NumberText.percent(judged.evaluation.level, decimals: 0)) interval"))
    }
    report.add(facts)
    guard !warnings.isEmpty else { return }
    report.beginSection("Warnings")
    report.add(list: warnings)
  }

  /// Skills below this stand in the first stretch of the picture: a few hopeless series would hide all others.
  private static let leastShown = -1.0

  private func addSkill(to report: inout HTMLReport) {
    report.beginSection("Distribution of skill")
    report.add(
      paragraph: "The skill of a series is 1 less the model's mean absolute error divided by that of the reference, "
        + "\(judged.referenceTitle), the best simple forecast over all series. Above zero the model is better; 1 would be "
        + "no error.")
    let known = judged.skills.compactMap(\.self)
    let cut = known.count { $0 < Self.leastShown }
    let summary =
      "\(NumberText.percent(judged.summary.betterShare, decimals: 0)) of \(judged.summary.count) series have a skill "
      + "above zero." + (cut > 0 ? " \(cut) below \(Int(Self.leastShown)) stand in the first stretch." : "")
    var chart = HistogramChart(
      title: "Skill over series", summary: summary, xAxis: ChartAxis("skill"),
      values: known.map { max($0, Self.leastShown) })
    chart.unit = "series"
    chart.marker = .init(x: 0, label: "as good")
    let quantiles = ReportTable(
      header: ["share of series", "skill at least"],
      rows: judged.summary.skillQuantiles.map {
        [NumberText.percent(1 - $0.probability, decimals: 0), NumberText.fixed($0.skill, 3)]
      })
    report.add([ReportFigure(chart, caption: summary, table: quantiles, size: .half)])
    report.add(quantiles)
    guard !judged.summary.groups.isEmpty else { return }
    report.add(paragraph: "By category:")
    report.add(
      ReportTable(
        header: ["category", "text", "series", "sMAPE", "MASE", "median skill"],
        rows: judged.summary.groups.map { group in
          [group.category, group.text, "\(group.count)"] + numbers([group.smape, group.mase, group.medianSkill])
        }, wordColumns: 2))
  }

  private func numbers(_ values: [Double?]) -> [String] {
    values.map { $0.map { NumberText.significant($0, 3) } ?? NumberText.missing }
  }

  private func addWorst(to report: inout HTMLReport) {
    report.beginSection("The worst \(judged.worst.count)")
    report.add(
      paragraph: "The series with the largest scaled error. Look at their last rows: a jump that nothing announced "
        + "cannot be forecast, a fault in the data can be mended.")
    report.add(
      ReportTable(
        header: ["series", "sMAPE", "MASE", "skill"],
        rows: judged.worst.map { [$0.id] + numbers([$0.scores.smape, $0.scores.mase, $0.skill]) }))
    report.add(judged.worst.map(figure))
  }

  private func figure(_ sample: PanelEvaluation.Sample) -> ReportFigure {
    let summary =
      "The last \(sample.history.count) rows of \(sample.id), what followed, and the forecast with its "
      + "\(NumberText.percent(judged.evaluation.level, decimals: 0)) interval."
    let past = (1 - sample.history.count...0).map(Double.init)
    let ahead = sample.truth.indices.map { Double($0 + 1) }
    var chart = LineChart(
      title: sample.id, summary: summary, xAxis: ChartAxis("rows from the last known one", kind: .wholeNumbers),
      yAxis: ChartAxis(""))
    chart.aspect = 0.56
    chart.series = [
      .init("forecast", x: ahead, y: sample.forecast, role: .model),
      .init("truth", x: past + ahead, y: sample.history + sample.truth, role: .truth),
    ]
    chart.bands = [.init("interval", x: ahead, lower: sample.lower, upper: sample.upper, role: .model)]
    chart.markers = [.init(x: 0, label: "")]
    return ReportFigure(chart, caption: "", size: .half)
  }

  private func addScores(to report: inout HTMLReport) {
    report.beginSection("Beside simple forecasts")
    let evaluation = judged.evaluation
    let forecasters =
      [(ForecasterNames.model, evaluation.metrics.overall)]
      + evaluation.baselines.map { (ForecasterNames.name(of: $0.key), $0.metrics.overall) }
    report.add(
      ReportTable(
        header: ["forecaster", "sMAPE", "MASE", "scaled absolute error"],
        rows: forecasters.map { [$0.0] + numbers([$0.1.smape, $0.1.mase, $0.1.scaledMAE]) }, emphasizedRows: [0]))
    let steps = evaluation.metrics.byStep.map { $0.mase ?? .nan }
    guard steps.count > 1 else { return }
    var chart = LineChart(
      title: "Error by step of the horizon", summary: "The mean scaled error of each step.",
      xAxis: ChartAxis("steps ahead", kind: .wholeNumbers), yAxis: ChartAxis("MASE", includesZero: true))
    chart.aspect = 0.62
    let x = (1...steps.count).map(Double.init)
    chart.series = [.init(ForecasterNames.model, x: x, y: steps, role: .model)]
    for (index, baseline) in evaluation.baselines.enumerated() {
      chart.series.append(
        .init(
          ForecasterNames.name(of: baseline.key), x: x, y: baseline.metrics.byStep.map { $0.mase ?? .nan },
          role: ForecasterNames.role(at: index), isDashed: true))
    }
    report.add([ReportFigure(chart, caption: chart.summary, size: .half)])
  }
}
