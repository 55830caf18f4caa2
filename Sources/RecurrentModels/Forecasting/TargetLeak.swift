import RecurrentNN

/// An input column that holds a target's future: with it a backtest looks splendid, and fails when the column's last
/// rows are not known in time.
public struct TargetLeak: Codable, Sendable, Equatable {
  /// The target whose future is given away.
  public let target: String
  /// The column that does so.
  public let input: String
  /// How many rows ahead.
  public let lead: Int
  /// The share of the target's change that the column explains beyond the target's own last values, from 0 to 1.
  public let explained: Double

  /// Describes a leak.
  public init(target: String, input: String, lead: Int, explained: Double) {
    self.target = target
    self.input = input
    self.lead = lead
    self.explained = explained
  }

  /// The finding in words.
  public var explanation: String {
    "column \(input) already holds \(target) \(lead) \(lead == 1 ? "row" : "rows") ahead"
  }

  /// The share of explained change above which a column counts as holding the future.
  public static let threshold = 0.98
  private static let mostRows = 20_000
  private static let mostLeads = 200
  private static let fewestRows = 30

  /// Looks for leaks on the training part.
  ///
  /// For each lead `k` up to the horizon the change `y[t + k] - y[t]` and the column `c[t]` are cleared of what
  /// `y[t]`, `y[t - 1]` and `y[t - 2]` tell by least squares; a leak is a squared correlation of the two remainders of
  /// at least `threshold`. A column that equals the target at the same row has no remainder and is no leak, since
  /// a forecaster sees it only up to the origin.
  ///
  /// - Parameters:
  ///   - problem: The targets, the training part and the horizon.
  ///   - inputs: The input columns by name, NaN where missing; a column with a target's own name is not compared with it.
  /// - Returns: At most one leak for each target and column, at its best lead.
  public static func find(in problem: ForecastProblem, inputs: [(name: String, values: [Double])]) -> [TargetLeak] {
    let rows = problem.training.suffix(mostRows)
    var leaks: [TargetLeak] = []
    for (name, column) in zip(problem.targetNames, problem.values) {
      let others = inputs.filter { $0.name != name }
      guard !others.isEmpty, let own = OwnPast(of: column, rows: rows) else { continue }
      let columns = others.map { own.remainder(of: Array($0.values[own.rows])) }
      var best = [TargetLeak?](repeating: nil, count: others.count)
      for lead in 1...min(problem.horizon, mostLeads) where own.rows.count > lead + fewestRows {
        let kept = own.rows.dropLast(lead)
        let change = kept.map { column[$0 + lead] - column[$0] }
        guard let future = own.remainder(of: change) else { continue }
        for (index, remainder) in columns.enumerated() {
          guard let remainder else { continue }
          let explained = squaredCorrelation(future, remainder)
          if explained >= max(threshold, best[index]?.explained ?? 0) {
            best[index] = TargetLeak(target: name, input: others[index].name, lead: lead, explained: explained)
          }
        }
      }
      leaks += best.compactMap { $0 }
    }
    return leaks
  }

  private static func squaredCorrelation(_ left: [Double], _ right: [Double]) -> Double {
    var (count, leftSum, rightSum, leftSquares, rightSquares, products) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for (a, b) in zip(left, right) where !a.isNaN && !b.isNaN {
      count += 1
      leftSum += a
      rightSum += b
      leftSquares += a * a
      rightSquares += b * b
      products += a * b
    }
    guard count >= Double(fewestRows) else { return 0 }
    let covariance = products - leftSum * rightSum / count
    let variances = (leftSquares - leftSum * leftSum / count) * (rightSquares - rightSum * rightSum / count)
    return variances > 0 ? covariance * covariance / variances : 0
  }
}

/// What a target's own last three values tell about another column, by least squares.
private struct OwnPast {
  /// The rows that have two rows before them.
  let rows: Range<Int>
  /// `y[t]`, `y[t] - y[t - 1]`, `y[t - 1] - y[t - 2]`, each divided by its size.
  private let regressors: [[Double]]

  /// Below this share of its variance a remainder is rounding.
  private static let smallestShare = 1e-6

  init?(of column: [Double], rows: Range<Int>) {
    guard rows.count > 3 else { return nil }
    self.rows = rows.dropFirst(2)
    let level = self.rows.map { column[$0] }
    let change = self.rows.map { column[$0] - column[$0 - 1] }
    let previous = self.rows.map { column[$0 - 1] - column[$0 - 2] }
    regressors = [level, change, previous].map { values in
      let known = values.filter { !$0.isNaN }
      let mean = known.reduce(0, +) / Double(max(1, known.count))
      let size = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, known.count))).squareRoot()
      return values.map { size > 0 ? ($0 - mean) / size : $0 * 0 }
    }
  }

  /// `values`, one for each of the first rows, less what the own past explains; NaN where something is missing, nil
  /// where hardly anything remains.
  func remainder(of values: [Double]) -> [Double]? {
    let usable = values.indices.filter { row in
      !values[row].isNaN && regressors.allSatisfy { !$0[row].isNaN }
    }
    let size = regressors.count + 1
    guard usable.count > 2 * size else { return nil }
    func regressor(_ index: Int, _ row: Int) -> Double { index == 0 ? 1 : regressors[index - 1][row] }
    let mean = usable.reduce(0) { $0 + values[$1] } / Double(usable.count)
    var products = [Double](repeating: 0, count: size * size)
    var rightSide = [Double](repeating: 0, count: size)
    var variance = 0.0
    for row in usable {
      variance += (values[row] - mean) * (values[row] - mean)
      for i in 0..<size {
        rightSide[i] += regressor(i, row) * (values[row] - mean)
        for j in i..<size { products[i * size + j] += regressor(i, row) * regressor(j, row) }
      }
    }
    for i in 0..<size { products[i * size + i] += 1e-10 * Double(usable.count) }
    guard variance > 0, let weights = solvePositiveDefinite(products, rightSide, size: size, columns: 1) else {
      return nil
    }
    var remainder = [Double](repeating: .nan, count: values.count)
    var left = 0.0
    for row in usable {
      let explained = (0..<size).reduce(mean) { $0 + weights[$1] * regressor($1, row) }
      remainder[row] = values[row] - explained
      left += remainder[row] * remainder[row]
    }
    return left > Self.smallestShare * variance ? remainder : nil
  }
}
