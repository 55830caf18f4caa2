public import RecurrentData
public import RecurrentNN
public import RecurrentTraining

/// What a forecaster is built and trained by. What is nil is chosen from the training and validation parts.
public struct ForecasterConfiguration: Codable, Sendable, Equatable {
  /// How many rows ahead to forecast.
  public var horizon: Int
  /// Rows that the network sees; nil chooses by the linear baseline's validation error.
  public var window: Int?
  /// Rows read in one step; it divides the window. nil: the horizon within 4...24 (a quarter of it, to be fed back by a
  /// recursive decoder), or a divisor of a given window.
  public var segment: Int?
  /// Rows of a season; 1 for none, nil to find it.
  public var season: Int?
  /// The shares of future values that the intervals should contain, rising.
  public var levels: [Double] = [0.8]

  /// The recurrent cell, or what takes its place: a name of `encoders`.
  public var cell = "gru"
  /// Hidden units; nil chooses by the number of training windows.
  public var hiddenSize: Int?
  /// Layers upon each other.
  public var layers = 1
  /// What a layer gets or gives beside the outputs of the layer below it; nil for nothing.
  public var connections: LayerConnections?
  /// What keeps recurrent layers from learning the training part by heart, beside dropout; nil for nothing.
  public var regularization: RecurrentRegularization?
  /// What makes the forecasts of the horizon of what has been left of a window.
  public var decoder = DecoderKind.direct
  /// Share of units dropped before the head and between layers; within the layers of structures that recurrent cells are
  /// compared with, as `SequenceEncoderKind.Plan.dropout` says.
  public var dropout = 0.3
  /// Whether a linear map beside the network may be used.
  public var allowsShortcut = true
  /// Whether the network has a head for each quantile beside the one for the point.
  public var hasQuantileHeads = false
  /// The distribution whose parameters are learned in place of the forecast itself: a name of `distributions`; its median is
  /// the forecast then, and its quantiles make the intervals. nil learns the forecast alone.
  public var distribution: String?
  /// How values are scaled; nil tries windows on the scale of the training part and on their own scale.
  public var scaler: Scaler.Kind?
  /// What is learned in place of values.
  public var difference = Difference.none
  /// What stands in for missing values.
  public var missing = MissingValues.Method.mask

  /// Passes over the training windows, at most; nil chooses by their number.
  public var epochs: Int?
  /// Windows in one batch; nil chooses by the number of training windows.
  public var batchSize: Int?
  /// The name of the optimizer: a name of `OptimizerKind.all`.
  public var optimizer = "adamw"
  /// The size of an update: that of the optimizer's kind, unless it is given or to be found. Models of many series look for
  /// none and take that of the kind.
  public var learningRate = LearningRateRule.standard
  /// How the learning rate changes: a name of `LearningRateScheduleKind.all`; nil for `cosine`.
  public var schedule: String?
  /// The weight decay in the optimizer's own form; nil for that of its kind.
  public var weightDecay: Double?
  /// The share of the averaged weights that each update keeps, 0 for no averaging; nil chooses by the number of steps.
  public var averaging: Double?
  /// The largest norm of all gradients together.
  public var clipNorm = 1.0
  /// Epochs without improvement of the validation error before training ends; nil chooses.
  public var patience: Int?
  /// Training ends after this many seconds; nil for never.
  public var timeLimit: Double?
  /// What is done to training windows: names of `Augmentation.all`; nil for nothing.
  public var augmentations: [String]?
  /// How often the networks that were chosen are trained, each time from other weights and in another order; the forecast is
  /// the mean of all. nil for once.
  public var ensembleSize: Int?
  /// The seed of all randomness.
  public var seed: UInt64 = 1

  /// A configuration of nothing but a horizon.
  public init(horizon: Int) { self.horizon = horizon }

  /// What is learned in place of the values themselves.
  public enum Difference: String, Codable, Sendable, CaseIterable {
    /// The values.
    case none
    /// Changes from row to row.
    case first
    /// Changes from season to season.
    case seasonal
    /// Changes from season to season of the changes from row to row.
    case both

    func differencing(season: Int?) -> Differencing {
      let isSeasonal = season.map { $0 > 1 } ?? false
      return Differencing(
        order: self == .first || self == .both ? 1 : 0,
        seasonalOrder: isSeasonal && (self == .seasonal || self == .both) ? 1 : 0, period: season ?? 1)
    }
  }

  /// What can read windows: the recurrent cells, what is made of them, and what they are compared with. Structures over frames
  /// are none: a window is a sequence of rows.
  public static let encoders = SequenceEncoderKind.all.filter { !$0.readsFrames }

  /// The encoder that the configuration names.
  ///
  /// - Throws: `DataError` as `namedEncoder()`, or if a regulariser has nothing to act on in the cell.
  func encoderKind() throws(DataError) -> SequenceEncoderKind {
    let kind = try namedEncoder()
    if let regularization, let idle = kind.recurrent?.idle(in: regularization) {
      throw DataError(expected: idle.expected, received: idle.name, hint: idle.hint)
    }
    return kind
  }

  /// The encoder of the name.
  ///
  /// - Throws: `DataError` if there is none, if only a recurrent cell has what is asked for, for too many layers, and for states
  ///   that are too large.
  package func namedEncoder() throws(DataError) -> SequenceEncoderKind {
    guard let kind = Self.encoders.first(where: { $0.name == cell }) else {
      throw DataError(expected: "a cell: " + Self.encoders.map(\.name).joined(separator: ", "), received: cell)
    }
    guard kind.recurrent == nil else { return kind }
    let (joined, regularized) = (connections ?? LayerConnections.none, regularization ?? RecurrentRegularization.none)
    var needs: [String] = []
    if joined != LayerConnections.none { needs.append("connections \(joined)") }
    if regularized != RecurrentRegularization.none { needs.append("regularisers") }
    if decoder != .direct { needs.append("the decoder \(decoder.name)") }
    if let need = needs.first {
      throw DataError(
        expected: "a recurrent cell for \(need), such as gru", received: cell, hint: "leave out one or the other")
    }
    let description = EncoderDescription(
      structure: cell, size: hiddenSize ?? Self.mostChosenUnits, layers: layers)
    do {
      _ = try description.output(of: .steps(features: description.size))
    } catch {
      throw DataError(
        expected: "\(error.expected) for \(error.path) of \(cell)", received: error.received,
        hint: error.hint ?? "give other \(error.path)")
    }
    return kind
  }

  /// The most units that are chosen where none are given.
  static let mostChosenUnits = 128

  /// The number of trainings of each chosen network.
  var trainings: Int { max(1, ensembleSize ?? 1) }

  /// The probabilities of the quantiles that the levels ask for, rising.
  public var probabilities: [Double] {
    levels.sorted(by: >).map { (1 - $0) / 2 } + levels.sorted().map { (1 + $0) / 2 }
  }
}
