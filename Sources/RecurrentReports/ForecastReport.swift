import RecurrentData
import RecurrentModels
import RecurrentTensor

/// The report of a trained forecaster: one HTML file from the verdict down to the command that repeats the run.
public struct ForecastReport: Sendable {
  let content: ForecastReportContent
  let rows: RowAxis

  /// How many targets have pictures; tables have them all.
  private static let mostPictured = 8

  /// Makes the report of a run.
  public init(_ content: ForecastReportContent) {
    self.content = content
    rows = RowAxis(content.series, horizon: content.problem.horizon)
  }

  /// The file.
  public var html: String {
    var report = HTMLReport(title: title, subtitle: subtitle)
    addVerdict(to: &report)
    addNextValues(to: &report)
    addTestForecasts(to: &report)
    addScores(to: &report)
    addSearch(to: &report)
    addTraining(to: &report)
    addData(to: &report)
    addRepetition(to: &report)
    return report.html
  }

  var problem: ForecastProblem { content.problem }
  var evaluation: ForecastEvaluation { content.evaluation }

  /// Whether scores over all targets are those of scaled values, because the targets have units of their own.
  var usesScaledScores: Bool { problem.targetCount > 1 && evaluation.metrics.overall.scaledMAE != nil }

  private var title: String {
    let names =
      problem.targetCount <= 3
      ? problem.targetNames.joined(separator: ", ") : "\(problem.targetCount) columns"
    return "\(names), \(content.series.grid.text(steps: problem.horizon)) ahead"
  }

  private var subtitle: String {
    let files = content.series.sources.map { $0.file.split(separator: "/").last.map(String.init) ?? $0.file }
    let range =
      content.series.rowCount > 0
      ? "\(content.series.rowCount) rows from \(rows.text(0)) to \(rows.text(content.series.rowCount - 1))" : ""
    return ([files.joined(separator: ", "), content.series.grid.description, range].filter { !$0.isEmpty })
      .joined(separator: " · ")
  }

  private func addVerdict(to report: inout HTMLReport) {
    let (word, rest) = Self.headline(evaluation.verdict.sentence)
    let tone: HTMLReport.Tone =
      switch evaluation.verdict.kind {
      case .better: .good
      case .notBetter, .testTooShort: .neutral
      case .laggedCopy, .targetLeak: .warning
      }
    report.addStatement(word, rest, tone: tone)
    report.add(facts)
    if problem.targetCount > Self.mostPictured {
      report.add(
        paragraph: "Pictures show the first \(Self.mostPictured) of \(problem.targetCount) targets; tables show all.")
    }
    guard !content.warnings.isEmpty else { return }
    report.beginSection("Warnings")
    report.add(list: content.warnings)
  }

  /// A sentence cut at its first colon into a headline and the rest, which begins with a capital letter.
  package static func headline(_ sentence: String) -> (word: String, rest: String) {
    guard let cut = sentence.firstRange(of: ": "), sentence.distance(from: sentence.startIndex, to: cut.lowerBound) < 60
    else { return ("", sentence) }
    return (String(sentence[..<cut.lowerBound]), Self.sentence(sentence[cut.upperBound...]))
  }

  /// Words with a capital letter at their beginning and a full stop at their end.
  static func sentence(_ words: some StringProtocol) -> String {
    let text = words.prefix(1).uppercased() + words.dropFirst()
    return text.last.map { ".!?".contains($0) } ?? true ? text : text + "."
  }

  private var facts: [HTMLReport.Fact] {
    let overall = evaluation.metrics.overall
    let error = usesScaledScores ? overall.scaledMAE : overall.mae
    var facts = [
      HTMLReport.Fact(
        usesScaledScores ? "Scaled mean absolute error" : "Mean absolute error",
        error.map { NumberText.significant($0, 3) } ?? NumberText.missing,
        note: "over \(evaluation.originCount) forecasts of the test part")
    ]
    if let skill = evaluation.skill {
      let best = evaluation.verdict.bestBaseline.map { "against \(ForecasterNames.name(of: $0))" } ?? ""
      facts.append(.init("Skill", NumberText.percent(skill), note: best + ", the best baseline"))
    }
    if let coverage = overall.coverage {
      let level = NumberText.percent(evaluation.level, decimals: 0)
      facts.append(.init("Coverage", NumberText.percent(coverage), note: "of the \(level) interval"))
    }
    facts.append(
      .init(
        "Horizon", content.series.grid.text(steps: problem.horizon),
        note: "from the last \(content.series.grid.text(steps: problem.window))"))
    return facts
  }

  /// Adds figures made for each target: the first ones open, the others folded.
  func add(_ figures: [ReportFigure], open: Int = 4, folded summary: String, to report: inout HTMLReport) {
    report.add(Array(figures.prefix(open)))
    let rest = Array(figures.dropFirst(open))
    if !rest.isEmpty { report.addDetails(summary) { $0.add(rest) } }
  }

  /// The targets of pictures.
  var shownTargets: Range<Int> { 0..<min(problem.targetCount, Self.mostPictured) }

  /// Entry `target` of each step of a forecast `[horizon, targets]`.
  func values(_ forecast: [Double], target: Int) -> [Double] {
    stride(from: target, to: forecast.count, by: problem.targetCount).map { forecast[$0] }
  }
}

/// Short names of forecasters for legends and tables.
enum ForecasterNames {
  static let model = "model"

  private static let names = [
    "naive": "last value", "seasonalNaive": "last cycle", "drift": "average trend", "linear": "linear map",
    "linearKnown": "linear map, known columns",
  ]
  private static let roles: [ChartRole] = [.first, .second, .third, .fourth, .muted]

  static func name(of key: String) -> String {
    if key.hasPrefix("repeat") { return "last \(key.dropFirst(6)) rows" }
    return names[key] ?? key
  }

  /// The colour of the baseline at a place in the list.
  static func role(at index: Int) -> ChartRole { roles[index % roles.count] }
}
