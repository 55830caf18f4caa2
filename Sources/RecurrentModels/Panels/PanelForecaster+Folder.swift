public import RecurrentData
import RecurrentNN
import RecurrentTensor

/// What `config.json` keeps of a forecaster of many series, under the key `panel`.
public struct PanelForecasterRecord: Codable, Sendable {
  let configuration: ForecasterConfiguration
  let season: Season?
  let members: [PanelMember.Plan]
}

/// What `encoders.json` keeps: everything fitted but the weights.
private struct PanelParts: Codable {
  let encoding: PanelEncoding
  let intervals: PanelIntervals
  let linear: PanelLinearMap?
}

extension PanelForecaster {
  /// The part of `config.json` that belongs to the forecaster.
  public var record: PanelForecasterRecord {
    PanelForecasterRecord(configuration: configuration, season: season, members: members.map(\.plan))
  }

  /// The files besides `config.json`.
  ///
  /// - Parameters:
  ///   - panel: The series that forecasts without new data will continue.
  ///   - form: How their files hold them.
  /// - Returns: Names and contents.
  /// - Throws: An error of the JSON encoder for a number that is not finite.
  public func files(continuing panel: SeriesPanel, form: SeriesPanel.Form) throws -> [(name: String, bytes: [UInt8])] {
    let parts = PanelParts(encoding: encoding, intervals: intervals, linear: linear)
    return [
      (Forecaster.FileName.weights, weightBytes), (Forecaster.FileName.encoders, try ModelFolder.json(parts)),
      (Forecaster.FileName.data, try ModelFolder.json(PanelTail(of: panel, form: form, rows: encoding.window))),
    ]
  }

  private var weightBytes: [UInt8] { SafetensorsFile.encoded(MemberWeights(members: members).namedTensors) }

  /// SHA-256 of all weights: equal digests are equal models.
  public var weightsDigest: String { SHA256.hexDigest(of: weightBytes) }

  /// Reads a forecaster from a model folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - record: The record in its `config.json`.
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  public init(from folder: ModelFolder, record: PanelForecasterRecord) throws {
    let file = "\(folder.path)/\(Forecaster.FileName.configuration)"
    let parts = try folder.value(PanelParts.self, from: Forecaster.FileName.encoders)
    guard parts.isSound(for: record) else {
      throw ModelFolderError.damaged(
        file: "\(folder.path)/\(Forecaster.FileName.encoders)", reason: "its parts do not fit together")
    }
    let weightFile = try SafetensorsFile(
      bytes: folder.bytes(of: Forecaster.FileName.weights), name: "\(folder.path)/\(Forecaster.FileName.weights)")
    let scalars = weightFile.entries.reduce(0.0) { $0 + $1.shape.reduce(1.0) { $0 * Double($1) } }
    let members = try record.members.map { plan in
      let kind = try plan.encoderKind(for: record.configuration, file: file)
      // Networks larger than the weights are never made, however large the numbers in the file.
      guard plan.isSound(for: record.configuration, parts.encoding), plan.leastScalars <= scalars else {
        throw ModelFolderError.damaged(file: file, reason: "the sizes of a network do not fit together")
      }
      return PanelMember(plan, kind: kind, random: RandomSource(seed: 0))
    }
    var weights = MemberWeights(members: members)
    try weights.loadWeights(from: weightFile)
    self.init(
      configuration: record.configuration, season: record.season, encoding: parts.encoding, members: weights.members,
      linear: parts.linear, intervals: parts.intervals)
  }
}

extension PanelParts {
  /// Whether the parts fit together and to the record.
  fileprivate func isSound(for record: PanelForecasterRecord) -> Bool {
    let configuration = record.configuration
    let levels = configuration.levels
    return !record.members.isEmpty && !levels.isEmpty && levels.allSatisfy { $0 > 0 && $0 < 1 }
      && (1...FolderBound.rows).contains(encoding.window) && (1...FolderBound.rows).contains(encoding.horizon)
      && encoding.horizon == configuration.horizon && !encoding.cycles.isEmpty
      && encoding.cycles.allSatisfy { (1...encoding.window).contains($0) }
      && encoding.categories.count == encoding.texts.count && encoding.statics?.isSound ?? true
      && encoding.unit?.isSound ?? true
      && linear?.isSound(encoding) ?? true
      && intervals.calibration.probabilities == configuration.probabilities
      && intervals.calibration.isSound(horizon: encoding.horizon, targets: 1) && intervals.meanRoughness.isFinite
      && (2...FolderBound.rows).contains(record.season?.period ?? 2)
  }
}

extension PanelMember.Plan {
  /// Whether the sizes are ones that training writes for a configuration and an encoding.
  fileprivate func isSound(for configuration: ForecasterConfiguration, _ encoding: PanelEncoding) -> Bool {
    hasSoundLayers(for: configuration) && (1...FolderBound.rows).contains(segment) && window == encoding.window
      && horizon == encoding.horizon && window % segment == 0
      && vocabularies == encoding.texts.map { $0.count + 1 } && staticSize == encoding.statics?.count
  }

  /// A number of scalars that a network of this plan has at least.
  fileprivate var leastScalars: Double {
    Double(hiddenSize) * (Double(segment) + layerWidths + Double(horizon))
      + (hasShortcut ? Double(window) * Double(horizon) : 0)
  }
}
