import RecurrentTensor

extension TrainingProgress {
  /// Short texts for a line of progress, the most important first: `loss 0.2134`, `validation 0.2201`.
  public var details: [String] {
    var details = ["loss \(NumberText.short(trainLoss))"]
    if let validationLoss { details.append("validation \(NumberText.short(validationLoss))\(isBest ? " (best)" : "")") }
    if let bestLoss, !isBest { details.append("best \(NumberText.short(bestLoss))") }
    details.append("rate \(NumberText.short(learningRate))")
    details.append("gradient \(NumberText.short(gradientNorm))")
    return details
  }
}

extension TrainingEvent: CustomStringConvertible {
  /// The event in a line of text.
  public var description: String {
    switch self {
    case .started(let start):
      var text = "training \(start.parameters) parameters"
      if let epochs = start.totalEpochs { text += ", at most \(epochs) epochs" }
      if let steps = start.totalSteps { text += ", at most \(steps) steps" }
      if let resumed = start.resumed { text += ", continued after step \(resumed.step)" }
      return text
    case .step(let progress), .evaluated(let progress):
      var parts = ["epoch \(progress.epoch)", "step \(progress.step)"] + progress.details
      if let seconds = progress.remainingSeconds { parts.append("\(Int(seconds.rounded(.up))) s left") }
      return parts.joined(separator: "  ")
    case .finished(let result):
      let reason =
        switch result.reason {
        case .completed: "completed"
        case .noImprovement: "stopped, no improvement"
        case .timeLimit: "stopped at the time limit"
        case .cancelled: "cancelled"
        }
      var text = "\(reason) after \(result.steps) steps"
      if let loss = result.bestLoss, let step = result.bestStep {
        text += ", best \(NumberText.short(loss)) at step \(step)"
      }
      return text + ", \(NumberText.short(result.seconds)) s"
    }
  }
}
