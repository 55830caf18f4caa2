package import RecurrentNN
package import RecurrentTensor

/// The negative binomial distribution of counts, as in DeepAR (Salinas et al. 2020), around the base.
///
///     location = base + s o₁
///     mean μ = m (softplus(10 location / m) / 10 + 0.0001)
///     dispersion α = a (softplus(o₂ + ln(e - 1)) + 0.001),    a = (s² - m) / m² within 0.01...10
///
/// with the outputs o, s the size of the base's errors and m the mean of the window and 1, all in counts. The mean is the
/// location itself wherever that is well above 0, and never below it; the variance is μ + αμ².
package struct NegativeBinomialDistribution: ForecastDistribution {
  package let name = "negative-binomial"
  package let isOfCounts = true
  package let loss: any LikelihoodLoss = NegativeBinomialLikelihoodLoss()

  package init() {}

  package func parameters(of outputs: [Tensor], in frame: DistributionFrame) -> [Tensor] {
    let location = frame.location + outputs[0] * frame.scale
    let mean = ((10 * location / frame.level).softplus() * 0.1 + 1e-4) * frame.level
    let dispersion = ((frame.scale.squared() - frame.level) / frame.level.squared()).clamped(to: 0.01...10)
    return [mean, outputs[1].positiveFactors() * dispersion]
  }

  package func quantile(_ probability: Double, of parameters: [Double]) -> Double {
    let (mean, dispersion) = (parameters[0], parameters[1])
    guard mean.isFinite, dispersion.isFinite else { return .nan }
    guard probability > 0, probability < 1 else { return probability > 0 ? .infinity : 0 }
    let variance = mean + dispersion * mean * mean
    let deviation = variance.squareRoot()
    // The expansion of Cornish & Fisher (1938) with the skewness is close; the count is then searched around it.
    let z = normalQuantile(probability)
    let skewness = (1 + 2 * dispersion * mean) / deviation
    let guess = max(0, (mean + deviation * (z + skewness * (z * z - 1) / 6)).rounded())
    var (below, reached, stride) = (guess - 1, guess, max(1, (deviation / 16).rounded()))
    func isReached(_ count: Double) -> Bool {
      count >= 0 && Self.probability(ofAtMost: count, mean: mean, dispersion: dispersion) >= probability
    }
    // No count that a Double holds exactly is left out.
    while !isReached(reached), reached < 0x1p52 {
      (below, reached) = (reached, reached + stride)
      stride *= 2
    }
    while isReached(below) {
      (below, reached) = (max(-1, below - stride), below)
      stride *= 2
    }
    while reached - below > 1 {
      let middle = ((below + reached) / 2).rounded(.down)
      if isReached(middle) { reached = middle } else { below = middle }
    }
    return reached
  }

  /// The probability of at most `count`.
  static func probability(ofAtMost count: Double, mean: Double, dispersion: Double) -> Double {
    let excess = dispersion * mean
    return incompleteBeta(1 / dispersion, count + 1, at: 1 / (1 + excess), complement: excess / (1 + excess))
  }
}
