import Recurrent

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What `metrics.json` holds and `--json` prints: what was judged, and how well it did beside the baselines.
struct ForecastDocument: Encodable {
  struct Model: Encodable {
    var task = "forecast"
    let cell, decoder: String
    let parameters: Int
    let weightsDigest: String
    /// How often each chosen network was trained.
    var ensemble: Int?
    /// What was done to training windows.
    var augment: [String]?
  }

  struct Parts: Encodable {
    let train, validation, test: [Int]
  }

  struct DataPart: Encodable {
    let files: [String]
    let digest: String
    let rows: Int
    let frequency: String
    let firstTime, lastTime: String?
    let targets, inputs, known: [String]
    /// First row and row after the last of each part; of many series they differ.
    let split: Parts?
    let horizon, window: Int
    let season: Int?
    /// The number of series, where there are many.
    var seriesCount: Int?

    init(_ series: TimeSeries, _ split: SeriesSplit, horizon: Int, window: Int, season: Season?) {
      let summary = series.summary
      files = summary.sources.map(\.file)
      (digest, rows, frequency) = (summary.digest, summary.rowCount, summary.frequency)
      (firstTime, lastTime) = (summary.firstTime, summary.lastTime)
      targets = summary.columns.filter { $0.role == .target }.map(\.name)
      inputs = summary.columns.filter { $0.role == .input }.map(\.name)
      known = summary.columns.filter { $0.role == .known }.map(\.name)
      func bounds(_ range: Range<Int>) -> [Int] { [range.lowerBound, range.upperBound] }
      self.split = Parts(
        train: bounds(split.train), validation: bounds(split.validation), test: bounds(split.test))
      (self.horizon, self.window, self.season) = (horizon, window, season?.period)
    }

    private enum Key: String, CodingKey {
      case files, digest, rows, frequency, firstTime, lastTime, targets, inputs, known, split, horizon, window, season,
        seriesCount
    }

    /// Writes every key, null where there is nothing.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(files, forKey: .files)
      try container.encode(digest, forKey: .digest)
      try container.encode(rows, forKey: .rows)
      try container.encode(frequency, forKey: .frequency)
      try container.encode(firstTime, forKey: .firstTime)
      try container.encode(lastTime, forKey: .lastTime)
      try container.encode(targets, forKey: .targets)
      try container.encode(inputs, forKey: .inputs)
      try container.encode(known, forKey: .known)
      try container.encode(split, forKey: .split)
      try container.encode(horizon, forKey: .horizon)
      try container.encode(window, forKey: .window)
      try container.encode(season, forKey: .season)
      try container.encodeIfPresent(seriesCount, forKey: .seriesCount)
    }
  }

  /// When the backtest fitted anew.
  struct Refit: Encodable {
    let policy: String
    /// The origins between two fittings, and the fittings there were.
    let every: Int?
    let fittings: Int

    init(_ policy: RefitPolicy, _ judged: ForecastBacktest.Result) {
      self.policy = policy == .never ? "never" : "every"
      (every, fittings) = (policy.interval, judged.fittings)
    }

    private enum Key: String, CodingKey { case policy, every, fittings }

    /// Writes every key, null where there is nothing.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(policy, forKey: .policy)
      try container.encode(every, forKey: .every)
      try container.encode(fittings, forKey: .fittings)
    }

    /// The policy for a person.
    var text: String {
      every.map {
        "fitted anew at every \($0) origins of the test part, \(fittings) fittings; the model kept is the first"
      }
        ?? "one fitting for all origins of the test part"
    }
  }

  let command: String
  let status: String
  var model: Model?
  let data: DataPart
  /// Metrics, baselines, verdict; nil where there is only a judgement of the baselines.
  var evaluation: ForecastEvaluation?
  var baselines: [ForecastEvaluation.Baseline] = []
  /// nil where nothing was judged from several origins.
  var refit: Refit?
  /// The judgement of many series one by one.
  var series: PanelEvaluation.Summary?
  /// What a search tried.
  var search: SearchTable?
  /// What the course of the training says.
  var remarks: [TrainingRemark] = []
  var warnings: [String] = []
  let seconds: Double
  let seed: UInt64
  let threads: Int
  var peakMemoryBytes = Self.peakMemoryBytes()
  var files: [String] = []

  private enum Key: String, CodingKey {
    case schema, command, status, model, data, baselines, refit, series, search, remarks, warnings, seconds,
      peakMemoryBytes, seed,
      threads,
      files
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(1, forKey: .schema)
    try container.encode(command, forKey: .command)
    try container.encode(status, forKey: .status)
    try container.encodeIfPresent(model, forKey: .model)
    try container.encode(data, forKey: .data)
    if let evaluation {
      try evaluation.encode(to: encoder)
    } else {
      var named = container.nestedContainer(keyedBy: Name.self, forKey: .baselines)
      for baseline in baselines { try named.encode(baseline.metrics, forKey: Name(baseline.key)) }
    }
    try container.encodeIfPresent(refit, forKey: .refit)
    try container.encodeIfPresent(series, forKey: .series)
    try container.encodeIfPresent(search, forKey: .search)
    if !remarks.isEmpty { try container.encode(remarks, forKey: .remarks) }
    try container.encode(warnings, forKey: .warnings)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
    try container.encode(seed, forKey: .seed)
    try container.encode(threads, forKey: .threads)
    try container.encode(files, forKey: .files)
  }

  /// The most memory that this process has held.
  static func peakMemoryBytes() -> Int {
    var usage = rusage()
    #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
    #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
    #endif
  }
}

/// The scores of model and baselines under each other, for a person.
enum ScoreTable {
  static func text(model: ForecastMetrics?, baselines: [ForecastEvaluation.Baseline], level: Double) -> String {
    let titles = Dictionary(
      FittedBaselines.kinds.map { ($0.kind.key, $0.kind.title) }, uniquingKeysWith: { first, _ in first })
    var rows = [["", "MAE", "RMSE", "sMAPE", "MASE", "\(ForecastTable.name(of: level)) % coverage"]]
    let judged =
      (model.map { [("this model", $0)] } ?? [])
      + baselines.map { (titles[$0.key] ?? $0.key, $0.metrics) }
    for (name, metrics) in judged {
      let scores = metrics.overall
      func text(_ value: Double?) -> String { value.map { NumberText.significant($0) } ?? "-" }
      rows.append(
        [name, text(scores.mae), text(scores.rmse), text(scores.smape), text(scores.mase)]
          + [scores.coverage.map { "\(Int(($0 * 100).rounded())) %" } ?? "-"])
    }
    return ForecastTable.aligned(rows)
  }
}

extension ForecastDocument.Model {
  /// What a forecaster of one series is.
  init(_ forecaster: Forecaster) {
    let configuration = forecaster.configuration
    self.init(
      cell: configuration.cell, decoder: configuration.decoder.name, parameters: forecaster.parameterCount,
      weightsDigest: forecaster.weightsDigest, ensemble: configuration.ensembleSize ?? 1,
      augment: configuration.augmentations ?? [])
  }
}
