import RecurrentTensor

/// What a backtest says about a model, in a word and in a sentence.
public struct ForecastVerdict: Codable, Sendable, Equatable {
  /// The word.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Significantly better than every baseline that only repeats or extends what was last seen, and not beaten by
    /// the linear one.
    case better
    /// Not that.
    case notBetter
    /// The last known value and little else, where a baseline shows that more can be had.
    case laggedCopy
    /// An input column holds the target's future.
    case targetLeak
    /// Too few independent forecasts to tell.
    case testTooShort
  }

  /// The word.
  public let kind: Kind
  /// The verdict for a reader, with its numbers.
  public let sentence: String
  /// `1 - MAE / MAE of the best baseline`, the linear one included; of scaled errors where there are several targets.
  /// It is nil when there is no error to divide by.
  public let skill: Double?
  /// The key of the best baseline, by the same error.
  public let bestBaseline: String?
  /// The key of the baseline that decided, the one hardest to tell from the model.
  public let closestBaseline: String?
  /// The probability of so large an advantage over `closestBaseline` if there were none.
  public let probability: Double?
  /// How many rows earlier the truth lies that the forecasts of the last step fit best.
  public let bestLag: Int?
  /// How many independent forecasts the test part is worth.
  public let independentForecasts: Int

  /// Below this probability an advantage counts as significant.
  public static let significance = 0.025
  /// A model whose error is not lower by this share than that of the best baseline without weights is not called better,
  /// however sure the difference: such an edge is lost with the first change of the series.
  public static let materialMargin = 0.02
  /// A baseline beats the model when it is significantly better and its error lower by more than this share.
  public static let equivalenceMargin = 0.05
}

/// The errors of a forecaster at each origin, and altogether.
struct ForecastLosses {
  let kind: ForecastBaselineKind
  /// The scaled absolute error of each origin, averaged over steps and targets; NaN where no truth is known.
  let byOrigin: [Double]
  let scores: ForecastScores

  /// The error that skill is measured in: for a single target the scale cancels.
  var error: Double? { scores.scaledMAE ?? scores.mae }

  /// Whether this forecaster is better than another by more than chance.
  func test(against other: ForecastLosses, overlap: Int) -> PairedLossTest? {
    PairedLossTest(zip(other.byOrigin, byOrigin).map { $0 - $1 }.filter { !$0.isNaN }, overlap: overlap)
  }
}

extension ForecastVerdict {
  /// Judges a model beside baselines, of which `overlap` neighbouring origins forecast a common row.
  static func judge(
    _ model: ForecastLosses, beside baselines: [ForecastLosses], overlap: Int, lags: LagTrace, leaks: [TargetLeak],
    targetCount: Int
  ) -> ForecastVerdict {
    Judgement(
      model: model, baselines: baselines.filter { $0.error != nil }, overlap: overlap, lags: lags, leaks: leaks,
      targetCount: targetCount
    ).verdict
  }
}

/// The facts of a backtest and the words for them.
private struct Judgement {
  let model: ForecastLosses
  let baselines: [ForecastLosses]
  let overlap: Int
  let lags: LagTrace
  let leaks: [TargetLeak]
  let targetCount: Int

  var best: ForecastLosses? { baselines.min { $0.error! < $1.error! } }

  /// The baseline without weights that is hardest to tell from the model, and how probable the advantage is by chance.
  var closest: (baseline: ForecastLosses, probability: Double)? {
    let tested = baselines.filter { !$0.kind.isLearned }.compactMap { baseline in
      model.test(against: baseline, overlap: overlap).map { (baseline, $0.probability) }
    }
    return tested.max { $0.1 < $1.1 }
  }

  var independentForecasts: Int {
    PairedLossTest.degreesOfFreedom(count: model.byOrigin.count { !$0.isNaN }, overlap: overlap)
  }

  /// Whether a baseline is better than another forecaster by more than chance and more than the margin.
  private func beats(_ baseline: ForecastLosses, _ other: ForecastLosses) -> Bool {
    guard let theirs = baseline.error, let ours = other.error else { return false }
    return theirs < (1 - ForecastVerdict.equivalenceMargin) * ours
      && isSignificant(baseline.test(against: other, overlap: overlap))
  }

  /// A baseline that shows how much more than repeating the last value can be had.
  private var teacher: ForecastLosses? {
    guard let naive = baselines.first(where: { $0.kind == NaiveBaseline.kind }) else { return nil }
    return baselines.first { beats($0, naive) && beats($0, model) }
  }

  var verdict: ForecastVerdict {
    let (kind, sentence) = finding
    var skill: Double?
    if let ours = model.error, let theirs = best?.error, theirs > 0 { skill = 1 - ours / theirs }
    return ForecastVerdict(
      kind: kind, sentence: sentence, skill: skill, bestBaseline: best?.kind.key,
      closestBaseline: closest?.baseline.kind.key,
      probability: closest?.probability, bestLag: lags.bestLag, independentForecasts: independentForecasts)
  }

  private var finding: (ForecastVerdict.Kind, String) {
    if let leak = leaks.first {
      let more = leaks.count > 1 ? " (and \(leaks.count - 1) more such)" : ""
      return (
        .targetLeak,
        "The target leaks into the inputs: \(leak.explanation)\(more). These scores will not hold in use; "
          + "leave that column out or shift it to when its values are known."
      )
    }
    guard let closest, let best else {
      let count = model.byOrigin.count
      return (
        .testTooShort,
        "The test part is too short for a verdict: \(count) overlapping \(count == 1 ? "forecast" : "forecasts")"
          + (comparison.map { " (\($0))" } ?? "") + "."
      )
    }
    let isCopy = lags.isCopy
    if isCopy, let teacher {
      return (
        .laggedCopy,
        "Only a lagged copy: the forecasts repeat the last known value, while \(teacher.kind.title) gets "
          + "\(errorText(teacher)) instead of \(errorText(model))."
      )
    }
    if let victor = baselines.first(where: { $0.kind.isLearned && beats($0, model) }) {
      return (
        .notBetter,
        "Not better: \(victor.kind.title) is more accurate (\(errorName) \(errorText(victor)), "
          + "the model \(errorText(model)))."
      )
    }
    guard closest.probability < ForecastVerdict.significance else {
      let reason =
        (model.error ?? 0) < (best.error ?? 0)
        ? "\(comparison ?? ""), which may be chance" : comparison ?? ""
      return (.notBetter, "Not better: \(reason)." + (isCopy ? " The forecasts hardly leave the last value." : ""))
    }
    if let simple, model.error! > (1 - ForecastVerdict.materialMargin) * simple.error! {
      return (
        .notBetter,
        "Not better: \(errorName) \(errorText(model)), \(simple.kind.title) gets \(errorText(simple)), "
          + "too small a difference to rely on."
      )
    }
    return (.better, betterSentence)
  }

  /// The best baseline without weights.
  private var simple: ForecastLosses? { baselines.filter { !$0.kind.isLearned }.min { $0.error! < $1.error! } }

  private var betterSentence: String {
    guard let simple else { return "" }
    var sentence =
      "Better than every simple forecast: \(errorName) \(errorText(model)), \(simple.kind.title) gets "
      + "\(errorText(simple)) (\(NumberText.percent(1 - model.error! / simple.error!, decimals: 0)) less)."
    for learned in baselines where learned.kind.isLearned {
      let change = 1 - model.error! / learned.error!
      let test = model.test(against: learned, overlap: overlap)
      if isSignificant(test) {
        sentence += " Also better than \(learned.kind.title) (\(errorText(learned)))."
      } else if change > 0 {
        sentence += " Against \(learned.kind.title) (\(errorText(learned))) the advantage may be chance."
      } else {
        sentence += " But \(learned.kind.title) does as well or better (\(errorText(learned)))."
      }
    }
    return sentence
  }

  private func isSignificant(_ test: PairedLossTest?) -> Bool {
    test.map { $0.probability < ForecastVerdict.significance } ?? false
  }

  private var comparison: String? {
    guard let best, model.error != nil else { return nil }
    return "\(errorName) \(errorText(model)), \(best.kind.title) gets \(errorText(best))"
  }

  private var usesScaledError: Bool { targetCount > 1 && model.scores.scaledMAE != nil }

  private var errorName: String { usesScaledError ? "scaled mean absolute error" : "mean absolute error" }

  private func errorText(_ losses: ForecastLosses) -> String {
    (usesScaledError ? losses.scores.scaledMAE : losses.scores.mae).map { NumberText.significant($0, 3) } ?? "undefined"
  }
}
