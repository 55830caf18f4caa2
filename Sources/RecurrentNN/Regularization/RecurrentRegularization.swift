public import RecurrentTensor

/// What keeps a recurrent layer from learning its training data by heart: all of it off by default, and none of it in
/// inference but the mean of zoneout.
///
/// ```swift
/// var lstm = LSTM(inputSize: 10, hiddenSize: 20, layers: 2)
/// lstm.regularization = RecurrentRegularization(inputDropout: 0.2, recurrentDropout: 0.25, temporalActivityPenalty: 1)
/// ```
///
/// What each does, and who described it, is a row of ``RegularizerKind/all``. Masks depend on (seed, step, call, row, time,
/// unit) alone. Dropout on inputs and outputs, weight drop and the penalties leave the fused scan as it is; dropout on the
/// recurrence, zoneout and the limit of gradients walk over `step`.
///
/// Prices on weights are `WeightPenalties` of the trainer, limits of them `WeightConstraints`.
public struct RecurrentRegularization: Hashable, Sendable {
  /// What zoneout is in inference.
  public enum ZoneoutInference: String, Hashable, Sendable, Codable, CaseIterable {
    /// The mean of what a unit had and what it would get, as in the paper.
    case mean
    /// Nothing: a plain step.
    case plain
  }

  /// The probability with which a feature of a layer's input is zeroed, at all steps alike; in a stack, of each layer's.
  public var inputDropout: Scalar = 0
  /// The probability with which a feature of the top layer's output is zeroed, at all steps alike.
  public var outputDropout: Scalar = 0
  /// The probability with which the recurrent products do not see a unit, at all steps alike.
  public var recurrentDropout: Scalar = 0
  /// The probability with which a unit's hidden state (the first tensor of a state) stays what it was, at each step anew.
  public var hiddenZoneout: Scalar = 0
  /// The probability with which a unit's memories (the other tensors of a state) stay what they were, at each step anew.
  public var memoryZoneout: Scalar = 0
  /// The probability with which a recurrent weight is zeroed, one mask a call.
  public var weightDrop: Scalar = 0
  /// The price of the mean square of the top layer's outputs.
  public var activityPenalty: Scalar = 0
  /// The price of the mean square of their changes from step to step.
  public var temporalActivityPenalty: Scalar = 0
  /// The largest magnitude of an element of the gradient that flows from a step to the one before; 0 for no limit.
  public var stepGradientLimit: Scalar = 0
  /// What zoneout is in inference.
  public var zoneoutInference = ZoneoutInference.mean

  /// Nothing.
  public static let none = RecurrentRegularization()

  /// Regularisers of these strengths: probabilities at least 0 and below 1, prices and the limit at least 0; 0 is off.
  public init(
    inputDropout: Scalar = 0, outputDropout: Scalar = 0, recurrentDropout: Scalar = 0, hiddenZoneout: Scalar = 0,
    memoryZoneout: Scalar = 0, weightDrop: Scalar = 0, activityPenalty: Scalar = 0,
    temporalActivityPenalty: Scalar = 0, stepGradientLimit: Scalar = 0, zoneoutInference: ZoneoutInference = .mean
  ) {
    self.inputDropout = inputDropout
    self.outputDropout = outputDropout
    self.recurrentDropout = recurrentDropout
    self.hiddenZoneout = hiddenZoneout
    self.memoryZoneout = memoryZoneout
    self.weightDrop = weightDrop
    self.activityPenalty = activityPenalty
    self.temporalActivityPenalty = temporalActivityPenalty
    self.stepGradientLimit = stepGradientLimit
    self.zoneoutInference = zoneoutInference
  }

  /// Whether a step in inference differs from the cell's.
  func actsInInference<Cell: RecurrentCell>(on cell: Cell) -> Bool {
    zoneoutInference == .mean
      && (hiddenZoneout > 0 && Cell.hiddenPlace != nil || memoryZoneout > 0 && cell.hasMemories)
  }

  /// Whether a training pass of such a cell is a walk over `step`.
  func walksByStep<Cell: RecurrentCell>(_ cell: Cell) -> Bool {
    stepGradientLimit > 0 || (memoryZoneout > 0 && cell.hasMemories) || (hiddenZoneout > 0 && Cell.hiddenPlace != nil)
      || (recurrentDropout > 0 && cell.hasRecurrentProducts)
  }

  /// Stops unless every strength is allowed.
  func check(_ layer: String) {
    for kind in RegularizerKind.all where !kind.allows(self[keyPath: kind.strength]) {
      stop(
        LayerMessages.option(
          layer, "regularization \(kind.name)", expected: kind.range, received: self[keyPath: kind.strength]))
    }
  }
}

extension RecurrentRegularization: CustomStringConvertible {
  /// As `recurrent-dropout 0.25, weight-drop 0.5`; empty without any.
  public var description: String {
    RegularizerKind.all.compactMap { kind in
      let strength = self[keyPath: kind.strength]
      return strength == 0 ? nil : "\(kind.name) \(strength)"
    }.joined(separator: ", ")
  }
}

extension RecurrentRegularization: Codable {
  /// The key in files beside those of ``RegularizerKind/all``.
  package static let inferenceName = "zoneout-inference"
  private static let inference = TextKey(inferenceName)

  /// Reads what is there, as `{"recurrent-dropout": 0.25}`; what is absent is off.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: `DecodingError` for a name that is none, and for a strength that is not allowed.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TextKey.self)
    for key in container.allKeys where key.stringValue != Self.inference.stringValue {
      guard let kind = RegularizerKind(named: key.stringValue) else {
        let names = RegularizerKind.all.map(\.name) + [Self.inference.stringValue]
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container,
          debugDescription: "expected one of \(names.joined(separator: ", ")), received “\(key.stringValue)”")
      }
      let strength = try container.decode(Scalar.self, forKey: key)
      guard kind.allows(strength) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "expected a number \(kind.range), received \(strength)")
      }
      self[keyPath: kind.strength] = strength
    }
    zoneoutInference = try container.decodeIfPresent(ZoneoutInference.self, forKey: Self.inference) ?? .mean
  }

  /// Writes what is on.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: TextKey.self)
    for kind in RegularizerKind.all where self[keyPath: kind.strength] != 0 {
      try container.encode(self[keyPath: kind.strength], forKey: TextKey(kind.name))
    }
    if zoneoutInference != .mean { try container.encode(zoneoutInference, forKey: Self.inference) }
  }
}
