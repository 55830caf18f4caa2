import CommandLineKit
import Recurrent

/// The texts in which forecasts of many series and their scores are handed out.
enum PanelTable {
  /// `id,time,forecast,lower80,upper80`, a row for each series and step.
  static func csv(_ forecast: PanelForecast) -> String {
    var text = "id,time,forecast" + ForecastTable.boundNames(forecast.levels) + "\n"
    for (series, id) in forecast.ids.enumerated() {
      let name = ForecastTable.field(id)
      for (step, time) in forecast.times[series].enumerated() {
        text += "\(name),\(ForecastTable.field(time)),\(forecast.values[series][step])"
        text += ForecastTable.bounds(forecast.lower, forecast.upper, series, step) + "\n"
      }
    }
    return text
  }

  /// `id,mae,smape,mase,skill`, a row for each series; an empty field where a score is not defined.
  static func scores(_ judged: PanelEvaluation) -> String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    var lines = ["id,mae,smape,mase,skill"]
    for (target, skill) in zip(judged.evaluation.metrics.targets, judged.skills) {
      let scores = target.scores
      lines.append(
        ([ForecastTable.field(target.name)] + [scores.mae, scores.smape, scores.mase, skill].map(text))
          .joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The verdict, the scores, how skill is spread and the worst series, for a person.
  static func text(_ judged: PanelEvaluation) -> String {
    let evaluation = judged.evaluation
    func text(_ value: Double?) -> String { value.map { NumberText.significant($0) } ?? "-" }
    let worst =
      [["The worst", "sMAPE", "MASE", "skill"]]
      + judged.summary.worst.map { [$0.id, text($0.smape), text($0.mase), text($0.skill)] }
    let skills =
      [["Skill of", "at least"]]
      + judged.summary.skillQuantiles.map {
        ["\(Int((100 * (1 - $0.probability)).rounded())) % of the series", NumberText.fixed($0.skill, 3)]
      }
    return TextLayout.fitted(evaluation.verdict.sentence) + "\n\n"
      + ScoreTable.text(model: evaluation.metrics, baselines: evaluation.baselines, level: evaluation.level) + "\n"
      + ForecastTable.aligned(skills) + "\n" + ForecastTable.aligned(worst)
  }

  /// The JSON form of a forecast.
  struct Document: Encodable {
    struct Member: Encodable {
      let id: String
      let points: [ForecastTable.Document.Point]
    }

    let schema = 1
    let series: [Member]

    init(_ forecast: PanelForecast) {
      series = forecast.ids.enumerated().map { series, id in
        Member(
          id: id,
          points: forecast.times[series].enumerated().map { step, time in
            .init(
              time: time, forecast: forecast.values[series][step],
              intervals: forecast.levels.enumerated().map { index, level in
                .init(
                  level: level, lower: forecast.lower[index][series][step], upper: forecast.upper[index][series][step])
              })
          })
      }
    }
  }
}

extension ForecastDocument.Model {
  init(_ forecaster: PanelForecaster) {
    self.init(
      cell: forecaster.configuration.cell, decoder: forecaster.configuration.decoder.name,
      parameters: forecaster.parameterCount, weightsDigest: forecaster.weightsDigest)
  }
}

extension ForecastDocument.DataPart {
  init(_ panel: SeriesPanel, _ forecaster: PanelForecaster) {
    files = panel.sources.map(\.file)
    (digest, rows, frequency) = (panel.digest, panel.rowCount, panel.grid.description)
    (firstTime, lastTime) = (nil, nil)
    targets = panel.target.map { [$0] } ?? []
    (inputs, known, split) = (panel.categories + panel.statics, [], nil)
    (horizon, window, season) = (forecaster.configuration.horizon, forecaster.window, forecaster.season?.period)
    seriesCount = panel.members.count
  }
}
