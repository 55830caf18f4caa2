import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The quantile of the standard normal distribution: the approximation 26.2.23 of Abramowitz & Stegun (1964), made exact by
/// steps of Newton's method on the complementary error function.
///
/// - Parameter probability: Between 0 and 1.
/// - Returns: The number that is not exceeded with this probability; infinite at 0 and 1.
package func normalQuantile(_ probability: Double) -> Double {
  let tail = min(probability, 1 - probability)
  guard tail > 0 else { return probability < 0.5 ? -.infinity : .infinity }
  let t = (-2 * log(tail)).squareRoot()
  var value =
    t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)))
  for _ in 0..<3 {
    let error = 0.5 * erfc(value / 2.0.squareRoot()) - tail
    value += error * (2 * Double.pi).squareRoot() * exp(0.5 * value * value)
  }
  return probability < 0.5 ? -value : value
}

/// The regularised incomplete beta function `I_x(a, b)` by its continued fraction (Abramowitz & Stegun 1964, 26.5.8, in the
/// form of Lentz 1976), which is taken on the side where it converges fast.
///
/// - Parameters:
///   - a: Above 0.
///   - b: Above 0.
///   - x: From 0 to 1.
///   - complement: `1 - x`, given so that it keeps its digits where `x` is near 1.
/// - Returns: A number from 0 to 1, rising with `x`.
package func incompleteBeta(_ a: Double, _ b: Double, at x: Double, complement: Double) -> Double {
  guard x > 0 else { return x.isNaN ? .nan : 0 }
  guard complement > 0 else { return 1 }
  let logarithm =
    logarithmOfGamma(a + b) - logarithmOfGamma(a) - logarithmOfGamma(b) + a * log(x) + b * log(complement)
  let front = exp(logarithm)
  return x < (a + 1) / (a + b + 2)
    ? front * betaFraction(a, b, x) / a : 1 - front * betaFraction(b, a, complement) / b
}

private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
  /// Keeps denominators from being 0.
  func lifted(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
  var c = 1.0
  var d = 1 / lifted(1 - (a + b) * x / (a + 1))
  var fraction = d
  // The number of terms grows with the square root of the larger argument.
  for index in 1..<100_000 {
    let m = Double(index)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / lifted(1 + even * d)
    c = lifted(1 + even / c)
    fraction *= c * d
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / lifted(1 + odd * d)
    c = lifted(1 + odd / c)
    fraction *= c * d
    if abs(c * d - 1) < 1e-15 { break }
  }
  return fraction
}
