import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The negative log-likelihood of the normal distribution, with the parameters mean μ and standard deviation σ.
///
///     log σ + log(2π) / 2 + z² / 2,    z = (y - μ) / σ
///
/// As in DeepAR (Salinas et al. 2020, "DeepAR: probabilistic forecasting with autoregressive recurrent networks").
public struct GaussianLikelihoodLoss: LikelihoodLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction

  /// Mean and standard deviation.
  public var parameterCount: Int { 2 }

  /// A loss with this reduction; the mean by default.
  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  /// One term and its slopes by mean and standard deviation.
  public func term(_ parameters: SIMD4<Double>, _ target: Double) -> (value: Double, slopes: SIMD4<Double>) {
    let deviation = parameters[1]
    let z = (target - parameters[0]) / deviation
    let value = log(deviation) + 0.5 * log(2 * Double.pi) + 0.5 * z * z
    return (value, [-z / deviation, (1 - z * z) / deviation, 0, 0])
  }
}

/// The negative log-likelihood of Student's t distribution, with the parameters location μ, scale σ and degrees of freedom ν.
///
///     log Γ(ν/2) - log Γ((ν + 1)/2) + log(πν) / 2 + log σ + (ν + 1)/2 log(1 + z²/ν),    z = (y - μ) / σ
///
/// Far values cost the logarithm of their distance, so that a few of them do not decide on the fit (Lange, Little & Taylor
/// 1989, "Robust statistical modeling using the t distribution").
public struct StudentTLikelihoodLoss: LikelihoodLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction

  /// Location, scale and degrees of freedom.
  public var parameterCount: Int { 3 }

  /// A loss with this reduction; the mean by default.
  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  /// One term and its slopes by location, scale and degrees of freedom.
  public func term(_ parameters: SIMD4<Double>, _ target: Double) -> (value: Double, slopes: SIMD4<Double>) {
    let (scale, freedom) = (parameters[1], parameters[2])
    let z = (target - parameters[0]) / scale
    let square = z * z
    let growth = log1p(square / freedom)
    let value =
      logarithmOfGamma(freedom / 2) - logarithmOfGamma((freedom + 1) / 2) + 0.5 * log(Double.pi * freedom) + log(scale)
      + 0.5 * (freedom + 1) * growth
    // (ν + 1) z² / (ν + z²): how much of a squared deviation counts.
    let counted = (freedom + 1) / (freedom + square)
    let byFreedom =
      0.5 * (digamma(freedom / 2) - digamma((freedom + 1) / 2) + 1 / freedom + growth - counted * square / freedom)
    return (value, [-counted * z / scale, (1 - counted * square) / scale, byFreedom, 0])
  }
}

/// The negative log-likelihood of the negative binomial distribution of counts, with the parameters mean μ and dispersion α.
///
///     log Γ(r) + log Γ(y + 1) - log Γ(y + r) + r log(1 + αμ) + y log((1 + αμ) / (αμ)),    r = 1/α
///
/// The variance is μ + αμ²: with α near 0 it is the Poisson distribution. The form is that of DeepAR (Salinas et al. 2020);
/// in `torch.distributions` it has `total_count` 1/α and `probs` αμ / (1 + αμ).
public struct NegativeBinomialLikelihoodLoss: LikelihoodLoss, Codable, Hashable {
  /// How the terms become one number.
  public let reduction: LossReduction

  /// Mean and dispersion.
  public var parameterCount: Int { 2 }

  /// A loss with this reduction; the mean by default.
  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  /// One term and its slopes by mean and dispersion.
  public func term(_ parameters: SIMD4<Double>, _ target: Double) -> (value: Double, slopes: SIMD4<Double>) {
    let (mean, dispersion) = (parameters[0], parameters[1])
    let shape = 1 / dispersion
    let excess = dispersion * mean
    let growth = log1p(excess)
    let value =
      logarithmOfGamma(shape) + logarithmOfGamma(target + 1) - logarithmOfGamma(target + shape) + shape * growth
      + target * (growth - log(excess))
    let byMean = (mean - target) / (mean * (1 + excess))
    let byDispersion =
      shape * shape * (digamma(target + shape) - digamma(shape) - growth) + (mean - target) * shape / (1 + excess)
    return (value, [byMean, byDispersion, 0, 0])
  }
}
