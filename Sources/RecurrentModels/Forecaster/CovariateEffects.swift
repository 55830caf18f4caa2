import RecurrentData
import RecurrentNN

/// What known columns explain of a target, row by row: a linear function of their features and of the products of these
/// with the harmonics of the calendar, so that rain at night may count less than rain at noon.
///
///     g[r] = sum over c, k of weights[c, k] * column[c][r] * wave[k][r],  column[0] = wave[0] = 1
///
/// It is fitted to forecast errors instead of values, which are too much alike from row to row: with M a linear map from
/// window to horizon, the errors of M on the target are regressed on its errors on every product (generalised least
/// squares after Cochrane & Orcutt 1949, with M in place of an autoregression), by ridge regression with the penalty
/// that serves forecasts of the validation part best.
struct CovariateEffects: Codable, Sendable {
  /// `[columns + 1, waves + 1]`.
  let weights: [Double]

  static let penalties: [Double] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
  private static let mostEquations = 15_000
  private static let mostJudged = 500

  /// No effect.
  init(none features: KnownCovariates.Features) {
    weights = Array(repeating: 0, count: (features.columns.count + 1) * (features.harmonics.count + 1))
  }

  init(weights: [Double]) { self.weights = weights }

  /// The effects on every row.
  func values(_ features: KnownCovariates.Features, rows: Int) -> [Double] {
    let width = features.harmonics.count + 1
    return (0..<rows).map { row in
      var sum = 0.0
      for column in 0...features.columns.count {
        let value = column == 0 ? 1 : features.columns[column - 1][row]
        guard value != 0 else { continue }
        var weight = weights[column * width]
        for wave in 1..<width { weight += weights[column * width + wave] * features.harmonics[wave - 1][row] }
        sum += value * weight
      }
      return sum
    }
  }

  /// Fits the effects on one target.
  ///
  /// - Parameters:
  ///   - problem: The target alone, in model space.
  ///   - features: The features of at least its rows.
  ///   - differencing: What was done to the target, and is done to the effects.
  init(fittedTo problem: ForecastProblem, _ features: KnownCovariates.Features, _ differencing: Differencing) {
    let none = CovariateEffects(none: features)
    guard let regression = Regression(problem, features, differencing) else {
      self = none
      return
    }
    var best = (effects: none, error: Self.error(of: none, problem, features, differencing))
    for penalty in Self.penalties {
      guard let weights = regression.weights(penalty: penalty) else { continue }
      let effects = CovariateEffects(weights: weights)
      let error = Self.error(of: effects, problem, features, differencing)
      if error < best.error { best = (effects, error) }
    }
    self = best.effects
  }

  /// Mean absolute validation error of the linear map with these effects taken out.
  private static func error(
    of effects: CovariateEffects, _ problem: ForecastProblem, _ features: KnownCovariates.Features,
    _ differencing: Differencing
  ) -> Double {
    let explained = differencing.differences(of: effects.values(features, rows: problem.rowCount))
    let rest = problem.replacing([zip(problem.values[0], explained).map { $0 - $1 }])
    guard let map = LinearBaseline(fittedTo: rest) else { return .infinity }
    let origins = rest.origins(in: rest.validation)
    var sum = 0.0, count = 0.0
    for index in stride(from: 0, to: origins.count, by: origins.count / mostJudged + 1) {
      let truth = rest.truth(from: origins[index])
      for (value, truth) in zip(map.forecast(after: rest.history(before: origins[index])), truth) where !truth.isNaN {
        sum += abs(value - truth)
        count += 1
      }
    }
    return count > 0 ? sum / count : .infinity
  }

  /// The normal equations of the errors of a linear map.
  private struct Regression {
    private let size: Int
    private let products, rightSide: [Double]

    init?(_ problem: ForecastProblem, _ features: KnownCovariates.Features, _ differencing: Differencing) {
      let origins = Self.origins(problem, lost: differencing.lostRows)
      guard origins.count > 1, let map = LinearBaseline(fittedTo: problem) else { return nil }
      let horizon = problem.horizon
      let errors = Self.errors(of: map, on: problem.values[0], at: origins, horizon)
      let isKnown = errors.map { !$0.isNaN }
      let target = Self.centered(errors, isKnown, horizon)
      let width = features.harmonics.count + 1
      size = (features.columns.count + 1) * width
      let end = problem.training.upperBound
      var regressors: [[Double]] = []
      for column in 0...features.columns.count {
        for wave in 0..<width {
          let values = (0..<end).map { row in
            (column == 0 ? 1 : features.columns[column - 1][row]) * (wave == 0 ? 1 : features.harmonics[wave - 1][row])
          }
          let changes = differencing.differences(of: values)
          regressors.append(
            Self.centered(Self.errors(of: map, on: changes, at: origins, horizon), isKnown, horizon))
        }
      }
      var products = [Double](repeating: 0, count: size * size)
      for i in 0..<size {
        for j in i..<size { products[i * size + j] = Self.dot(regressors[i], regressors[j]) }
      }
      self.products = products
      rightSide = regressors.map { Self.dot($0, target) }
    }

    func weights(penalty: Double) -> [Double]? {
      var matrix = products
      let trace = (0..<size).reduce(0) { $0 + matrix[$1 * size + $1] }
      guard trace > 0 else { return nil }
      for i in 0..<size { matrix[i * size + i] += penalty * trace / Double(size) }
      return solvePositiveDefinite(matrix, rightSide, size: size, columns: 1)
    }

    /// Some origins of the training part, at a distance that shares no factor with the cycles of the calendar.
    private static func origins(_ problem: ForecastProblem, lost: Int) -> [Int] {
      let all = problem.origins(in: problem.training).filter {
        $0 >= problem.training.lowerBound + problem.window + lost
      }
      var step = all.count * problem.horizon / mostEquations + 1
      while [2, 3, 5, 7].contains(where: { step > 1 && step % $0 == 0 }) { step += 1 }
      return stride(from: 0, to: all.count, by: step).map { all[$0] }
    }

    /// The errors of the map's forecasts of a column, `[origins, horizon]`.
    private static func errors(of map: LinearBaseline, on values: [Double], at origins: [Int], _ horizon: Int)
      -> [Double]
    {
      let columns = [values]
      return origins.flatMap { origin in
        let forecast = map.forecast(target: 0, after: ForecastHistory(values: columns, origin: origin))
        return (0..<horizon).map { values[origin + $0] - forecast[$0] }
      }
    }

    /// The errors less their mean at each step, which a map's intercepts take up; 0 where the target is missing.
    private static func centered(_ errors: [Double], _ isKnown: [Bool], _ horizon: Int) -> [Double] {
      var sums = [Double](repeating: 0, count: horizon), counts = sums
      for index in errors.indices where isKnown[index] {
        sums[index % horizon] += errors[index]
        counts[index % horizon] += 1
      }
      return errors.indices.map { isKnown[$0] ? errors[$0] - sums[$0 % horizon] / counts[$0 % horizon] : 0 }
    }

    private static func dot(_ left: [Double], _ right: [Double]) -> Double {
      // Four sums: a compiler may not change the order of one.
      var sums = (0.0, 0.0, 0.0, 0.0)
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          var index = 0
          while index + 3 < left.count {
            sums.0 += left[index] * right[index]
            sums.1 += left[index + 1] * right[index + 1]
            sums.2 += left[index + 2] * right[index + 2]
            sums.3 += left[index + 3] * right[index + 3]
            index += 4
          }
          while index < left.count {
            sums.0 += left[index] * right[index]
            index += 1
          }
        }
      }
      return (sums.0 + sums.1) + (sums.2 + sums.3)
    }
  }
}
