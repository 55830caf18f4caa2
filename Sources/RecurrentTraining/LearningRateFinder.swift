import RecurrentNN
import RecurrentTensor

/// Looks for a learning rate by a short run in which it grows from step to step (Smith, 2017).
///
/// The learning rate of step k of n is `smallest · (largest / smallest)^(k / (n - 1))`. The run ends early when the
/// smoothed loss is four times its least value, or not finite.
///
/// ```swift
/// let finding = try LearningRateFinder().run(model, on: batches, with: trainer)
/// print(finding)
/// ```
public struct LearningRateFinder: Sendable {
  /// The learning rate of the first step.
  public let smallest: Double
  /// The learning rate of the last step.
  public let largest: Double
  /// The most steps.
  public let steps: Int
  /// The share of the smoothed loss that is kept in each step.
  public let smoothing: Double

  /// - Parameters:
  ///   - smallest: The learning rate of the first step.
  ///   - largest: The learning rate of the last step.
  ///   - steps: The most steps, at least 2.
  ///   - smoothing: The share of the smoothed loss that is kept in each step, at least 0 and below 1.
  public init(smallest: Double = 1e-6, largest: Double = 10, steps: Int = 100, smoothing: Double = 0.9) {
    require(
      smallest > 0,
      TrainingMessages.option("LearningRateFinder smallest", expected: "above 0", received: smallest))
    require(
      largest > smallest && largest.isFinite,
      TrainingMessages.option("LearningRateFinder largest", expected: "above \(smallest)", received: largest))
    require(
      steps >= 2, TrainingMessages.option("LearningRateFinder steps", expected: "at least 2", received: Double(steps)))
    checkOption("LearningRateFinder smoothing", smoothing, below: 1)
    self.smallest = smallest
    self.largest = largest
    self.steps = steps
    self.smoothing = smoothing
  }

  /// Trains a copy of a model with growing learning rates.
  ///
  /// - Parameters:
  ///   - model: The model; it is not changed.
  ///   - batches: The training data.
  ///   - trainer: The run that a learning rate is wanted for. Its optimizer, clipping, seed and batches are used; its
  ///     learning rate, schedule, length, patience and averaging are not.
  /// - Returns: The losses at each learning rate, and what follows from them.
  /// - Throws: `TrainingError`, but not for numbers that are not finite: they end the run.
  public func run<M: TrainableModel>(
    _ model: M, on batches: some BatchProvider<M.Batch>, with trainer: Trainer
  ) throws(TrainingError) -> LearningRateFinding {
    var (trainer, model) = (trainer, model)
    trainer.optimizer.learningRate = smallest
    trainer.schedule = ExponentialLearningRate(factor: power(largest / smallest, 1 / Double(steps - 1)))
    trainer.length = .steps(steps)
    trainer.evaluationInterval = .steps(steps)
    (trainer.patience, trainer.averaging) = (nil, nil)
    var ramp = LossRamp(smoothing: smoothing)
    do {
      try trainer.fit(&model, on: batches, isCancelled: { ramp.diverged }) { event in
        if case .step(let progress) = event { ramp.add(progress.trainLoss, at: progress.learningRate) }
      }
    } catch {
      guard case .notFinite = error else { throw error }
      ramp.diverged = true
    }
    return LearningRateFinding(points: ramp.points, diverged: ramp.diverged)
  }
}

/// The losses of a run with growing learning rates.
private struct LossRamp {
  let smoothing: Double
  var points: [LearningRateFinding.Point] = []
  var diverged = false
  private var mean = 0.0
  private var weight = 0.0
  private var least = Double.infinity

  init(smoothing: Double) { self.smoothing = smoothing }

  mutating func add(_ loss: Double, at learningRate: Double) {
    mean = smoothing * mean + (1 - smoothing) * loss
    weight = smoothing * weight + (1 - smoothing)
    let smoothed = mean / weight
    points.append(.init(learningRate: learningRate, loss: loss, smoothedLoss: smoothed))
    least = min(least, smoothed)
    // A loss below zero has no multiple that would be larger.
    diverged = !smoothed.isFinite || (least > 0 && smoothed > 4 * least)
  }
}
