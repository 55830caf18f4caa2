/// The judgement of a model by a backtest: the parts `metrics`, `baselines`, `verdict` and `skill` of `metrics.json`.
public struct ForecastEvaluation: Sendable, Equatable {
  /// A baseline's key and its metrics.
  public struct Baseline: Sendable, Equatable {
    /// Its key, as `naive` or `linear`.
    public let key: String
    /// Its metrics on the same origins.
    public let metrics: ForecastMetrics
  }

  /// The model's metrics.
  public let metrics: ForecastMetrics
  /// The metrics of the baselines that could be used, in the order of `FittedBaselines.kinds`.
  public let baselines: [Baseline]
  /// What follows from them.
  public let verdict: ForecastVerdict
  /// The number of origins.
  public let originCount: Int
  /// The distance between two origins in rows.
  public let stride: Int
  /// The share of true values the intervals are meant to contain.
  public let level: Double

  /// `1 - MAE / MAE of the best baseline`.
  public var skill: Double? { verdict.skill }

  /// The metrics of the baseline with the given key.
  public subscript(baseline key: String) -> ForecastMetrics? { baselines.first { $0.key == key }?.metrics }
}

extension ForecastEvaluation: Codable {
  private enum Key: String, CodingKey {
    case metrics, baselines, verdict, skill, targetNames, originCount, stride, level
  }

  /// Writes an object; `targetNames` keeps the order of the columns, which objects by name do not.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(metrics.targets.map(\.name), forKey: .targetNames)
    try container.encode(metrics, forKey: .metrics)
    var named = container.nestedContainer(keyedBy: NameKey.self, forKey: .baselines)
    for baseline in baselines { try named.encode(baseline.metrics, forKey: NameKey(baseline.key)) }
    try container.encode(verdict, forKey: .verdict)
    try container.encodeIfPresent(skill, forKey: .skill)
    try container.encode(originCount, forKey: .originCount)
    try container.encode(stride, forKey: .stride)
    try container.encode(level, forKey: .level)
  }

  /// Reads what `encode` wrote.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let names = try container.decode([String].self, forKey: .targetNames)
    metrics = try container.decode(ForecastMetrics.self, forKey: .metrics).ordered(by: names)
    let named = try container.nestedContainer(keyedBy: NameKey.self, forKey: .baselines)
    baselines = try FittedBaselines.kinds.map { $0.kind.key }.filter { named.contains(NameKey($0)) }.map {
      Baseline(key: $0, metrics: try named.decode(ForecastMetrics.self, forKey: NameKey($0)).ordered(by: names))
    }
    verdict = try container.decode(ForecastVerdict.self, forKey: .verdict)
    originCount = try container.decode(Int.self, forKey: .originCount)
    stride = try container.decode(Int.self, forKey: .stride)
    level = try container.decode(Double.self, forKey: .level)
  }
}
