import RecurrentNN

/// What every network of a forecaster has: recurrent layers of equal size.
protocol RecurrentNetworkPlan: Codable, Sendable {
  /// The name of a `RecurrentKind`.
  var cell: String { get }
  var hiddenSize: Int { get }
  var layers: Int { get }
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

  /// What all layers read at least: with dense connections each reads those below it.
  var layerWidths: Double {
    let read = connections == .dense ? layers * (layers + 1) / 2 : layers
    return Double(read) * Double(hiddenSize)
  }
}

/// Numbers beyond which a folder is damaged.
enum FolderBound {
  /// Rows, steps and units.
  static let rows = 10_000_000
}
