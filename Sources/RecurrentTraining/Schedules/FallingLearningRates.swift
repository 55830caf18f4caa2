/// A smaller learning rate after equal numbers of steps, as PyTorch's `StepLR`: `factor^⌊t / interval⌋`.
public struct StepLearningRate: LearningRateSchedule {
  private let interval: Int
  private let factor: Double

  /// - Parameters:
  ///   - interval: The steps between two falls, at least 1.
  ///   - factor: What the learning rate is multiplied with in each.
  public init(every interval: Int, factor: Double = 0.1) {
    checkCount("StepLearningRate interval", interval)
    checkOption("StepLearningRate factor", factor)
    self.interval = interval
    self.factor = factor
  }

  /// The factor for a step.
  public func factor(step: Int, of total: Int?) -> Double { power(factor, step / interval) }
}

/// A smaller learning rate from each of some steps on, as PyTorch's `MultiStepLR`: `factor^(milestones ≤ t)`.
public struct MultiStepLearningRate: LearningRateSchedule {
  private let milestones: [Int]
  private let factor: Double

  /// - Parameters:
  ///   - milestones: The steps, from 0, in which the learning rate falls; a step given twice counts twice.
  ///   - factor: What the learning rate is multiplied with in each.
  public init(at milestones: [Int], factor: Double = 0.1) {
    checkOption("MultiStepLearningRate factor", factor)
    self.milestones = milestones
    self.factor = factor
  }

  /// The factor for a step.
  public func factor(step: Int, of total: Int?) -> Double {
    power(factor, milestones.count { $0 <= step })
  }
}

/// A learning rate that falls by the same share in every step, as PyTorch's `ExponentialLR`: `factorᵗ`.
public struct ExponentialLearningRate: LearningRateSchedule {
  private let factor: Double

  /// - Parameter factor: What the learning rate is multiplied with in each step, as 0.999.
  public init(factor: Double) {
    checkOption("ExponentialLearningRate factor", factor)
    self.factor = factor
  }

  /// The factor for a step.
  public func factor(step: Int, of total: Int?) -> Double { power(factor, step) }
}

/// A straight line from one factor to another, as PyTorch's `LinearLR`: `start + (end - start) · min(1, t / T)`.
public struct LinearLearningRate: LearningRateSchedule {
  private let start: Double
  private let end: Double
  private let steps: Int?

  /// - Parameters:
  ///   - start: The factor of the first step.
  ///   - end: The factor that is reached.
  ///   - steps: T, the steps until it is reached; nil for the steps of the whole run.
  public init(from start: Double = 1, to end: Double = 0, steps: Int? = nil) {
    checkOption("LinearLearningRate start", start)
    checkOption("LinearLearningRate end", end)
    checkCount("LinearLearningRate steps", steps ?? 1)
    self.start = start
    self.end = end
    self.steps = steps
  }

  /// The factor for a step; that of the start if the length of the run is not known.
  public func factor(step: Int, of total: Int?) -> Double {
    guard let steps = steps ?? total else { return start }
    return start + (end - start) * min(1, Double(step) / Double(max(1, steps)))
  }
}

/// A power of the share of the run that is left, as PyTorch's `PolynomialLR`: `(1 - min(1, t / T))^exponent`.
public struct PolynomialLearningRate: LearningRateSchedule {
  private let exponent: Double
  private let steps: Int?

  /// - Parameters:
  ///   - exponent: The power, at least 0: 1 is a straight line.
  ///   - steps: T, the steps until zero is reached; nil for the steps of the whole run.
  public init(exponent: Double = 1, steps: Int? = nil) {
    checkOption("PolynomialLearningRate exponent", exponent)
    checkCount("PolynomialLearningRate steps", steps ?? 1)
    self.exponent = exponent
    self.steps = steps
  }

  /// The factor for a step; 1 if the length of the run is not known.
  public func factor(step: Int, of total: Int?) -> Double {
    guard let steps = steps ?? total else { return 1 }
    return power(1 - min(1, Double(step) / Double(max(1, steps))), exponent)
  }
}
