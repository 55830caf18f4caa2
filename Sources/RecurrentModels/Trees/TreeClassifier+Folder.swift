import RecurrentData
import RecurrentNN
import RecurrentTensor

/// What `config.json` keeps of a classifier of trees, under the key `trees`.
public struct TreeClassifierRecord: Codable, Sendable {
  let configuration: TreeClassifierConfiguration
  let network: TreeNetwork.Plan
}

extension TreeClassifier {
  /// The part of `config.json` that belongs to the classifier.
  public var record: TreeClassifierRecord {
    TreeClassifierRecord(configuration: configuration, network: network.plan)
  }

  /// The files besides `config.json`.
  ///
  /// - Returns: Names and contents.
  /// - Throws: An error of the JSON encoder.
  public func files() throws -> [(name: String, bytes: [UInt8])] {
    [
      (Forecaster.FileName.weights, weightBytes), (Forecaster.FileName.encoders, try ModelFolder.json(encoding)),
    ]
  }

  private var weightBytes: [UInt8] { SafetensorsFile.encoded(network.namedTensors) }

  /// SHA-256 of all weights: equal digests are equal models.
  public var weightsDigest: String { SHA256.hexDigest(of: weightBytes) }

  /// Reads a classifier from a model folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - record: The record in its `config.json`.
  /// - Throws: `ModelFolderError` or `SafetensorsError` that names the file.
  public init(from folder: ModelFolder, record: TreeClassifierRecord) throws {
    let file = "\(folder.path)/\(Forecaster.FileName.configuration)"
    guard let kind = NodeEncoderKind(named: record.network.cell) else {
      throw ModelFolderError.damaged(file: file, reason: "there is no cell \(record.network.cell)")
    }
    let encoding = try folder.value(TreeEncoding.self, from: Forecaster.FileName.encoders)
    guard encoding.isSound, encoding.labels.count == record.network.classes,
      encoding.vocabularySize == record.network.vocabularySize
    else {
      throw ModelFolderError.damaged(
        file: "\(folder.path)/\(Forecaster.FileName.encoders)", reason: "its parts do not fit together")
    }
    let weights = try SafetensorsFile(
      bytes: folder.bytes(of: Forecaster.FileName.weights), name: "\(folder.path)/\(Forecaster.FileName.weights)")
    // A network larger than the weights is never made, however large the numbers in the file.
    let scalars = weights.entries.reduce(0.0) { $0 + $1.shape.reduce(1.0) { $0 * Double($1) } }
    guard record.network.isSound, record.network.leastScalars(kind) <= scalars else {
      throw ModelFolderError.damaged(file: file, reason: "the sizes of the network do not fit together")
    }
    var network = TreeNetwork(record.network, kind: kind, random: RandomSource(seed: 0))
    try network.loadWeights(from: weights)
    self.init(configuration: record.configuration, encoding: encoding, network: network)
  }
}

/// Sizes beyond this are no sizes that training writes.
private let mostNumbers = 100_000_000

extension TreeEncoding {
  /// Whether no word or label comes twice.
  fileprivate var isSound: Bool {
    !labels.isEmpty && Set(labels).count == labels.count && Set(words).count == words.count
  }
}

extension TreeNetwork.Plan {
  /// Whether the sizes are ones that training writes.
  fileprivate var isSound: Bool {
    [vocabularySize, wordSize, hiddenSize, classes].allSatisfy { (1...mostNumbers).contains($0) }
      && [wordDropout, dropout].allSatisfy { $0 >= 0 && $0 < 1 }
  }

  /// A number of scalars that a network of this plan has at least.
  fileprivate func leastScalars(_ kind: NodeEncoderKind) -> Double {
    let (hidden, word) = (Double(hiddenSize), Double(wordSize))
    return Double(vocabularySize) * word + kind.leastScalars(word, hidden) + hidden * Double(classes)
  }
}
