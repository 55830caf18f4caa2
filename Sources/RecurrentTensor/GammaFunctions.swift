#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// From here on the asymptotic series below are exact to the last digits of a Double.
private let seriesStart = 10.0

/// The logarithm of the gamma function of a number above 0.
///
/// Stirling's series beyond 10, reached by `ln Γ(x) = ln Γ(x + 1) - ln x` (Abramowitz & Stegun 1964, 6.1.41 and 6.1.15).
/// Unlike the function of the C library it gives the same bits everywhere and keeps no state.
///
/// - Parameter x: A number above 0.
/// - Returns: `ln Γ(x)`; not a number for numbers that are not above 0.
package func logarithmOfGamma(_ x: Double) -> Double {
  guard x > 0 else { return .nan }
  var (argument, product) = (x, 1.0)
  while argument < seriesStart {
    product *= argument
    argument += 1
  }
  let square = 1 / (argument * argument)
  let series =
    1.0 / 12
    - square
    * (1.0 / 360
      - square
      * (1.0 / 1_260
        - square * (1.0 / 1_680 - square * (1.0 / 1_188 - square * (691.0 / 360_360 - square / 156)))))
  return (argument - 0.5) * log(argument) - argument + 0.5 * log(2 * Double.pi) + series / argument - log(product)
}

/// The derivative of the logarithm of the gamma function at a number above 0.
///
/// The asymptotic series beyond 10, reached by `ψ(x) = ψ(x + 1) - 1 / x` (Abramowitz & Stegun 1964, 6.3.18 and 6.3.5).
///
/// - Parameter x: A number above 0.
/// - Returns: `ψ(x)`; not a number for numbers that are not above 0.
package func digamma(_ x: Double) -> Double {
  guard x > 0 else { return .nan }
  var (argument, sum) = (x, 0.0)
  while argument < seriesStart {
    sum += 1 / argument
    argument += 1
  }
  let square = 1 / (argument * argument)
  let series =
    square
    * (1.0 / 12
      - square
      * (1.0 / 120
        - square
        * (1.0 / 252
          - square * (1.0 / 240 - square * (1.0 / 132 - square * (691.0 / 32_760 - square / 12))))))
  return log(argument) - 0.5 / argument - series - sum
}

extension Tensor {
  /// The logarithm of the gamma function of every element, all above 0; its derivative is the digamma function.
  public func logGamma() -> Tensor {
    let result = mapped { Scalar(logarithmOfGamma(Double($0))) }
    guard let tape = Tape.recording(self) else { return result }
    let (slot, input) = (slot, detached())
    return tape.record(result) { upstream, sink in
      sink.accumulate(into: slot, upstream, input) { $0 * Scalar(digamma(Double($1))) }
    }
  }
}
