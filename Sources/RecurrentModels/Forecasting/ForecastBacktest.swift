/// Forecasts of several origins one after another, each `[horizon, targets]`.
public struct ForecastBatch: Sendable {
  /// The point forecasts.
  public var point: [Double]
  /// The lower bounds of the intervals.
  public var lower: [Double]?
  /// The upper bounds of the intervals.
  public var upper: [Double]?

  /// Collects the forecasts of a batch of origins.
  public init(point: [Double], lower: [Double]? = nil, upper: [Double]? = nil) {
    precondition(
      lower?.count ?? point.count == point.count && upper?.count ?? point.count == point.count
        && (lower == nil) == (upper == nil),
      "ForecastBatch: expected both bounds with \(point.count) entries or neither")
    self.point = point
    self.lower = lower
    self.upper = upper
  }
}

/// A forecast that cannot be judged.
public enum ForecastBacktestError: Error, Equatable, CustomStringConvertible {
  /// A forecast or bound is infinite or not a number.
  case notFinite(origin: Int, step: Int, target: String)

  /// The error in words.
  public var description: String {
    switch self {
    case .notFinite(let origin, let step, let target):
      "the forecast of \(target) \(step + 1) rows ahead from row \(origin) is not a finite number"
    }
  }
}

/// A rolling-origin backtest: from every origin of the test part the model and all baselines forecast the horizon and
/// are compared with what was observed (Tashman 2000).
public struct ForecastBacktest: Sendable {
  /// The series, its parts and the horizon.
  public let problem: ForecastProblem
  /// The baselines beside the model.
  public let baselines: FittedBaselines
  /// The origins, in time order.
  public let origins: [Int]
  /// The distance between two origins in rows.
  public let stride: Int

  /// The judgement and a few forecasts to look at.
  public struct Result: Sendable {
    /// Metrics, baselines and verdict.
    public let evaluation: ForecastEvaluation
    /// The model's best, median and worst forecasts and pairs of forecast and truth.
    public let samples: ForecastSamples
    /// The fittings that forecast: 1, or more where the model was fitted anew.
    public internal(set) var fittings = 1
  }

  /// Prepares a backtest on the test part.
  ///
  /// - Parameters:
  ///   - problem: The series, its parts and the horizon.
  ///   - baselines: Baselines fitted before; nil to fit them to the problem's training part now.
  ///   - stride: The distance between two origins in rows.
  ///   - level: The share of true values that intervals are meant to contain, when the baselines are fitted now.
  public init(of problem: ForecastProblem, baselines: FittedBaselines? = nil, stride: Int = 1, level: Double = 0.8) {
    precondition(stride >= 1, "ForecastBacktest: expected a stride of at least 1, received \(stride)")
    self.problem = problem
    self.baselines = baselines ?? FittedBaselines(fittedTo: problem, level: level)
    self.stride = stride
    origins = problem.origins(in: problem.test, stride: stride)
  }

  /// The metrics of the baselines alone.
  public func baselineMetrics() -> [ForecastEvaluation.Baseline] {
    baselines.entries.map { entry in
      var track = Track(self)
      for origin in origins {
        let batch = entry.forecast(after: problem.history(before: origin))
        track.add(batch, at: 0, truth: problem.truth(from: origin))
      }
      return .init(key: entry.kind.key, metrics: track.accumulator.metrics)
    }
  }

  /// Runs the model and the baselines over all origins.
  ///
  /// - Parameters:
  ///   - batchSize: The largest number of origins handed to `forecast` at once.
  ///   - leaks: Leaks of the target into the inputs found before; they decide the verdict.
  ///   - refitted: The baselines fitted anew for an origin, and the task as they see it; nil for those of the backtest.
  ///   - forecast: The model: forecasts of the given origins, `[origins, horizon, targets]`.
  /// - Returns: The judgement and a few forecasts.
  /// - Throws: `ForecastBacktestError` for a forecast that is not finite, and what `forecast` throws.
  public func run(
    batchSize: Int = 64, leaks: [TargetLeak] = [],
    refitted: ((_ origin: Int) -> (baselines: FittedBaselines, problem: ForecastProblem))? = nil,
    forecast: (_ origins: [Int]) throws -> ForecastBatch
  ) throws -> Result {
    let entryCount = problem.forecastCount
    var model = Track(self)
    var tracks = baselines.entries.map { _ in Track(self) }
    var lags = LagTrace(problem: problem, scales: baselines.scales)
    var samples = ForecastSamples(originCount: origins.count, entryCount: entryCount)
    for start in Swift.stride(from: 0, to: origins.count, by: max(1, batchSize)) {
      let chosen = Array(origins[start..<min(start + max(1, batchSize), origins.count)])
      let batch = try forecast(chosen)
      precondition(
        batch.point.count == chosen.count * entryCount,
        "ForecastBacktest: expected \(chosen.count * entryCount) forecast values, received \(batch.point.count)")
      try requireFinite(batch, origins: chosen)
      for (index, origin) in chosen.enumerated() {
        let truth = problem.truth(from: origin)
        let history = problem.history(before: origin)
        let entries = index * entryCount..<(index + 1) * entryCount
        model.add(batch, at: index, truth: truth)
        lags.add(batch.point[entries], truth: truth, history: history)
        samples.add(
          ForecastWindow(
            origin: origin, truth: truth, forecast: Array(batch.point[entries]),
            lower: batch.lower.map { Array($0[entries]) }, upper: batch.upper.map { Array($0[entries]) },
            loss: model.losses.last ?? .nan), targetCount: problem.targetCount)
        let newer = refitted?(origin)
        let known = newer?.problem.history(before: origin) ?? history
        for (number, entry) in baselines.entries.enumerated() {
          let entry = newer?.baselines[entry.kind.key] ?? entry
          tracks[number].add(entry.forecast(after: known), at: 0, truth: truth)
        }
      }
    }
    return Result(evaluation: evaluation(model, beside: tracks, lags: lags, leaks: leaks), samples: samples)
  }

  private func evaluation(
    _ model: Track, beside tracks: [Track], lags: LagTrace, leaks: [TargetLeak]
  ) -> ForecastEvaluation {
    let metrics = model.accumulator.metrics
    let judged = zip(baselines.entries, tracks).map { entry, track in
      (entry: entry, track: track, metrics: track.accumulator.metrics)
    }
    let verdict = ForecastVerdict.judge(
      ForecastLosses(
        kind: ForecastBaselineKind(key: "model", title: "the model", isLearned: true), byOrigin: model.losses,
        scores: metrics.overall),
      beside: judged.map {
        ForecastLosses(
          kind: $0.entry.kind, byOrigin: $0.track.losses, scores: $0.metrics.overall)
      }, overlap: (problem.horizon + stride - 1) / stride, lags: lags, leaks: leaks, targetCount: problem.targetCount)
    return ForecastEvaluation(
      metrics: metrics, baselines: judged.map { .init(key: $0.entry.kind.key, metrics: $0.metrics) }, verdict: verdict,
      originCount: origins.count, stride: stride, level: baselines.level)
  }

  private func requireFinite(_ batch: ForecastBatch, origins: [Int]) throws(ForecastBacktestError) {
    for values in [batch.point, batch.lower ?? [], batch.upper ?? []] {
      guard let index = values.firstIndex(where: { !$0.isFinite }) else { continue }
      let entry = index % problem.forecastCount
      throw .notFinite(
        origin: origins[index / problem.forecastCount], step: entry / problem.targetCount,
        target: problem.targetNames[entry % problem.targetCount])
    }
  }

  /// The errors of one forecaster.
  private struct Track {
    var accumulator: ForecastAccumulator
    var losses: [Double] = []
    private let scales: [Double]

    init(_ backtest: ForecastBacktest) {
      accumulator = ForecastAccumulator(
        targetNames: backtest.problem.targetNames, scales: backtest.baselines.scales,
        horizon: backtest.problem.horizon, level: backtest.baselines.level)
      scales = backtest.baselines.scales.map { $0.standardDeviation > 0 ? $0.standardDeviation : 1 }
    }

    mutating func add(_ batch: ForecastBatch, at index: Int, truth: [Double]) {
      let entries = index * truth.count..<(index + 1) * truth.count
      let point = batch.point[entries]
      accumulator.add(point, truth: truth, lower: batch.lower?[entries], upper: batch.upper?[entries])
      var total = 0.0
      var count = 0.0
      for entry in truth.indices where !truth[entry].isNaN {
        total += abs(truth[entry] - point[point.startIndex + entry]) / scales[entry % scales.count]
        count += 1
      }
      losses.append(count > 0 ? total / count : .nan)
    }
  }
}
