import RecurrentTensor

/// What a run with growing learning rates has shown.
public struct LearningRateFinding: Hashable, Sendable, Codable, CustomStringConvertible {
  /// One step.
  public struct Point: Hashable, Sendable, Codable {
    /// The learning rate of the step.
    public let learningRate: Double
    /// The loss of its batch.
    public let loss: Double
    /// The mean of the losses so far, the latest counting most.
    public let smoothedLoss: Double

    package init(learningRate: Double, loss: Double, smoothedLoss: Double) {
      self.learningRate = learningRate
      self.loss = loss
      self.smoothedLoss = smoothedLoss
    }
  }

  /// What the losses say.
  public enum Outcome: String, Hashable, Sendable, Codable {
    /// The loss fell, then rose.
    case found
    /// The loss still fell at the largest learning rate.
    case stillFalling
    /// The loss did not fall by a twentieth at any learning rate.
    case neverFell
  }

  /// The steps in order.
  public let points: [Point]
  /// Whether the loss grew beyond bounds before the last step.
  public let diverged: Bool

  package init(points: [Point], diverged: Bool) {
    self.points = points
    self.diverged = diverged
  }

  private var least: Point? { points.min { $0.smoothedLoss < $1.smoothedLoss } }

  /// What the losses say.
  public var outcome: Outcome {
    guard let first = points.first, let least, first.smoothedLoss - least.smoothedLoss > abs(first.smoothedLoss) / 20
    else { return .neverFell }
    return !diverged && least == points.last ? .stillFalling : .found
  }

  /// A tenth of the learning rate at which the smoothed loss was least; nil if it never fell.
  public var suggestion: Double? {
    outcome == .neverFell ? nil : least.map { $0.learningRate / 10 }
  }

  /// What was found and what to do, in a sentence.
  public var description: String {
    guard let first = points.first, let last = points.last, let least else { return "no step was made" }
    let range = "\(NumberText.short(first.learningRate)) to \(NumberText.short(last.learningRate))"
    switch outcome {
    case .found:
      return """
        try a learning rate of \(NumberText.short(least.learningRate / 10)): the loss was least at \
        \(NumberText.short(least.learningRate)) and rose beyond it; a tenth of that leaves a margin
        """
    case .stillFalling:
      return """
        try a learning rate of \(NumberText.short(least.learningRate / 10)) or more: the loss still fell at the \
        largest, \(NumberText.short(last.learningRate)); repeat with larger ones
        """
    case .neverFell:
      return """
        no learning rate from \(range) made the loss fall: repeat with smaller ones\(diverged ? "" : " and larger ones"), \
        and look at the scale of inputs and targets
        """
    }
  }
}
