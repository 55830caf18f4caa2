#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The power transformation that makes a column of positive values most like a normal one (Box & Cox 1964).
///
///     f(y) = ((y / unit)^lambda - 1) / lambda,   ln(y / unit) for lambda = 0
///
/// `unit` is the geometric mean of the values it was fitted to, which keeps every digit on the way back; without it the
/// transformed values only differ in center and scale. Lambda 1 leaves the shape of the values, 0.5 takes roots, 0
/// logarithms, -1 reciprocals.
public struct BoxCox: Hashable, Codable, Sendable {
  /// The power, -2 to 2.
  public let lambda: Double
  /// What values are divided by first, above 0.
  public let unit: Double
  /// The largest value that a transformed one stands for, a thousand times the largest it was fitted to: with a negative
  /// power every value lies below `-1 / lambda`, and what a model forecasts beyond stands for none.
  public let ceiling: Double

  /// The powers among which the likelihood is largest.
  static let powers = -2.0...2.0

  /// Finds the power with the largest likelihood of the transformed values under a normal distribution,
  /// `(lambda - 1) * sum ln y - n / 2 * ln variance(f(y))`.
  ///
  /// - Parameter values: Values above 0. Without two different ones the power is 1.
  public init(fitting values: [Double]) {
    ceiling = (values.max() ?? 1) * 1_000
    let count = Double(max(1, values.count))
    let mean = values.reduce(0) { $0 + log($1) / count }
    unit = exp(mean)
    // With the unit taken out the sum of the logarithms is 0, and the first term of the likelihood vanishes.
    let logarithms = values.map { log($0) - mean }
    guard let low = values.min(), let high = values.max(), high > low else {
      lambda = 1
      return
    }
    func badness(_ lambda: Double) -> Double {
      let deviation = Scaler.moments(logarithms.map { Self.power($0, lambda) }).deviation
      return deviation.isFinite ? log(deviation) : .infinity
    }
    let steps = 16
    let grid = (0...steps).map { Self.powers.lowerBound + Double($0) / Double(steps) * 4 }
    let best = grid.map(badness).enumerated().min { $0.element < $1.element }?.offset ?? steps / 2
    lambda = Self.least(badness, in: grid[max(0, best - 1)]...grid[min(steps, best + 1)])
  }

  /// The place of the least value of a function with one valley, by golden sections.
  private static func least(_ function: (Double) -> Double, in range: ClosedRange<Double>) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (range.lowerBound, range.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (function(left), function(right))
    while high - low > 1e-9 {
      if atLeft <= atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = function(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = function(right)
      }
    }
    return (low + high) / 2
  }

  /// The power of a number whose logarithm is given.
  private static func power(_ logarithm: Double, _ lambda: Double) -> Double {
    lambda == 0 ? logarithm : expm1(lambda * logarithm) / lambda
  }

  /// The transformed value.
  ///
  /// - Parameter value: A value above 0.
  /// - Returns: `f(value)`.
  public func transformed(_ value: Double) -> Double { Self.power(log(value / unit), lambda) }

  /// The value that a transformed one stands for, from 0 to `ceiling`.
  ///
  /// - Parameter transformed: A transformed value.
  /// - Returns: The value.
  public func value(of transformed: Double) -> Double {
    guard !transformed.isNaN else { return .nan }
    let logarithm = lambda == 0 ? transformed : log1p(max(lambda * transformed, -1)) / lambda
    return min(unit * exp(logarithm), ceiling)
  }

  /// Whether the numbers are ones that fitting gives.
  package var isSound: Bool { Self.powers.contains(lambda) && unit > 0 && unit.isFinite && ceiling > 0 }
}
