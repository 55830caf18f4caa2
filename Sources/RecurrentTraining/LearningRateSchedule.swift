import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How the learning rate changes during training, as a factor of the optimizer's own.
public protocol LearningRateSchedule: Sendable {
  /// The factor for a step.
  ///
  /// - Parameters:
  ///   - step: The step, from 0.
  ///   - total: The steps of the whole run, where known.
  /// - Returns: What the optimizer's own learning rate is multiplied with.
  func factor(step: Int, of total: Int?) -> Double

  /// Takes notice of the loss after an evaluation.
  mutating func observe(loss: Double)

  /// Everything that `observe` changes, all finite: what a run has to keep in order to continue later. It is set to what
  /// a schedule with the same options gave, so the count never differs.
  var memory: [Double] { get set }
}

extension LearningRateSchedule {
  /// Takes no notice.
  public mutating func observe(loss: Double) {}

  /// Empty: the factors depend on the step alone.
  public var memory: [Double] {
    get { [] }
    set {}
  }
}

/// The same learning rate all the time.
public struct ConstantLearningRate: LearningRateSchedule {
  /// The same learning rate all the time.
  public init() {}

  /// Always 1.
  public func factor(step: Int, of total: Int?) -> Double { 1 }
}

/// A straight rise over the first steps, then half a cosine down to a last share.
public struct CosineLearningRate: LearningRateSchedule {
  private let warmup: Int
  private let floor: Double

  /// - Parameters:
  ///   - warmup: The steps of the rise.
  ///   - floor: The factor of the last step.
  public init(warmup: Int = 0, floor: Double = 0) {
    self.warmup = warmup
    self.floor = floor
  }

  /// The factor for a step; 1 after the rise if the length of the run is not known.
  public func factor(step: Int, of total: Int?) -> Double {
    if step < warmup { return Double(step + 1) / Double(warmup) }
    guard let total, total > warmup + 1 else { return 1 }
    let share = min(1, Double(step - warmup) / Double(total - 1 - warmup))
    return floor + (1 - floor) * (1 + cos(Double.pi * share)) / 2
  }
}

/// A smaller learning rate each time the loss has not improved for some evaluations.
public struct PlateauLearningRate: LearningRateSchedule {
  private let reduction: Double
  private let patience: Int
  private let floor: Double
  private var present = 1.0
  private var best = Double.greatestFiniteMagnitude
  private var waited = 0

  /// - Parameters:
  ///   - reduction: What the factor is multiplied with each time.
  ///   - patience: The evaluations without improvement that are borne.
  ///   - floor: The smallest factor.
  public init(reduction: Double = 0.5, patience: Int = 5, floor: Double = 1e-3) {
    self.reduction = reduction
    self.patience = patience
    self.floor = floor
  }

  /// The present factor, the least loss so far (the largest number before the first one), and the evaluations since.
  public var memory: [Double] {
    get { [present, best, Double(waited)] }
    set {
      require(newValue.count == 3, TrainingMessages.scheduleMemory(expected: 3, received: newValue.count))
      (present, best, waited) = (newValue[0], newValue[1], Int(newValue[2]))
    }
  }

  /// The present factor.
  public func factor(step: Int, of total: Int?) -> Double { present }

  /// Reduces the factor when the loss has not improved for more than `patience` evaluations.
  public mutating func observe(loss: Double) {
    if loss < best {
      (best, waited) = (loss, 0)
      return
    }
    waited += 1
    if waited > patience { (present, waited) = (max(floor, present * reduction), 0) }
  }
}
