import RecurrentModels
import RecurrentTensor

/// The model beside the baselines.
extension ForecastReport {
  /// A score with its name and how it is written.
  private struct Score {
    var name: String
    var value: (ForecastScores) -> Double?
    var text: (Double) -> String = { NumberText.significant($0, 3) }
  }

  private var scores: [Score] {
    let scaled = [
      Score(name: "Scaled mean absolute error", value: \.scaledMAE),
      Score(name: "Scaled mean squared error", value: \.scaledMSE),
    ]
    let plain = [
      Score(name: "Mean absolute error", value: \.mae), Score(name: "Root mean squared error", value: \.rmse),
    ]
    return (usesScaledScores ? scaled : plain) + [
      Score(name: "Symmetric percentage error", value: \.smape) { NumberText.percent($0 / 100) },
      Score(name: "Scaled by season (MASE)", value: \.mase),
      Score(name: "Interval score", value: \.intervalScore),
    ]
  }

  /// The model and the baselines, by name.
  private var forecasters: [(name: String, metrics: ForecastMetrics, role: ChartRole)] {
    [(ForecasterNames.model, evaluation.metrics, .model)]
      + evaluation.baselines.enumerated().map {
        (ForecasterNames.name(of: $0.element.key), $0.element.metrics, ForecasterNames.role(at: $0.offset))
      }
  }

  func addScores(to report: inout HTMLReport) {
    report.beginSection("Beside simple forecasts")
    report.add(paragraph: "Shorter bars are better. All forecast the same rows of the test part, which none had seen.")
    report.add([scoreFigure])
    if problem.targetCount > 1 {
      report.addDetails("Mean absolute error of each target") { $0.add(targetTable) }
    }
    report.add([errorByStepFigure, coverageByStepFigure].compactMap { $0 })
  }

  private var scoreFigure: ReportFigure {
    let groups = scores.compactMap { score -> BarChart.Group? in
      let values = forecasters.map { score.value($0.metrics.overall) ?? .nan }
      guard let best = values.filter(\.isFinite).min() else { return nil }
      let bars = zip(forecasters, values).filter { $1.isFinite }.map { forecaster, value in
        BarChart.Bar(
          forecaster.name, value: value, text: score.text(value), role: forecaster.role == .model ? .model : .muted,
          isBest: value == best)
      }
      return BarChart.Group(score.name, bars)
    }
    let chart = BarChart(
      title: "Scores on the test part", summary: "\(evaluation.verdict.sentence)", groups: groups)
    let columns = scores.filter { score in forecasters.contains { score.value($0.metrics.overall) != nil } }
    return ReportFigure(
      chart, caption: "The best of each group is in bold.",
      table: ReportTable(
        header: ["forecaster"] + columns.map(\.name),
        rows: forecasters.map { forecaster in
          [forecaster.name]
            + columns.map { score in score.value(forecaster.metrics.overall).map(score.text) ?? NumberText.missing }
        }, emphasizedRows: [0]))
  }

  private var targetTable: ReportTable {
    ReportTable(
      header: ["target"] + forecasters.map(\.name),
      rows: problem.targetNames.enumerated().map { index, name in
        let values = forecasters.map {
          $0.metrics.targets.indices.contains(index) ? $0.metrics.targets[index].scores.mae : nil
        }
        let decimals = NumberText.decimals(for: values.compactMap { $0 }, digits: 4)
        return [name] + values.map { $0.map { NumberText.fixed($0, decimals) } ?? NumberText.missing }
      })
  }

  private func error(_ scores: ForecastScores) -> Double {
    (usesScaledScores ? scores.scaledMAE : scores.mae) ?? .nan
  }

  private var errorByStepFigure: ReportFigure? {
    guard problem.horizon > 1 else { return nil }
    let steps = (1...problem.horizon).map(Double.init)
    let name = usesScaledScores ? "scaled mean absolute error" : "mean absolute error"
    var chart = LineChart(
      title: "Error by step of the horizon", summary: stepSummary, xAxis: ChartAxis("steps ahead", kind: .wholeNumbers),
      yAxis: ChartAxis(name, includesZero: true))
    chart.aspect = 0.62
    chart.series = forecasters.map { forecaster in
      LineChart.Series(
        forecaster.name, x: steps, y: forecaster.metrics.byStep.map(error), role: forecaster.role,
        isDashed: forecaster.role != .model, showsPoints: forecaster.role == .model && problem.horizon <= 48)
    }
    let table = ReportTable(
      header: ["step"] + forecasters.map(\.name),
      rows: (0..<problem.horizon).map { step in
        ["\(step + 1)"] + forecasters.map { NumberText.significant(error($0.metrics.byStep[step]), 3) }
      })
    return ReportFigure(chart, caption: stepSummary, table: table.sampled(60), size: .half)
  }

  private var stepSummary: String {
    let errors = evaluation.metrics.byStep.map(error)
    guard let first = errors.first, let last = errors.last else { return "" }
    return "The model's error is \(NumberText.significant(first, 3)) at the first step and "
      + "\(NumberText.significant(last, 3)) at step \(problem.horizon)."
  }

  private var coverageByStepFigure: ReportFigure? {
    let shares = evaluation.metrics.byStep.map { $0.coverage ?? .nan }
    guard problem.horizon > 1, let low = shares.filter(\.isFinite).min(), let high = shares.filter(\.isFinite).max()
    else { return nil }
    let steps = (1...problem.horizon).map(Double.init)
    let level = NumberText.percent(evaluation.level, decimals: 0)
    let summary =
      "Between \(NumberText.percent(low)) and \(NumberText.percent(high)) of the true values lie inside the \(level) "
      + "interval, by step."
    var chart = LineChart(
      title: "Coverage by step of the horizon", summary: summary,
      xAxis: ChartAxis("steps ahead", kind: .wholeNumbers),
      yAxis: ChartAxis("percent of true values inside the interval", range: 0...100))
    chart.aspect = 0.62
    chart.series = [
      .init("model", x: steps, y: shares.map { $0 * 100 }, role: .model, showsPoints: problem.horizon <= 48),
      .init(
        "promised", x: [1, Double(problem.horizon)], y: [evaluation.level * 100, evaluation.level * 100],
        role: .muted, isDashed: true),
    ]
    let table = ReportTable(
      header: ["step", "coverage"], rows: shares.enumerated().map { ["\($0 + 1)", NumberText.percent($1)] })
    return ReportFigure(chart, caption: summary, table: table.sampled(60), size: .half)
  }
}
