import RecurrentData

/// What the last rows of a series repeat: the forecast that networks of many series learn to correct.
///
/// For a cycle of `p` rows the forecast of step `h` (from 0) is the row `p - h mod p` before the origin; for two cycles
/// it is their mean. The cycles are those with the least absolute error before the validation part, summed over all
/// series: one, or two if their mean is better by at least 2 %.
package enum PanelCycles {
  private static let origins = 8
  private static let mostSeries = 2_000
  private static let gain = 0.98

  /// The mean of what the last rows repeat, `[horizon]`; every cycle is within the rows.
  package static func repetition(of rows: [Double], _ cycles: [Int], horizon: Int) -> [Double] {
    (0..<horizon).map { step in
      cycles.reduce(0) { $0 + rows[rows.count - $1 + step % $1] } / Double(cycles.count)
    }
  }

  /// The cycles of some series in a measure, at most `longest` rows.
  ///
  /// - Parameters:
  ///   - columns: `[series][row]`, with NaN where missing; the last `horizon` rows of each are not read.
  ///   - horizon: The rows to forecast.
  ///   - longest: The longest cycle.
  ///   - divides: Whether errors are divided by the series' own mean absolute change, for values in units of their own.
  /// - Returns: One or two cycles, the better one first.
  package static func find(in columns: [[Double]], horizon: Int, longest: Int, divides: Bool) -> [Int] {
    let step = (columns.count - 1) / mostSeries + 1
    let samples = stride(from: 0, to: columns.count, by: step).flatMap { index -> [Sample] in
      let known = fillingForward(columns[index][...], startingWith: columns[index].first { !$0.isNaN } ?? 0)
      let changes = zip(known.dropFirst(), known).map { abs($0 - $1) }
      let size = changes.reduce(0, +) / Double(max(1, changes.count))
      return (0..<origins).compactMap { number in
        let origin = known.count - (number + 2) * horizon
        guard origin >= longest else { return nil }
        return Sample(
          rows: Array(known[origin - longest..<origin]), truth: Array(known[origin..<origin + horizon]),
          unit: divides && size > 0 ? size : 1)
      }
    }
    guard !samples.isEmpty, longest > 1 else { return [1] }
    let single = (1...longest).map { error(of: [$0], samples) }
    let first = 1 + (single.indices.min { single[$0] < single[$1] } ?? 0)
    let pairs = (1...longest).map { $0 == first ? .infinity : error(of: [first, $0], samples) }
    let second = 1 + (pairs.indices.min { pairs[$0] < pairs[$1] } ?? 0)
    return pairs[second - 1] < gain * single[first - 1] ? [first, second] : [first]
  }

  private struct Sample {
    let rows, truth: [Double]
    let unit: Double
  }

  private static func error(of cycles: [Int], _ samples: [Sample]) -> Double {
    var sum = 0.0
    for sample in samples {
      for (value, truth) in zip(repetition(of: sample.rows, cycles, horizon: sample.truth.count), sample.truth) {
        sum += abs(value - truth) / sample.unit
      }
    }
    return sum
  }
}
