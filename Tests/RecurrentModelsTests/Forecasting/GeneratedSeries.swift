import Foundation
import RecurrentModels

/// Series for tests, the same on every machine.
struct GeneratedSeries {
  private var state: UInt64

  init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 }

  /// A number between 0 and 1.
  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((bits ^ (bits >> 31)) >> 11) + 0.5) / 9_007_199_254_740_992
  }

  /// A number with mean 0 and variance 1.
  mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }

  mutating func noise(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }

  mutating func walk(_ count: Int) -> [Double] {
    var position = 0.0
    return (0..<count).map { _ in
      position += normal()
      return position
    }
  }

  mutating func sine(_ count: Int, period: Double, noise: Double) -> [Double] {
    let phase = 6 * uniform()
    return (0..<count).map { sin(2 * .pi * Double($0) / period + phase) + noise * normal() }
  }
}

/// A problem on columns split 70/10/20.
func problem(
  _ columns: [[Double]], horizon: Int, window: Int, season: Int? = nil, names: [String]? = nil
) -> ForecastProblem {
  let count = columns[0].count
  let (first, second) = (count * 7 / 10, count * 8 / 10)
  return ForecastProblem(
    targetNames: names ?? columns.indices.map { "column\($0)" }, values: columns, training: 0..<first,
    validation: first..<second, test: second..<count, horizon: horizon, window: window, season: season)
}

/// The monthly sunspot numbers the repository ships.
func sunspots() throws -> [Double] {
  let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Data/monthly-sunspots.csv")
  return try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst().compactMap {
    $0.split(separator: ",").last.flatMap { Double($0) }
  }
}
