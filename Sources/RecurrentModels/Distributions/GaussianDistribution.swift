package import RecurrentNN
package import RecurrentTensor

/// The normal distribution around the base, as in DeepAR (Salinas et al. 2020).
///
///     mean = base + s o₁
///     deviation = s (softplus(o₂ + ln(e - 1)) + 0.001)
///
/// with the outputs o and s the size of the base's errors in the window's own unit.
package struct GaussianDistribution: ForecastDistribution {
  package let name = "gaussian"
  package let isOfCounts = false
  package let loss: any LikelihoodLoss = GaussianLikelihoodLoss()

  package init() {}

  package func parameters(of outputs: [Tensor], in frame: DistributionFrame) -> [Tensor] {
    [frame.location + outputs[0] * frame.scale, outputs[1].positiveFactors() * frame.scale]
  }

  package func quantile(_ probability: Double, of parameters: [Double]) -> Double {
    parameters[0] + parameters[1] * normalQuantile(probability)
  }
}
