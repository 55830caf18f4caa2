import RecurrentData
import RecurrentNN

/// What every network of a forecaster has: layers of equal size.
protocol RecurrentNetworkPlan: Codable, Sendable {
  /// The name of one of `ForecasterConfiguration.encoders`.
  var cell: String { get }
  var hiddenSize: Int { get }
  var layers: Int { get }
  /// The steps in which a window is read.
  var segments: Int { get }
  /// Share of units dropped before the output and between layers.
  var dropout: Double { get }
  /// How layers are joined; nil for nothing.
  var connections: LayerConnections? { get }
  /// What keeps layers from learning by heart; nil for nothing.
  var regularization: RecurrentRegularization? { get }
}

extension RecurrentNetworkPlan {
  /// Whether the layers are ones that training writes for a configuration.
  func hasSoundLayers(for configuration: ForecasterConfiguration) -> Bool {
    (1...FolderBound.rows).contains(hiddenSize) && (1...64).contains(layers) && dropout >= 0 && dropout < 1
      && connections == configuration.connections && regularization == configuration.regularization
  }

  /// What reads the windows.
  ///
  /// - Throws: `ModelFolderError` that names the file if there is no such encoder, or none with these sizes and what a
  ///   configuration asks for.
  func encoderKind(for configuration: ForecasterConfiguration, file: String) throws(ModelFolderError)
    -> SequenceEncoderKind
  {
    var configuration = configuration
    (configuration.cell, configuration.hiddenSize, configuration.layers) = (cell, hiddenSize, layers)
    do {
      let kind = try configuration.namedEncoder()
      try kind.check(segments: segments)
      return kind
    } catch {
      throw ModelFolderError.damaged(file: file, reason: "\(error)")
    }
  }

  /// What all layers read at least: with dense connections each reads those below it; what takes the place of a recurrent cell has
  /// six matrices in each.
  var layerWidths: Double {
    let read = connections == .dense ? layers * (layers + 1) / 2 : layers
    return Double(RecurrentKind(named: cell) == nil ? 6 * read : read) * Double(hiddenSize)
  }
}

extension SequenceEncoderKind {
  /// Attention has a number for each pair of the steps that are kept side by side.
  private var mostSegments: Int { keepsAllSteps ? 512 : FolderBound.rows }

  /// Refuses windows of more steps than should be kept.
  func check(segments: Int) throws(DataError) {
    guard segments > mostSegments else { return }
    throw DataError(
      expected: "at most \(mostSegments) segments of a window for the cell \(name)", received: "\(segments)",
      hint: "take a shorter window or longer segments")
  }

  /// The fewest rows of a segment with which a window is read.
  func leastSegment(ofWindow rows: Int) -> Int { (rows + mostSegments - 1) / mostSegments }
}

/// Numbers beyond which a folder is damaged.
enum FolderBound {
  /// Rows, steps and units.
  static let rows = 10_000_000
}
