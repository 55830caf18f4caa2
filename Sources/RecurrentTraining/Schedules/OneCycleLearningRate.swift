import RecurrentTensor

/// One rise and one fall over the whole run (Smith and Topin, 2019), as PyTorch's `OneCycleLR` with two phases and its
/// cosine; the optimizer's learning rate is the peak:
///
///     1 / startDivisor                     in the first step
///     1                                    in step rise · T - 1
///     1 / (startDivisor · endDivisor)      in the last step, T - 1
///
/// and half a cosine between them. PyTorch also moves the momentum; here it stays.
public struct OneCycleLearningRate: LearningRateSchedule {
  private let rise: Double
  private let startDivisor: Double
  private let endDivisor: Double
  private let steps: Int?

  /// - Parameters:
  ///   - rise: The share of the run in which the learning rate rises, above 0 and below 1.
  ///   - startDivisor: How many times smaller than the peak the first learning rate is.
  ///   - endDivisor: How many times smaller than the first the last learning rate is.
  ///   - steps: T, the steps of the cycle; nil for the steps of the whole run.
  public init(rise: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4, steps: Int? = nil) {
    require(
      rise > 0 && rise < 1,
      TrainingMessages.option("OneCycleLearningRate rise", expected: "above 0 and below 1", received: rise))
    for (name, divisor) in [("startDivisor", startDivisor), ("endDivisor", endDivisor)] {
      require(
        divisor > 0, TrainingMessages.option("OneCycleLearningRate \(name)", expected: "above 0", received: divisor))
    }
    checkCount("OneCycleLearningRate steps", steps ?? 1)
    self.rise = rise
    self.startDivisor = startDivisor
    self.endDivisor = endDivisor
    self.steps = steps
  }

  /// The factor for a step; 1 if the length of the run is not known.
  public func factor(step: Int, of total: Int?) -> Double {
    guard let steps = steps ?? total else { return 1 }
    let (start, end) = (1 / startDivisor, 1 / (startDivisor * endDivisor))
    let (peak, last) = (rise * Double(steps) - 1, Double(steps - 1))
    let step = min(Double(step), last)
    if step <= peak { return peak > 0 ? halfCosine(from: start, to: 1, share: step / peak) : 1 }
    return halfCosine(from: 1, to: end, share: (step - peak) / (last - peak))
  }
}
