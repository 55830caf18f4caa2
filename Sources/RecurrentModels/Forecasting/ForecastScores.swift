/// How wrong forecasts were. A score is nil where it is not defined: no known truth, a target that never changed on
/// the training part, forecasts without intervals.
public struct ForecastScores: Codable, Sendable, Equatable {
  /// Mean absolute error, `mean |y - f|`, in the target's unit.
  public var mae: Double?
  /// Root mean squared error, `sqrt(mean (y - f)^2)`, in the target's unit.
  public var rmse: Double?
  /// Mean squared error, `mean (y - f)^2`.
  public var mse: Double?
  /// Symmetric mean absolute percentage error, `mean 200 |y - f| / (|y| + |f|)`, from 0 to 200; an entry where both
  /// are zero counts 0 (Makridakis 1993, in the form reviewed by Hyndman & Koehler 2006).
  public var smape: Double?
  /// Mean absolute scaled error: the absolute error divided by that of the seasonal-naive forecast on the training
  /// part (Hyndman & Koehler 2006). Below 1 is better than that forecast one season ahead.
  public var mase: Double?
  /// The mean absolute error of values divided by the training part's standard deviation.
  public var scaledMAE: Double?
  /// The mean squared error of values divided by the training part's standard deviation.
  public var scaledMSE: Double?
  /// The share of true values inside their interval, from 0 to 1.
  public var coverage: Double?
  /// The interval score of a central interval `[l, u]` with level `1 - a`:
  /// `mean (u - l) + 2/a max(0, l - y) + 2/a max(0, y - u)`; lower is better (Gneiting & Raftery 2007).
  public var intervalScore: Double?

  /// Scores that are all undefined.
  public init() {}
}

/// The scores of a backtest over everything, by target and by step of the horizon.
public struct ForecastMetrics: Sendable, Equatable {
  /// A target's name and its scores.
  public struct Target: Sendable, Equatable {
    /// The name of the target column.
    public var name: String
    /// Its scores over all origins and steps.
    public var scores: ForecastScores

    /// Names the scores of a target.
    public init(name: String, scores: ForecastScores) {
      self.name = name
      self.scores = scores
    }
  }

  /// The scores over all targets, origins and steps.
  public var overall: ForecastScores
  /// The scores of each target, in the order of the columns.
  public var targets: [Target]
  /// The scores of each step of the horizon over all targets; entry 0 is one row ahead.
  public var byStep: [ForecastScores]

  /// Collects scores.
  public init(overall: ForecastScores, targets: [Target], byStep: [ForecastScores]) {
    self.overall = overall
    self.targets = targets
    self.byStep = byStep
  }

  /// The scores of the named target.
  public subscript(target name: String) -> ForecastScores? { targets.first { $0.name == name }?.scores }
}

extension ForecastMetrics: Codable {
  private enum Key: String, CodingKey { case overall, targets, byStep }

  /// Writes `{"overall": ..., "targets": {NAME: ...}, "byStep": [...]}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(overall, forKey: .overall)
    var named = container.nestedContainer(keyedBy: NameKey.self, forKey: .targets)
    for target in targets { try named.encode(target.scores, forKey: NameKey(target.name)) }
    try container.encode(byStep, forKey: .byStep)
  }

  /// Reads what `encode` wrote; an object has no order, so the targets come sorted by name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    overall = try container.decode(ForecastScores.self, forKey: .overall)
    let named = try container.nestedContainer(keyedBy: NameKey.self, forKey: .targets)
    targets = try named.allKeys.sorted { $0.stringValue < $1.stringValue }
      .map { Target(name: $0.stringValue, scores: try named.decode(ForecastScores.self, forKey: $0)) }
    byStep = try container.decode([ForecastScores].self, forKey: .byStep)
  }

  /// The same metrics with the targets in the order of `names`.
  func ordered(by names: [String]) -> ForecastMetrics {
    var copy = self
    copy.targets = names.compactMap { name in targets.first { $0.name == name } }
    return copy
  }
}

/// A coding key made of any name.
struct NameKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
