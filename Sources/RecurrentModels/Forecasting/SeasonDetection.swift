/// A seasonal pattern found in a series.
public struct Season: Codable, Sendable, Equatable {
  /// How it was found.
  public enum Evidence: String, Codable, Sendable {
    /// A cycle of the calendar shows in the changes from row to row.
    case calendar
    /// A cycle of no calendar shows in the changes from row to row.
    case changes
    /// A slow cycle shows in the values themselves.
    case values
    /// It was given.
    case given
  }

  /// Rows in a cycle.
  public let period: Int
  /// The autocorrelation one cycle apart, from 0 to 1; the mean over the columns that show it.
  public let strength: Double
  /// How it was found.
  public let evidence: Evidence

  init(period: Int, strength: Double, evidence: Evidence) {
    (self.period, self.strength, self.evidence) = (period, strength, evidence)
  }

  /// A season that is known beforehand.
  public init(given period: Int) { self.init(period: period, strength: 1, evidence: .given) }

  /// The finding in words.
  public var explanation: String {
    let percent = Int((strength * 100).rounded())
    switch evidence {
    case .calendar, .changes:
      return "a season of \(period) rows: changes from row to row return after \(period) rows "
        + "(autocorrelation \(percent) %)"
    case .given: return "a season of \(period) rows, as given"
    case .values:
      return "a slow cycle of about \(period) rows: values return after \(period) rows (autocorrelation \(percent) %)"
    }
  }
}

/// Finds the period of a series from its training part, or that it has none.
///
/// Three searches, the first that succeeds decides:
/// 1. the cycles of the calendar (`candidates`) in the changes `y[t] - y[t - 1]`: the autocorrelation at the period is
///    a local maximum at least 3 standard errors above zero, and that at twice the period 1.5 (Bartlett's 1946 errors);
/// 2. any period up to a quarter of the rows in the changes: at least 4.5 standard errors and 0.2, and half as high at
///    twice the period;
/// 3. any period up to a quarter of the rows in the values less their straight line: at least 0.3 where 8 cycles are
///    seen and 0.5 with fewer, after a trough lower by 0.1 more. Random walks, whose long swings look like cycles, stay
///    below these bounds in about 999 of 1000 cases.
///
/// Changes are cut at 4 robust standard deviations, so that two jumps do not make a season, and missing values are
/// bridged by straight lines.
public enum SeasonDetection {
  /// The cycles of the calendar (hour, day, week, year) in rows.
  ///
  /// - Parameters:
  ///   - secondsPerRow: The time between two rows; a month counts 2,629,746 s, a quarter three times that.
  ///   - isBusinessDaily: Whether the rows are the days from Monday to Friday.
  /// - Returns: The cycles of at least two rows, shortest first.
  public static func candidates(secondsPerRow: Double, isBusinessDaily: Bool = false) -> [Int] {
    if isBusinessDaily { return [5, 261] }
    guard secondsPerRow > 0 else { return [] }
    let cycles = [3600.0, 86_400, 604_800, 31_556_952].map { $0 / secondsPerRow }
    return cycles.filter { $0 > 1.5 && $0 < 1e6 && abs($0 - $0.rounded()) < 0.02 * $0 }.map { Int($0.rounded()) }
  }

  /// The season of several columns together: the period on which most of them agree, if at least half of those that
  /// vary show a season.
  ///
  /// - Parameters:
  ///   - columns: The target columns; NaN where missing.
  ///   - training: The rows to look at; nothing outside them is read.
  ///   - candidates: Periods to be expected from the calendar.
  /// - Returns: The season, or nil where there is none.
  public static func season(of columns: [[Double]], training: Range<Int>, candidates: [Int] = []) -> Season? {
    let rows = columns.map { bridged($0[training]) }.filter { column in column.contains { $0 != column[0] } }
    let found = rows.compactMap { season(of: $0, candidates: candidates) }
    guard !found.isEmpty, found.count * 2 >= rows.count else { return nil }
    var best: (members: [Season], weight: Double) = ([], 0)
    for period in Set(found.map(\.period)).sorted() {
      let members = found.filter { $0.period == period }
      let weight = members.reduce(0) { $0 + $1.strength }
      if weight > best.weight { best = (members, weight) }
    }
    return best.members.first.map {
      Season(period: $0.period, strength: best.weight / Double(best.members.count), evidence: $0.evidence)
    }
  }

  private static func season(of values: [Double], candidates: [Int]) -> Season? {
    let count = values.count
    guard count >= 8 else { return nil }
    let candidates = Set(candidates).filter { $0 >= 2 }.sorted()
    let changes = autocorrelations(of: cutDifferences(of: values), maximumLag: count / 2)
    var errors: [Double] = [0]
    var squares = 0.0
    for lag in 1..<changes.count {
      errors.append(((1 + 2 * squares) / Double(count)).squareRoot())
      squares += changes[lag] * changes[lag]
    }
    let calendar = candidates.filter { period in
      2 * period < changes.count && isPeak(changes, period) && changes[period] >= 3 * errors[period]
        && changes[2 * period] >= 1.5 * errors[2 * period]
    }
    if let period = shortest(of: calendar, in: changes) {
      return Season(period: period, strength: changes[period], evidence: .calendar)
    }
    let free = peaks(of: changes, longest: count / 4) { lag in (max(0.2, 4.5 * errors[lag]), 0.2) }
      .filter { changes[2 * $0] >= changes[$0] / 2 }
    if let period = shortest(of: free, in: changes) {
      return Season(period: period, strength: min(1, changes[period]), evidence: .changes)
    }
    let biased = autocorrelations(of: withoutLine(values), maximumLag: count / 4 + 1)
    let levels = biased.enumerated().map { $1 * Double(count) / Double(count - $0) }
    let slow = peaks(of: levels, longest: count / 4) { lag in
      let least = max(lag * 8 <= count ? 0.3 : 0.5, 4 / Double(count).squareRoot())
      return (least, least + 0.1)
    }
    guard let period = shortest(of: slow, in: levels) else { return nil }
    // A cycle of the calendar is meant where the peak is within 3 % of it.
    let known = candidates.first { abs(Double(period - $0)) <= 0.03 * Double($0) }
    return Season(period: known ?? period, strength: min(1, levels[period]), evidence: .values)
  }

  private static func isPeak(_ values: [Double], _ index: Int) -> Bool {
    index >= 1 && index + 1 < values.count && values[index] >= values[index - 1] && values[index] >= values[index + 1]
  }

  /// The local maxima that reach `least` and rise by `rise` above the lowest value before them.
  private static func peaks(
    of values: [Double], longest: Int, bound: (Int) -> (least: Double, rise: Double)
  ) -> [Int] {
    var peaks: [Int] = []
    var trough = values[1]
    for lag in 2..<max(2, min(longest + 1, values.count - 1)) {
      let (least, rise) = bound(lag)
      if isPeak(values, lag), values[lag] >= least, values[lag] - trough >= rise { peaks.append(lag) }
      trough = min(trough, values[lag])
    }
    return peaks
  }

  /// The shortest period nearly as high (within 0.1) as the highest, and among its neighbours up to a quarter longer
  /// the highest: multiples of a period and the shoulders of a broad peak are passed over.
  private static func shortest(of periods: [Int], in correlations: [Double]) -> Int? {
    guard let highest = periods.map({ correlations[$0] }).max() else { return nil }
    let near = periods.filter { correlations[$0] >= highest - 0.1 }
    guard let first = near.first else { return nil }
    return near.filter { $0 * 4 <= first * 5 }.max { correlations[$0] < correlations[$1] }
  }

  /// The changes from row to row, cut at 4 robust standard deviations (1.4826 median absolute deviations) from their
  /// median.
  private static func cutDifferences(of values: [Double]) -> [Double] {
    let differences = zip(values.dropFirst(), values).map { $0 - $1 }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let middle = median(differences)
    let deviations = differences.map { abs($0 - middle) }
    var deviation = 1.4826 * median(deviations)
    if deviation == 0 { deviation = deviations.reduce(0, +) / Double(deviations.count) }
    return differences.map { min(max($0, middle - 4 * deviation), middle + 4 * deviation) }
  }

  /// The values less the straight line of least squares.
  private static func withoutLine(_ values: [Double]) -> [Double] {
    let count = Double(values.count)
    let center = (count - 1) / 2
    let mean = values.reduce(0, +) / count
    var product = 0.0
    for (row, value) in values.enumerated() { product += (Double(row) - center) * (value - mean) }
    let slope = product / (count * (count * count - 1) / 12)
    return values.enumerated().map { $1 - mean - slope * (Double($0) - center) }
  }

  /// The values from the first known to the last, with gaps bridged by straight lines.
  private static func bridged(_ values: ArraySlice<Double>) -> [Double] {
    bridgingGaps(of: Array(values)).filter { !$0.isNaN }
  }
}
