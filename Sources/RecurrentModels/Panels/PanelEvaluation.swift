public import RecurrentData
import RecurrentTensor

/// The judgement of a forecaster of many series on what followed the last row of each.
///
/// `evaluation` takes the series for targets: its overall scores are means over all series and steps, MASE with the
/// scale of each series' own history.
public struct PanelEvaluation: Sendable {
  /// One of the series: its rows, what followed, what was forecast.
  public struct Sample: Sendable {
    /// Its name.
    public let id: String
    /// Its scores.
    public let scores: ForecastScores
    /// `1 - MAE / MAE of the reference`; nil where the reference makes no error.
    public let skill: Double?
    /// The last rows, oldest first.
    public let history: [Double]
    /// What followed, NaN where not known; and the forecast with its interval.
    public let truth, forecast, lower, upper: [Double]
  }

  /// Series with the same text in a category.
  public struct Group: Sendable, Codable, Equatable {
    /// The category and the text.
    public let category, text: String
    /// The number of series.
    public let count: Int
    /// Means over the series.
    public let smape, mase: Double?
    /// The median skill.
    public let medianSkill: Double?
  }

  /// What `metrics.json` says about the series one by one.
  public struct Summary: Sendable, Codable, Equatable {
    /// A quantile of the skill over series.
    public struct Quantile: Sendable, Codable, Equatable {
      /// Its probability.
      public let probability: Double
      /// Its value.
      public let skill: Double
    }

    /// A series with its scores.
    public struct Member: Sendable, Codable, Equatable {
      /// Its name.
      public let id: String
      /// Its scores; nil where not defined.
      public let smape, mase, skill: Double?
    }

    /// The number of series judged.
    public let count: Int
    /// The key of the forecast without weights that skill is measured against: the best of them over all series.
    public let reference: String
    /// The share of series with skill above zero.
    public let betterShare: Double
    /// Quantiles of the skill.
    public let skillQuantiles: [Quantile]
    /// The ten series with the largest scaled error, the worst first.
    public let worst: [Member]
    /// By category and text; empty without categories.
    public let groups: [Group]
  }

  /// Metrics, baselines and verdict.
  public let evaluation: ForecastEvaluation
  /// The series one by one, in short.
  public let summary: Summary
  /// The skill of each series against the reference, in the order of the metrics' targets; nil where not defined.
  public let skills: [Double?]
  /// The words for the reference.
  public let referenceTitle: String
  /// The ten series with the largest scaled error, the worst first.
  public let worst: [Sample]

  static let worstCount = 10
  static let probabilities = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
}

extension PanelForecaster {
  /// Judges forecasts beside simple baselines.
  ///
  /// - Parameters:
  ///   - history: The series up to the first row to forecast.
  ///   - truth: What followed each of them, `[series][step]`, NaN where not known; nil for a series not to be judged.
  /// - Returns: Metrics, baselines, verdict, and the series one by one.
  /// - Throws: `ForecastBacktestError` for a forecast that is not finite, `DataError` if no truth is known.
  public func evaluate(after history: SeriesPanel, truth: [[Double]?]) throws -> PanelEvaluation {
    precondition(
      truth.count == history.members.count,
      "PanelForecaster.evaluate: expected the truth of \(history.members.count) series, received \(truth.count)")
    var judged = history
    let chosen = truth.indices.filter { truth[$0]?.contains { !$0.isNaN } ?? false }
    judged.members = chosen.map { history.members[$0] }
    guard !chosen.isEmpty else { throw history.error(expected: "true values to judge by", received: "none") }
    return try PanelJudgement(self, judged, truth: chosen.compactMap { truth[$0] }).evaluation
  }
}

/// The forecasts of model and baselines beside the truth.
private struct PanelJudgement {
  let panel: SeriesPanel
  let truth: [[Double]]
  let horizon: Int
  let level: Double
  let scales: [TargetScale]
  let forecast: PanelForecast
  let judgedLevel: Int
  /// The model first, then the baselines.
  let tracks: [Track]

  /// The forecasts of one forecaster and their errors.
  struct Track {
    let kind: ForecastBaselineKind
    let metrics: ForecastMetrics
    /// The mean scaled absolute error of each series.
    let losses: [Double]
  }

  init(_ forecaster: PanelForecaster, _ panel: SeriesPanel, truth: [[Double]]) throws {
    let configuration = forecaster.configuration
    (self.panel, self.truth, horizon) = (panel, truth, configuration.horizon)
    level = configuration.judgedLevel
    let season = forecaster.season?.period
    let scales = panel.members.map { TargetScale(of: $0.values, training: 0..<$0.values.count, season: season) }
    self.scales = scales
    let results = forecaster.forecasts(after: panel)
    forecast = forecaster.forecast(after: panel, results)
    judgedLevel = forecast.levels.firstIndex(of: level) ?? 0
    for (member, values) in zip(panel.members, forecast.values) {
      if let step = values.firstIndex(where: { !$0.isFinite }) {
        throw ForecastBacktestError.notFinite(origin: member.series.rowCount, step: step, target: member.id)
      }
    }
    let ids = panel.members.map(\.id)
    let steps = configuration.horizon, share = configuration.judgedLevel
    func track(
      _ kind: ForecastBaselineKind, _ values: [[Double]], lower: [[Double]]? = nil, upper: [[Double]]? = nil
    ) -> Track {
      func flat(_ values: [[Double]]) -> ArraySlice<Double> {
        ((0..<steps).flatMap { step in values.map { $0[step] } })[...]
      }
      var accumulator = ForecastAccumulator(targetNames: ids, scales: scales, horizon: steps, level: share)
      accumulator.add(
        flat(values), truth: Array(flat(truth)), lower: lower.map(flat), upper: upper.map(flat))
      let losses = zip(zip(values, truth), scales).map { pair, scale in
        let errors = zip(pair.0, pair.1).map { abs($0 - $1) }.filter { !$0.isNaN }
        let unit = scale.standardDeviation > 0 ? scale.standardDeviation : 1
        return errors.reduce(0, +) / Double(errors.count) / unit
      }
      return Track(kind: kind, metrics: accumulator.metrics, losses: losses)
    }
    var tracks = [
      track(
        ForecastBaselineKind(key: "model", title: "the model", isLearned: true), forecast.values,
        lower: forecast.lower[judgedLevel], upper: forecast.upper[judgedLevel])
    ]
    tracks.append(track(NaiveBaseline.kind, panel.members.map { Self.repeating(1, after: $0.values, steps) }))
    if let season {
      tracks.append(
        track(SeasonalNaiveBaseline.kind, panel.members.map { Self.repeating(season, after: $0.values, steps) }))
    }
    for cycle in forecaster.encoding.cycles where cycle > 1 && cycle != season {
      let kind = ForecastBaselineKind(
        key: "repeat\(cycle)", title: "repeating the last \(cycle) rows", isLearned: false)
      tracks.append(track(kind, panel.members.map { Self.repeating(cycle, after: $0.values, steps) }))
    }
    let linear = results.compactMap(\.linear)
    if linear.count == results.count { tracks.append(track(LinearBaseline.kind, linear)) }
    self.tracks = tracks
  }

  /// The last cycle repeated, the last value for a cycle of 1; of a series shorter than the cycle the last value.
  private static func repeating(_ cycle: Int, after values: [Double], _ horizon: Int) -> [Double] {
    let end = values.count
    let problem = ForecastProblem(
      targetNames: [""], values: [values], training: 0..<end, validation: end..<end, test: end..<end,
      horizon: horizon, window: 1, season: cycle > 1 ? cycle : nil)
    let history = ForecastHistory(values: [values], origin: end)
    let baseline: (any ForecastBaseline)? =
      cycle > 1 ? SeasonalNaiveBaseline(fittedTo: problem) : NaiveBaseline(fittedTo: problem)
    return baseline?.forecast(after: history) ?? []
  }

  var evaluation: PanelEvaluation {
    let model = tracks[0]
    let simple = tracks.dropFirst().filter { !$0.kind.isLearned }
    let reference = simple.min { mean($0.losses) < mean($1.losses) } ?? model
    let skills: [Double?] = zip(model.losses, reference.losses).map { own, other in
      other > 0 ? 1 - own / other : nil
    }
    let known = skills.compactMap(\.self).sorted()
    let ranked = model.losses.indices.sorted { size(of: $0, model) > size(of: $1, model) }
    let worst = ranked.prefix(PanelEvaluation.worstCount).map { sample($0, skill: skills[$0]) }
    let better = Double(known.count { $0 > 0 }) / Double(max(1, known.count))
    let summary = PanelEvaluation.Summary(
      count: panel.members.count, reference: reference.kind.key, betterShare: better,
      skillQuantiles: PanelEvaluation.probabilities.compactMap { probability in
        empiricalQuantile(of: known, probability: probability).map {
          PanelEvaluation.Summary.Quantile(probability: probability, skill: $0)
        }
      },
      worst: worst.map { .init(id: $0.id, smape: $0.scores.smape, mase: $0.scores.mase, skill: $0.skill) },
      groups: groups(model, skills))
    return PanelEvaluation(
      evaluation: ForecastEvaluation(
        metrics: model.metrics,
        // Those of every series would fill the file and tell little.
        baselines: tracks.dropFirst().map {
          .init(
            key: $0.kind.key,
            metrics: ForecastMetrics(overall: $0.metrics.overall, targets: [], byStep: $0.metrics.byStep))
        }, verdict: verdict(better), originCount: 1, stride: 1, level: level),
      summary: summary, skills: skills, referenceTitle: reference.kind.title, worst: worst)
  }

  /// The judgement of a backtest, with series in place of origins.
  private func verdict(_ better: Double) -> ForecastVerdict {
    let losses = tracks.map { ForecastLosses(kind: $0.kind, byOrigin: $0.losses, scores: $0.metrics.overall) }
    let judged = ForecastVerdict.judge(
      losses[0], beside: Array(losses.dropFirst()), overlap: 1, lags: LagTrace(horizon: horizon), leaks: [],
      targetCount: panel.members.count)
    let isTooShort = judged.kind == .testTooShort
    return ForecastVerdict(
      kind: judged.kind,
      sentence: (isTooShort ? "Too few series for a verdict: \(panel.members.count)." : judged.sentence)
        + " On \(NumberText.percent(better, decimals: 0)) of \(panel.members.count) series it is better than the best "
        + "simple forecast.",
      skill: judged.skill, bestBaseline: judged.bestBaseline, closestBaseline: judged.closestBaseline,
      probability: judged.probability, bestLag: nil, independentForecasts: judged.independentForecasts)
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

  private func size(of series: Int, _ model: Track) -> Double {
    model.metrics.targets[series].scores.mase ?? model.losses[series]
  }

  private func sample(_ series: Int, skill: Double?) -> PanelEvaluation.Sample {
    PanelEvaluation.Sample(
      id: panel.members[series].id, scores: tracks[0].metrics.targets[series].scores, skill: skill,
      history: Array(panel.members[series].values.suffix(max(40, 4 * horizon))), truth: truth[series],
      forecast: forecast.values[series], lower: forecast.lower[judgedLevel][series],
      upper: forecast.upper[judgedLevel][series])
  }

  private func groups(_ model: Track, _ skills: [Double?]) -> [PanelEvaluation.Group] {
    panel.categories.enumerated().flatMap { index, category in
      Set(panel.members.map { $0.categories[index] }).sorted().map { text in
        let series = panel.members.indices.filter { panel.members[$0].categories[index] == text }
        func mean(_ score: (ForecastScores) -> Double?) -> Double? {
          let known = series.compactMap { score(model.metrics.targets[$0].scores) }
          return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
        let sorted = series.compactMap { skills[$0] }.sorted()
        return PanelEvaluation.Group(
          category: category, text: text, count: series.count, smape: mean(\.smape), mase: mean(\.mase),
          medianSkill: empiricalQuantile(of: sorted, probability: 0.5))
      }
    }
  }
}
