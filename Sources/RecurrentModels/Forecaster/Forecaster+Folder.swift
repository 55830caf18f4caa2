public import RecurrentData
import RecurrentNN
import RecurrentTensor

/// What `config.json` keeps of a forecaster, under the key `forecaster`.
public struct ForecasterRecord: Codable, Sendable {
  let configuration: ForecasterConfiguration
  let season: Season?
  let window: Int
  let split: SeriesSplit
  let members: [ForecastMember.Plan]
}

/// What `encoders.json` keeps: everything fitted but the weights.
private struct FittedParts: Codable {
  let encoders: ForecastEncoders
  let intervals: ForecastIntervals
  let linear: LinearBaseline?
  let baselines: FittedBaselines
}

/// All networks as one module, for one file of weights.
struct MemberWeights<Member: Module>: Module {
  var members: [Member]

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    for index in members.indices { visitor.visit(&members[index], "network\(index + 1)") }
  }
}

extension Forecaster {
  /// The names of the files that hold a forecaster.
  public enum FileName {
    /// The record beside the program's own keys.
    public static let configuration = "config.json"
    /// The weights.
    public static let weights = "model.safetensors"
    /// What was fitted to the training part.
    public static let encoders = "encoders.json"
    /// The errors of past forecasts that paths are drawn from.
    public static let paths = "paths.safetensors"
    /// What is known about the data, and its last rows.
    public static let data = "data.json"
  }

  /// The part of `config.json` that belongs to the forecaster.
  public var record: ForecasterRecord {
    ForecasterRecord(
      configuration: configuration, season: season, window: window, split: split, members: members.map(\.plan))
  }

  /// The files besides `config.json`.
  ///
  /// - Parameter series: The series that forecasts without new data will continue.
  /// - Returns: Names and contents.
  /// - Throws: An error of the JSON encoder for a number that is not finite.
  public func files(continuing series: TimeSeries) throws -> [(name: String, bytes: [UInt8])] {
    let parts = FittedParts(encoders: encoders, intervals: intervals, linear: linear, baselines: baselines)
    var files: [(name: String, bytes: [UInt8])] = [
      (FileName.weights, weightBytes), (FileName.encoders, try ModelFolder.json(parts)),
      (FileName.data, try ModelFolder.json(SeriesTail(of: series, rows: rowsToContinue(series)))),
    ]
    if let paths { files.append((FileName.paths, paths.bytes)) }
    return files
  }

  /// The last rows of a series that its next forecast depends on.
  private func rowsToContinue(_ series: TimeSeries) -> Int {
    let frame = encoders.frame(of: series)
    let first = series.rowCount - window
    // What is missing in a window is filled from one window or four seasons before it, or from the last known value.
    let known = frame.targets.map { column in
      frame.columns[column][..<max(0, first)].lastIndex { !$0.isNaN } ?? first
    }
    let reach = max(window, encoders.missing.method == .seasonal ? 4 * encoders.missing.period : 0)
    let start = min(first - reach, known.min() ?? first) - encoders.differencing.lostRows
    return max(rowsSeen, series.rowCount - start)
  }

  /// Rows before an origin that have an influence on its forecast, filling of missing values apart.
  public var rowsSeen: Int { window + 8 * encoders.differencing.lostRows + 1 }

  /// The fewest rows of a series that can be continued.
  public var fewestRows: Int { window + encoders.differencing.lostRows }

  private var weightBytes: [UInt8] { SafetensorsFile.encoded(MemberWeights(members: members).namedTensors) }

  /// SHA-256 of all weights: equal digests are equal models.
  public var weightsDigest: String { SHA256.hexDigest(of: weightBytes) }

  /// Reads a forecaster from a model folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - record: The record in its `config.json`.
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  public init(from folder: ModelFolder, record: ForecasterRecord) throws {
    let configurationFile = "\(folder.path)/\(FileName.configuration)"
    guard record.isSound else {
      throw ModelFolderError.damaged(file: configurationFile, reason: "it describes no forecaster")
    }
    let parts = try folder.value(FittedParts.self, from: FileName.encoders)
    guard parts.isSound(for: record) else {
      throw ModelFolderError.damaged(
        file: "\(folder.path)/\(FileName.encoders)", reason: "its parts do not fit together")
    }
    let weightFile = try SafetensorsFile(
      bytes: folder.bytes(of: FileName.weights), name: "\(folder.path)/\(FileName.weights)")
    let scalars = weightFile.entries.reduce(0.0) { $0 + $1.shape.reduce(1.0) { $0 * Double($1) } }
    let members = try record.members.map { plan in
      let kind = try plan.encoderKind(for: record.configuration, file: configurationFile)
      // Networks larger than the weights are never made, however large the numbers in the file.
      guard plan.isSound(for: record, parts.encoders), plan.leastScalars <= scalars else {
        throw ModelFolderError.damaged(file: configurationFile, reason: "the sizes of a network do not fit together")
      }
      return ForecastMember(plan, kind: kind, random: RandomSource(seed: 0))
    }
    var weights = MemberWeights(members: members)
    try weights.loadWeights(from: weightFile)
    self.init(
      configuration: record.configuration, season: record.season, window: record.window, split: record.split,
      encoders: parts.encoders, baselines: parts.baselines, members: weights.members, linear: parts.linear,
      intervals: parts.intervals, paths: try Self.paths(in: folder, for: record, parts))
  }

  /// The errors of past forecasts; nil in a folder that was written before they were kept.
  private static func paths(
    in folder: ModelFolder, for record: ForecasterRecord, _ parts: FittedParts
  ) throws -> PathErrors? {
    let bytes: [UInt8]
    do {
      bytes = try folder.bytes(of: FileName.paths)
    } catch ModelFolderError.missing {
      return nil
    }
    return try PathErrors(
      SafetensorsFile(bytes: bytes, name: "\(folder.path)/\(FileName.paths)"), horizon: record.configuration.horizon,
      targets: parts.encoders.targets.count)
  }
}

extension ForecasterRecord {
  fileprivate var isSound: Bool {
    let levels = configuration.levels
    return !members.isEmpty && (1...FolderBound.rows).contains(configuration.horizon)
      && (1...FolderBound.rows).contains(window)
      && !levels.isEmpty && levels.allSatisfy { $0 > 0 && $0 < 1 } && Set(levels).count == levels.count
      && split.train.lowerBound >= 0 && split.train.upperBound <= split.validation.lowerBound
      && split.validation.upperBound <= split.test.lowerBound && season?.period ?? 2 >= 2
      && abs(season?.strength ?? 0) <= 2
  }
}

extension FittedParts {
  /// Whether the parts fit together and to the record.
  fileprivate func isSound(for record: ForecasterRecord) -> Bool {
    let targets = encoders.targets.count, horizon = record.configuration.horizon
    return encoders.isSound && linear?.isSound(horizon: horizon, targets: targets) ?? true
      && baselines.isSound(horizon: horizon, targets: targets)
      && intervals.isSound(for: record.configuration, targets: targets)
      && (linear != nil || record.members.allSatisfy { $0.base != .linear })
  }
}

extension ForecastIntervals {
  fileprivate func isSound(for configuration: ForecasterConfiguration, targets: Int) -> Bool {
    (1...FolderBound.rows).contains(window) && meanSpreads.count == targets
      && [calibration, newest].allSatisfy {
        $0.isSound(horizon: configuration.horizon, targets: targets)
          && $0.probabilities == configuration.probabilities
      }
  }
}

extension ForecastMember.Plan {
  /// Whether the sizes are ones that training writes for a record and its encoders.
  fileprivate func isSound(for record: ForecasterRecord, _ encoders: ForecastEncoders) -> Bool {
    let sizes = [shape.window, shape.segment]
    guard hasSoundLayers(for: record.configuration), sizes.allSatisfy({ (1...FolderBound.rows).contains($0) }),
      shape.window % shape.segment == 0
    else { return false }
    let channels =
      1 + (shape.view == .level ? encoders.shownCount : 0) + (encoders.marksMissing ? 1 : 0)
      + 2 * encoders.calendar.cycles.count
    let outputs = probabilities.isEmpty || probabilities == record.configuration.probabilities
    return shape.window == record.window && targets == encoders.targets.count
      && horizon == record.configuration.horizon && inputSize == shape.segment * channels && outputs
      && distribution == record.configuration.distribution
      && distribution.map { ForecastDistributions.named($0) != nil } ?? true
      && (counts != nil) == record.configuration.learnsCounts
      && counts.map { $0.count == targets && $0.allSatisfy(\.isSound) } ?? true
      && decoder == record.configuration.decoder && knownSize == encoders.known?.count
      && calendarSize == decoder.calendarSize(encoders) && residualScales.count == targets
      && shape.minimumSpreads.count == targets
  }

  /// A number of scalars that a network of this plan has at least.
  fileprivate var leastScalars: Double {
    Double(hiddenSize)
      * (Double(inputSize) + layerWidths + decoder.leastScalars(horizon, shape.segment, outputs))
  }
}
