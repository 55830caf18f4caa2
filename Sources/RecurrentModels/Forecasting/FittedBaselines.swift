/// The baselines that can be used for a problem, fitted to it, with intervals from their own errors.
public struct FittedBaselines: Sendable {
  /// Every kind of baseline, in the order of reports.
  public static let kinds: [any ForecastBaseline.Type] = [
    NaiveBaseline.self, SeasonalNaiveBaseline.self, DriftBaseline.self, LinearBaseline.self, KnownLinearBaseline.self,
  ]

  /// A baseline and the quantiles of its errors.
  public struct Entry: Sendable {
    /// The fitted baseline.
    public let baseline: any ForecastBaseline
    /// The quantiles of its errors for each step and target.
    public let residuals: QuantileCalibration

    /// Its name in files and in sentences.
    public var kind: ForecastBaselineKind { type(of: baseline).kind }

    /// The forecast after a history with its interval, each `[horizon, targets]`.
    public func forecast(after history: ForecastHistory) -> ForecastBatch {
      let point = baseline.forecast(after: history)
      let quantiles = residuals.quantiles(around: point)
      return ForecastBatch(
        point: point, lower: Array(quantiles[..<point.count]), upper: Array(quantiles[point.count...]))
    }
  }

  /// The baselines, in the order of `kinds`.
  public let entries: [Entry]
  /// The scale of each target on the training part.
  public let scales: [TargetScale]
  /// The share of true values their intervals are meant to contain.
  public let level: Double

  /// Fits every baseline to the training part. The intervals are the residual quantiles of the validation part, or of
  /// the training part where there is no validation part.
  public init(fittedTo problem: ForecastProblem, level: Double = 0.8) {
    let known = problem.withoutTest()
    let validation = known.origins(in: known.validation)
    let origins = validation.isEmpty ? known.origins(in: known.training) : validation
    // Two thousand origins settle a quantile; more would only cost time and memory.
    let most = min(2000, max(100, 2_000_000 / known.forecastCount))
    let chosen = stride(from: 0, to: origins.count, by: (origins.count - 1) / most + 1).map { origins[$0] }
    scales = known.scales
    self.level = level
    entries = Self.kinds.compactMap { $0.init(fittedTo: known) }.map { baseline in
      var calibrator = QuantileCalibrator(
        probabilities: [(1 - level) / 2, (1 + level) / 2], horizon: known.horizon, targetCount: known.targetCount)
      for origin in chosen {
        calibrator.add(
          origin: origin, forecast: baseline.forecast(after: known.history(before: origin)),
          truth: known.truth(from: origin))
      }
      return Entry(baseline: baseline, residuals: calibrator.calibration())
    }
  }

  /// Whether everything has the sizes of a task, as it must after reading a file.
  func isSound(horizon: Int, targets: Int) -> Bool {
    scales.count == targets && level > 0 && level < 1
      && entries.allSatisfy { entry in
        (entry.baseline as? any SizedBaseline)?.isSound(horizon: horizon, targets: targets) ?? true
          && entry.residuals.probabilities.count == 2 && entry.residuals.isSound(horizon: horizon, targets: targets)
      }
  }

  /// The entry with the given key.
  public subscript(key: String) -> Entry? { entries.first { $0.kind.key == key } }
}

extension FittedBaselines: Codable {
  /// Writes the scales, the level and an object for each baseline.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(scales, forKey: NameKey("scales"))
    try container.encode(level, forKey: NameKey("level"))
    for entry in entries {
      var nested = container.nestedContainer(keyedBy: NameKey.self, forKey: NameKey(entry.kind.key))
      try entry.baseline.encode(to: nested.superEncoder(forKey: NameKey("baseline")))
      try nested.encode(entry.residuals, forKey: NameKey("residuals"))
    }
  }

  /// Reads what `encode` wrote.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    scales = try container.decode([TargetScale].self, forKey: NameKey("scales"))
    level = try container.decode(Double.self, forKey: NameKey("level"))
    entries = try Self.kinds.filter { container.contains(NameKey($0.kind.key)) }.map { kind in
      let nested = try container.nestedContainer(keyedBy: NameKey.self, forKey: NameKey(kind.kind.key))
      return Entry(
        baseline: try kind.init(from: nested.superDecoder(forKey: NameKey("baseline"))),
        residuals: try nested.decode(QuantileCalibration.self, forKey: NameKey("residuals")))
    }
  }
}
