/// The linear map of the window, helped by columns that are known for the rows to come: what they explain is taken out of
/// the target, the rest is forecast by `LinearBaseline`, and what they explain of the rows to come is added. Without
/// known columns it cannot be used.
public struct KnownLinearBaseline: ForecastBaseline, SizedBaseline {
  /// Its name in files and in sentences.
  public static let kind = ForecastBaselineKind(
    key: "linearKnown", title: "a linear map of the window and the known columns", isLearned: true)

  private let map: LinearBaseline

  func isSound(horizon: Int, targets: Int) -> Bool { map.isSound(horizon: horizon, targets: targets) }

  /// Fits the map to what known columns leave of the targets.
  public init?(fittedTo problem: ForecastProblem) {
    guard let effects = problem.effects, let map = LinearBaseline(fittedTo: problem.replacing(effects.rest)) else {
      return nil
    }
    self.map = map
  }

  /// The forecast `[horizon, targets]` of the rows from `history.origin` on.
  public func forecast(after history: ForecastHistory) -> [Double] {
    guard let (rest, coming) = history.withoutEffects else {
      preconditionFailure("KnownLinearBaseline: expected the effects of known columns, received a history without")
    }
    return zip(map.forecast(after: rest), coming).map { $0 + $1 }
  }
}
