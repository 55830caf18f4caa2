#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

private func naturalLogarithm(_ value: Double) -> Double { log(value) }
private func exponential(_ value: Double) -> Double { exp(value) }

/// Brings one column to a size that networks learn well from, and back. Fitted on the training rows only.
///
/// `scaled = (f(value) - center) / scale`, where `f` is the identity, for `.log` `ln(max(value + shift, floor))`, and for
/// `.boxCox` the transformation of `max(value + shift, floor)`.
public struct Scaler: Hashable, Codable, Sendable {
  /// The kinds of scaling.
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// Mean 0 and standard deviation 1.
    case standard
    /// Smallest value 0, largest 1.
    case minMax = "min-max"
    /// Median 0 and interquartile range 1, which a few wild values do not move.
    case robust
    /// The logarithm, then mean 0 and standard deviation 1. Zeros are lifted by half the smallest positive value.
    case log
    /// The power of the largest likelihood (`BoxCox`), then mean 0 and standard deviation 1. Zeros are lifted as for `log`.
    case boxCox = "box-cox"
    /// As standard; in addition the model brings every window to its own level and spread (`WindowNormalization`).
    case window
    /// Values as they are.
    case none

    /// Whether equal steps of the values are equal steps of the scaled ones.
    package var isLinear: Bool { self != .log && self != .boxCox }
  }

  /// The kind of scaling.
  public let kind: Kind
  /// What is subtracted.
  public let center: Double
  /// What is divided by; never 0.
  public let scale: Double
  /// What is added before the logarithm or power.
  public let shift: Double
  /// The smallest number of which the logarithm or power is taken; lower ones count as this.
  public let floor: Double
  /// The power, for `.boxCox`; nil for every other kind.
  public let boxCox: BoxCox?

  /// Fits a scaler; missing values do not count.
  ///
  /// A column without spread keeps its scale, one without values stays as it is. Where half of the values are equal and the
  /// interquartile range is 0, `.robust` divides by the standard deviation.
  ///
  /// - Parameters:
  ///   - kind: The kind of scaling.
  ///   - values: The training rows of one column.
  ///   - name: The name of the column, for errors.
  ///   - rowName: The name of a row, for errors, by its number in `values` from 0; nil counts from 1.
  /// - Throws: `DataError` if a logarithm or power is asked of negative values.
  public init(
    _ kind: Kind, fitting values: some Collection<Double>, name: String, rowName: ((Int) -> String)? = nil
  ) throws(DataError) {
    self.kind = kind
    var known = values.filter { !$0.isNaN }
    var shift = 0.0
    var floor = 0.0
    var boxCox: BoxCox?
    if !kind.isLinear {
      if let negative = values.enumerated().first(where: { $0.element < 0 }) {
        throw DataError(
          expected: "values of 0 and above in the column \(DataError.quoted(name)) for a "
            + (kind == .log ? "logarithm" : "power"),
          received: "\(negative.element) in row \(rowName?(negative.offset) ?? String(negative.offset + 1))",
          hint: "choose another --scaler")
      }
      let half = (known.lazy.filter { $0 > 0 }.min() ?? 1) / 2
      shift = known.contains(0) ? half : 0
      floor = half
      if kind == .boxCox { boxCox = BoxCox(fitting: known.map { $0 + shift }) }
      for index in known.indices { known[index] = Self.shaped(known[index], boxCox, shift, floor) }
    }
    self.shift = shift
    self.floor = floor
    self.boxCox = boxCox
    switch kind {
    case .none: (center, scale) = (0, 1)
    case .minMax:
      let (low, high) = (known.min() ?? 0, known.max() ?? 1)
      center = low
      scale = high > low ? high - low : 1
    case .robust:
      let sorted = known.sorted()
      center = Self.quantile(0.5, of: sorted)
      let range = Self.quantile(0.75, of: sorted) - Self.quantile(0.25, of: sorted)
      scale = Self.divisor(range, beside: center) ?? Self.divisor(Self.moments(known).deviation, beside: center) ?? 1
    case .standard, .log, .boxCox, .window:
      let moments = Self.moments(known)
      center = moments.mean
      scale = Self.divisor(moments.deviation, beside: moments.mean) ?? 1
    }
  }

  /// A spread, unless it is nothing but the rounding of values of a size.
  private static func divisor(_ spread: Double, beside size: Double) -> Double? {
    spread > 1e-12 * Swift.max(abs(size), 1e-300) ? spread : nil
  }

  /// The quantile of sorted values, on the straight line between the two around it (Hyndman & Fan 1996, type 7); 0 of none.
  private static func quantile(_ probability: Double, of sorted: [Double]) -> Double {
    guard let last = sorted.last else { return 0 }
    let place = probability * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    let share = place - Double(index)
    // No difference is taken: between far apart values it could overflow.
    return sorted[index] * (1 - share) + sorted[index + 1] * share
  }

  /// Mean and standard deviation (divided by the count) of numbers without missing ones; 0 and 0 of none.
  static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    guard !values.isEmpty else { return (0, 0) }
    // Two passes, the first relative to a value: no cancellation for values far from 0, no overflow of the sum.
    let origin = values[0]
    let count = Double(values.count)
    let mean = origin + values.reduce(0) { $0 + ($1 - origin) / count }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
    return (mean, variance.squareRoot())
  }

  /// The logarithm or power of a value.
  private static func shaped(_ value: Double, _ boxCox: BoxCox?, _ shift: Double, _ floor: Double) -> Double {
    guard !value.isNaN else { return .nan }
    let lifted = Swift.max(value + shift, floor)
    return boxCox?.transformed(lifted) ?? naturalLogarithm(lifted)
  }

  /// The scaled value; missing stays missing.
  ///
  /// - Parameter value: A value of the column.
  /// - Returns: The scaled value.
  public func scaled(_ value: Double) -> Double {
    ((kind.isLinear ? value : Self.shaped(value, boxCox, shift, floor)) - center) / scale
  }

  /// The value that a scaled one stands for.
  ///
  /// - Parameter scaled: A scaled value.
  /// - Returns: The value of the column.
  public func value(of scaled: Double) -> Double {
    let inner = scaled * scale + center
    return kind.isLinear ? inner : (boxCox?.value(of: inner) ?? exponential(inner)) - shift
  }

  /// Whether the numbers are ones that fitting gives.
  package var isSound: Bool {
    scale.isFinite && scale > 0 && (kind == .boxCox) == (boxCox != nil) && boxCox?.isSound ?? true
  }

  /// The scaled values.
  ///
  /// - Parameter values: Values of the column.
  /// - Returns: The scaled values.
  public func scaled(_ values: [Double]) -> [Double] { values.map { scaled($0) } }

  /// The values that scaled ones stand for.
  ///
  /// - Parameter scaled: Scaled values.
  /// - Returns: The values of the column.
  public func values(of scaled: [Double]) -> [Double] { scaled.map { value(of: $0) } }
}

/// The level and spread of one window, taken out before a model sees it and put back into what it forecasts.
public struct WindowNormalization: Hashable, Codable, Sendable {
  /// What counts as the level of a window.
  public enum Level: String, Hashable, Codable, Sendable {
    /// The last known value: a model then forecasts changes.
    case last
    /// The mean of the known values.
    case mean
  }

  /// What is subtracted.
  public let level: Double
  /// What is divided by.
  public let spread: Double

  /// Measures a window; missing values do not count.
  ///
  /// - Parameters:
  ///   - window: The values of a window, oldest first.
  ///   - level: What counts as its level.
  ///   - dividesBySpread: Whether the standard deviation is divided out; false divides by 1.
  ///   - minimumSpread: The smallest divisor, so that a flat window does not blow up what is beside it.
  public init(
    _ window: some Collection<Double>, level: Level, dividesBySpread: Bool = true, minimumSpread: Double = 0.05
  ) {
    let known = window.filter { !$0.isNaN }
    let moments = Scaler.moments(known)
    self.level = level == .last ? known.last ?? 0 : moments.mean
    spread = dividesBySpread ? max(moments.deviation, minimumSpread) : 1
  }

  /// `(value - level) / spread`.
  ///
  /// - Parameter value: A value in or after the window.
  /// - Returns: The normalised value.
  public func normalized(_ value: Double) -> Double { (value - level) / spread }

  /// `normalized * spread + level`.
  ///
  /// - Parameter normalized: A normalised value.
  /// - Returns: The value.
  public func value(of normalized: Double) -> Double { normalized * spread + level }
}
