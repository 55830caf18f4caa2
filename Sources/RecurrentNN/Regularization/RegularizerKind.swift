public import RecurrentTensor

/// A regulariser of recurrent layers: one row of the table `all`.
public struct RegularizerKind: Sendable, CustomStringConvertible {
  /// The name in options and files: `recurrent-dropout`.
  public let name: String
  /// Who described it, and in which year.
  public let source: String
  /// What it does in training. m is 0 with the probability p and else 1 / (1 - p), d is 1 with the probability p and else 0;
  /// both fixed over time unless they carry a t.
  public let equation: String
  /// Where its strength stands.
  public let strength: WritableKeyPath<RecurrentRegularization, Scalar> & Sendable
  /// Whether the strength is a probability, below 1; else it is at least 0.
  public let isProbability: Bool
  private let isReachable: @Sendable (any RecurrentCell) -> Bool

  /// The name.
  public var description: String { name }

  /// Every regulariser of recurrent layers.
  public static let all: [RegularizerKind] = [
    RegularizerKind(
      "input-dropout", "Gal and Ghahramani 2016", "x_t becomes m ⊙ x_t", \.inputDropout),
    RegularizerKind(
      "output-dropout", "Gal and Ghahramani 2016", "the layer puts out m ⊙ h_t", \.outputDropout),
    RegularizerKind(
      "recurrent-dropout", "Gal and Ghahramani 2016", "W_h h becomes W_h (m ⊙ h)", \.recurrentDropout,
      acts: { $0.takesSteps && $0.hasRecurrentProducts }),
    RegularizerKind(
      "hidden-zoneout", "Krueger et al. 2017", "h_t becomes d_t ⊙ h_(t-1) + (1 - d_t) ⊙ h_t", \.hiddenZoneout,
      acts: { $0.takesSteps && type(of: $0).hiddenPlace != nil }),
    RegularizerKind(
      "memory-zoneout", "Krueger et al. 2017", "c_t becomes d_t ⊙ c_(t-1) + (1 - d_t) ⊙ c_t", \.memoryZoneout,
      acts: { $0.takesSteps && $0.hasMemories }),
    RegularizerKind(
      "weight-drop", "Wan et al. 2013; Merity et al. 2018", "W_h becomes m ⊙ W_h", \.weightDrop,
      acts: { !$0.recurrentWeightNames.isEmpty }),
    RegularizerKind(
      "activity-penalty", "Merity et al. 2017", "loss + α mean(h_t²)", \.activityPenalty, isProbability: false),
    RegularizerKind(
      "temporal-activity-penalty", "Merity et al. 2017", "loss + β mean((h_t - h_(t-1))²)",
      \.temporalActivityPenalty, isProbability: false),
    RegularizerKind(
      "step-gradient-limit", "Graves 2013", "∂loss/∂h_(t-1) through step t becomes min(max(it, -c), c)",
      \.stepGradientLimit, isProbability: false, acts: { $0.takesSteps }),
  ]

  /// The regulariser of this name, or nil.
  public init?(named name: String) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  private init(
    _ name: String, _ source: String, _ equation: String,
    _ strength: WritableKeyPath<RecurrentRegularization, Scalar> & Sendable, isProbability: Bool = true,
    acts isReachable: @escaping @Sendable (any RecurrentCell) -> Bool = { _ in true }
  ) {
    (self.name, self.source, self.equation) = (name, source, equation)
    (self.strength, self.isProbability, self.isReachable) = (strength, isProbability, isReachable)
  }

  /// Whether a cell has what this acts on: products that see its state, weights that take it in, a state to keep. Where it has
  /// not, nothing happens.
  public func acts(on cell: some RecurrentCell) -> Bool { isReachable(cell) }

  /// The allowed strengths, in words.
  public var range: String { isProbability ? "at least 0 and below 1" : "at least 0" }

  /// Whether a strength is allowed.
  public func allows(_ strength: Scalar) -> Bool {
    strength >= 0 && strength.isFinite && (!isProbability || strength < 1)
  }
}

extension RecurrentCell {
  fileprivate var takesSteps: Bool { Self.takesStepRegularization }
}
