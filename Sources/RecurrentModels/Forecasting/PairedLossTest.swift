#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether one forecaster's losses are lower than another's by more than chance, from their differences at the same
/// origins (Diebold & Mariano 1995).
///
/// Forecasts of neighbouring origins share most of their rows, so the differences are correlated. The variance of
/// their mean is therefore estimated from slow cosines only (Lazarus, Lewis, Stock & Watson 2018, with their
/// `v = 0.4 n^(2/3)`):
///
///     c[j] = sqrt(2 / n) sum_t d[t] cos(pi j (t - 1/2) / n),  V = mean over j = 1...v of c[j]^2 / F(pi j / n)
///
/// and `sqrt(n) mean(d) / sqrt(V)` compared with Student's t of `v` degrees of freedom. Averaging over `k` overlapping
/// rows leaves `F(w) = (sin(k w / 2) / (k sin(w / 2)))^2` of the power at frequency `w`, which the division restores;
/// no cosine is faster than two overlaps.
public struct PairedLossTest: Sendable, Equatable {
  /// The mean difference.
  public let meanDifference: Double
  /// The number of cosines, about the number of independent forecasts.
  public let degreesOfFreedom: Int
  /// The probability of so large a mean, or a larger one, if the true one were zero.
  public let probability: Double

  /// Tests whether the mean of `differences` is above zero; nil with fewer than two degrees of freedom.
  ///
  /// - Parameters:
  ///   - differences: The other's loss less one's own, at each origin in time order.
  ///   - overlap: How many neighbouring origins forecast a common row.
  public init?(_ differences: [Double], overlap: Int) {
    let count = Double(differences.count)
    let degrees = Self.degreesOfFreedom(count: differences.count, overlap: overlap)
    guard degrees >= 2 else { return nil }
    let mean = differences.reduce(0, +) / count
    var variance = 0.0
    for j in 1...degrees {
      var projection = 0.0
      for (t, difference) in differences.enumerated() {
        projection += (difference - mean) * cos(Double.pi * Double(j) * (Double(t) + 0.5) / count)
      }
      let half = Double.pi * Double(j) / count / 2
      let kept = overlap > 1 ? sin(Double(overlap) * half) / (Double(overlap) * sin(half)) : 1
      variance += 2 / count * projection * projection / (kept * kept * Double(degrees))
    }
    meanDifference = mean
    degreesOfFreedom = degrees
    let error = (variance / count).squareRoot()
    if error > 0 {
      probability = studentUpperTail(mean / error, degreesOfFreedom: degrees)
    } else {
      probability = mean > 0 ? 0 : 1
    }
  }

  /// The degrees of freedom of a test on so many origins.
  public static func degreesOfFreedom(count: Int, overlap: Int) -> Int {
    min(Int(0.4 * pow(Double(count), 2.0 / 3)), count / max(1, overlap))
  }
}

/// The probability that Student's t with a whole number of degrees of freedom exceeds `value`, by the finite series of
/// Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.
package func studentUpperTail(_ value: Double, degreesOfFreedom: Int) -> Double {
  guard value.isFinite else { return value < 0 ? 1 : 0 }
  let angle = atan(abs(value) / Double(degreesOfFreedom).squareRoot())
  let (sine, square) = (sin(angle), cos(angle) * cos(angle))
  let isOdd = degreesOfFreedom % 2 == 1
  var term = isOdd ? cos(angle) : 1
  var series = degreesOfFreedom == 1 ? 0 : term
  for k in stride(from: isOdd ? 3 : 2, to: degreesOfFreedom - (isOdd ? 0 : 1), by: 2) {
    term *= square * Double(k - 1) / Double(k)
    series += term
  }
  let within = isOdd ? 2 / Double.pi * (angle + sine * series) : sine * series
  return value > 0 ? (1 - within) / 2 : (1 + within) / 2
}
