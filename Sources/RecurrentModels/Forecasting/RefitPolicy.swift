/// When a backtest fits its forecaster anew (Tashman 2000, "Out-of-sample tests of forecasting accuracy").
public enum RefitPolicy: Sendable, Equatable {
  /// One fitting for all origins, that of the forecaster: what is judged is what is kept.
  case never
  /// A new fitting at every so many origins, to all rows before the first of them: what is judged is the procedure.
  case every(Int)

  /// Reads `never` or a number of origins; nil if the text is neither.
  ///
  /// - Parameter text: The text.
  public init?(_ text: String) {
    if text == "never" {
      self = .never
    } else if let origins = Int(text), origins >= 1 {
      self = .every(origins)
    } else {
      return nil
    }
  }

  /// The number of origins between two fittings; nil for never.
  public var interval: Int? {
    if case .every(let origins) = self { origins } else { nil }
  }

  /// How many fittings a backtest stands on, the first one among them.
  ///
  /// - Parameter origins: The origins of the backtest.
  /// - Returns: At least 1.
  public func fittings(origins: Int) -> Int { interval.map { 1 + max(0, origins - 1) / max(1, $0) } ?? 1 }
}
