/// The forecast of one origin beside the truth; all arrays are `[horizon, targets]`.
public struct ForecastWindow: Sendable, Equatable {
  /// The first row forecast.
  public let origin: Int
  /// What was observed; NaN where missing.
  public let truth: [Double]
  /// The forecast.
  public let forecast: [Double]
  /// The lower bounds of the intervals, if there are any.
  public let lower: [Double]?
  /// The upper bounds of the intervals, if there are any.
  public let upper: [Double]?
  /// The mean absolute error, of scaled values.
  public let loss: Double

  /// Collects the forecast of one origin.
  public init(
    origin: Int, truth: [Double], forecast: [Double], lower: [Double]? = nil, upper: [Double]? = nil, loss: Double
  ) {
    self.origin = origin
    self.truth = truth
    self.forecast = forecast
    self.lower = lower
    self.upper = upper
    self.loss = loss
  }
}

/// One forecast value and its truth.
public struct ForecastPair: Sendable, Equatable {
  /// The index of the target.
  public let target: Int
  /// The step of the horizon, from 0.
  public let step: Int
  /// What was observed.
  public let truth: Double
  /// What was forecast.
  public let forecast: Double
}

/// A few of a backtest's forecasts to look at; their number is bounded whatever the number of origins.
public struct ForecastSamples: Sendable {
  /// The forecast with the least error.
  public private(set) var best: ForecastWindow?
  /// The forecast with the largest error.
  public private(set) var worst: ForecastWindow?
  /// Forecast and true values, evenly chosen over origins, steps and targets.
  public private(set) var pairs: [ForecastPair] = []
  /// Forecasts evenly chosen over the origins, in time order.
  public private(set) var windows: [ForecastWindow] = []

  private let originStride: Int
  private let pairStride: Int
  private var originsSeen = 0
  private var pairsSeen = 0

  private static let mostPairs = 4000
  private static let mostNumbers = 200_000

  package init(originCount: Int, entryCount: Int) {
    let mostWindows = min(200, max(5, Self.mostNumbers / entryCount))
    originStride = max(1, (originCount + mostWindows - 1) / mostWindows)
    // An odd stride without common factors with the entries visits every step and target.
    var stride = max(1, (originCount * entryCount + Self.mostPairs - 1) / Self.mostPairs)
    while greatestCommonDivisor(stride, entryCount) > 1 { stride += 1 }
    pairStride = stride
  }

  /// The forecast with the median error of `windows`.
  public var median: ForecastWindow? {
    let judged = windows.filter { !$0.loss.isNaN }
    return judged.isEmpty ? nil : judged.sorted { $0.loss < $1.loss }[judged.count / 2]
  }

  package mutating func add(_ window: ForecastWindow, targetCount: Int) {
    if originsSeen % originStride == 0 { windows.append(window) }
    originsSeen += 1
    if !window.loss.isNaN {
      if window.loss < best?.loss ?? .infinity { best = window }
      if window.loss > worst?.loss ?? -.infinity { worst = window }
    }
    let entryCount = window.truth.count
    let first = (pairStride - pairsSeen % pairStride) % pairStride
    for entry in stride(from: first, to: entryCount, by: pairStride) where !window.truth[entry].isNaN {
      pairs.append(
        ForecastPair(
          target: entry % targetCount, step: entry / targetCount, truth: window.truth[entry],
          forecast: window.forecast[entry]))
    }
    pairsSeen += entryCount
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
