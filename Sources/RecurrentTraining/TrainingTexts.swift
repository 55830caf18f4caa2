extension TrainingProgress {
  /// Short texts for a line of progress, the most important first: `loss 0.2134`, `validation 0.2201`.
  public var details: [String] {
    var details = ["loss \(shortText(trainLoss))"]
    if let validationLoss { details.append("validation \(shortText(validationLoss))\(isBest ? " (best)" : "")") }
    if let bestLoss, !isBest { details.append("best \(shortText(bestLoss))") }
    details.append("rate \(shortText(learningRate))")
    details.append("gradient \(shortText(gradientNorm))")
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
      if let loss = result.bestLoss, let step = result.bestStep { text += ", best \(shortText(loss)) at step \(step)" }
      return text + ", \(shortText(result.seconds)) s"
    }
  }
}

/// A number with four significant digits: `0.2134`, `1250`, `1.5e-07`.
package func shortText(_ number: Double) -> String {
  guard number.isFinite else { return "\(number)" }
  guard number != 0 else { return "0" }
  var (mantissa, exponent) = (abs(number), 0)
  while mantissa >= 9.9995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.99995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  let digits = String(Int((mantissa * 1000).rounded()))
  let sign = number < 0 ? "-" : ""
  switch exponent {
  case 3...6: return sign + digits + String(repeating: "0", count: exponent - 3)
  case 0...2: return sign + trimmed(digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1))
  case -4 ... -1: return sign + trimmed("0." + String(repeating: "0", count: -exponent - 1) + digits)
  default:
    let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return sign + trimmed(digits.prefix(1) + "." + digits.dropFirst()) + (exponent < 0 ? "e-" : "e+") + power
  }
}

/// A decimal number without the zeros at its end.
private func trimmed(_ text: String) -> String {
  var text = Substring(text)
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return String(text)
}
