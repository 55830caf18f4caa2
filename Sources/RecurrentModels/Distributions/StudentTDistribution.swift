package import RecurrentNN
package import RecurrentTensor

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Student's t distribution around the base: a normal one that expects single values far away.
///
///     location = base + s o₁
///     scale = s (softplus(o₂ + ln(e - 1)) + 0.001)
///     degrees of freedom = 2 + softplus(o₃ + 3)
///
/// with the outputs o and s the size of the base's errors in the window's own unit. More than 2 degrees of freedom keep the
/// variance finite.
package struct StudentTDistribution: ForecastDistribution {
  package let name = "student-t"
  package let isOfCounts = false
  package let loss: any LikelihoodLoss = StudentTLikelihoodLoss()

  package init() {}

  package func parameters(of outputs: [Tensor], in frame: DistributionFrame) -> [Tensor] {
    [
      frame.location + outputs[0] * frame.scale, outputs[1].positiveFactors() * frame.scale,
      (outputs[2] + 3).softplus() + 2,
    ]
  }

  package func quantile(_ probability: Double, of parameters: [Double]) -> Double {
    parameters[0] + parameters[1] * Self.quantile(probability, freedom: parameters[2])
  }

  /// The quantile for location 0 and scale 1: Newton's method on the upper tail, from the expansion in powers of 1/ν
  /// (Abramowitz & Stegun 1964, 26.7.5).
  static func quantile(_ probability: Double, freedom: Double) -> Double {
    let tail = min(probability, 1 - probability)
    guard tail > 0 else { return probability < 0.5 ? -.infinity : .infinity }
    guard tail < 0.5 else { return 0 }
    let z = -normalQuantile(tail)
    let cube = z * z * z
    var value =
      z + (cube + z) / (4 * freedom) + (5 * cube * z * z + 16 * cube + 3 * z) / (96 * freedom * freedom)
    for _ in 0..<100 {
      let error = upperTail(value, freedom: freedom) - tail
      let next = max(0, value + error / density(value, freedom: freedom))
      let isDone = abs(next - value) <= 1e-12 * max(1, next)
      value = next
      if isDone { break }
    }
    return probability < 0.5 ? -value : value
  }

  /// The probability of more than `value`, at least 0.
  static func upperTail(_ value: Double, freedom: Double) -> Double {
    let square = value * value
    return 0.5
      * incompleteBeta(
        freedom / 2, 0.5, at: freedom / (freedom + square), complement: square / (freedom + square))
  }

  private static func density(_ value: Double, freedom: Double) -> Double {
    exp(-StudentTLikelihoodLoss().term([0, 1, freedom, 0], value).value)
  }
}
