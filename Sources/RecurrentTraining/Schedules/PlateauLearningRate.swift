import RecurrentTensor

/// A smaller learning rate each time the loss has not improved for some evaluations, as PyTorch's `ReduceLROnPlateau`.
///
/// An evaluation is an improvement if `loss < best · (1 - minimumImprovement)`.
public struct PlateauLearningRate: LearningRateSchedule {
  private let reduction: Double
  private let patience: Int
  private let floor: Double
  private let minimumImprovement: Double
  private let cooldown: Int
  private var present = 1.0
  private var best = Double.greatestFiniteMagnitude
  private var waited = 0
  private var resting = 0

  /// - Parameters:
  ///   - reduction: What the factor is multiplied with each time.
  ///   - patience: The evaluations without improvement that are borne.
  ///   - floor: The smallest factor.
  ///   - minimumImprovement: The share of the best loss by which a loss must lie below it (PyTorch's default: 1e-4).
  ///   - cooldown: The evaluations after a reduction that are not counted.
  public init(
    reduction: Double = 0.5, patience: Int = 5, floor: Double = 1e-3, minimumImprovement: Double = 0, cooldown: Int = 0
  ) {
    checkOption("PlateauLearningRate minimumImprovement", minimumImprovement, below: 1)
    self.reduction = reduction
    self.patience = patience
    self.floor = floor
    self.minimumImprovement = minimumImprovement
    self.cooldown = cooldown
  }

  /// The present factor, the least loss so far (the largest number before the first one), the evaluations since, and
  /// those of the rest that are left.
  public var memory: [Double] {
    get { [present, best, Double(waited), Double(resting)] }
    set {
      require(newValue.count == 4, TrainingMessages.scheduleMemory(expected: 4, received: newValue.count))
      (present, best) = (newValue[0], newValue[1])
      (waited, resting) = (Self.count(newValue[2]), Self.count(newValue[3]))
    }
  }

  private static func count(_ number: Double) -> Int { Int(exactly: number).map { max(0, min($0, 1 << 53)) } ?? 0 }

  /// The present factor.
  public func factor(step: Int, of total: Int?) -> Double { present }

  /// Reduces the factor when the loss has not improved for more than `patience` evaluations.
  public mutating func observe(loss: Double) {
    if loss < best * (1 - minimumImprovement) { (best, waited) = (loss, 0) } else { waited += 1 }
    if resting > 0 { (resting, waited) = (resting - 1, 0) }
    if waited > patience { (present, waited, resting) = (max(floor, present * reduction), 0, cooldown) }
  }
}
