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
private struct MemberWeights: Module {
  var members: [ForecastMember]

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
    return [
      (FileName.weights, weightBytes), (FileName.encoders, try ModelFolder.json(parts)),
      (FileName.data, try ModelFolder.json(SeriesTail(of: series, rows: rowsSeen))),
    ]
  }

  /// Rows before an origin that have an influence on its forecast, filling of missing values apart.
  public var rowsSeen: Int { window + 8 * encoders.differencing.lostRows + 1 }

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
    let parts = try folder.value(FittedParts.self, from: FileName.encoders)
    let members = try record.members.map { plan in
      guard let kind = RecurrentKind(named: plan.cell) else {
        throw ModelFolderError.damaged(file: configurationFile, reason: "there is no cell \(plan.cell)")
      }
      guard plan.isSound else {
        throw ModelFolderError.damaged(file: configurationFile, reason: "the sizes of a network do not fit together")
      }
      return ForecastMember(plan, kind: kind, random: RandomSource(seed: 0))
    }
    guard !members.isEmpty, parts.encoders.isSound, record.configuration.horizon > 0, record.window > 0 else {
      throw ModelFolderError.damaged(file: configurationFile, reason: "it describes no forecaster")
    }
    var weights = MemberWeights(members: members)
    try weights.loadWeights(from: "\(folder.path)/\(FileName.weights)")
    self.init(
      configuration: record.configuration, season: record.season, window: record.window, split: record.split,
      encoders: parts.encoders, baselines: parts.baselines, members: weights.members, linear: parts.linear,
      intervals: parts.intervals)
  }
}

extension ForecastMember.Plan {
  /// Whether the sizes are ones that training writes.
  fileprivate var isSound: Bool {
    let sizes = [hiddenSize, layers, shape.window, shape.segment, targets, horizon, inputSize]
    return sizes.allSatisfy { (1...10_000_000).contains($0) } && shape.window % shape.segment == 0
      && inputSize % shape.segment == 0 && residualScales.count == targets && shape.minimumSpreads.count == targets
      && dropout >= 0 && dropout < 1
  }
}

extension ForecastEncoders {
  /// Whether the parts fit together.
  fileprivate var isSound: Bool {
    scalers.count == columns.count && !targets.isEmpty && targets.allSatisfy { columns.indices.contains($0) }
  }
}
