public import RecurrentData
import RecurrentNN
import RecurrentTensor
import RecurrentTraining

/// Forecasts of many series from their last rows.
public struct PanelForecast: Sendable, Equatable {
  /// The names of the series.
  public let ids: [String]
  /// The times of the forecast rows as the file writes them, `[series][step]`.
  public let times: [[String]]
  /// The levels of the intervals, rising.
  public let levels: [Double]
  /// Point forecasts, `[series][step]`.
  public let values: [[Double]]
  /// Bounds by level, `[level][series][step]`.
  public let lower, upper: [[[Double]]]
}

/// One recurrent forecaster for many series: a global model, learned from the windows of all of them.
///
/// Every window is put on its own level and spread, so that series of any size teach one another (Salinas et al. 2020
/// scale so as well); where all values are above zero, logarithms are learned, and the spread is the window's change over
/// a season, so that errors count about as MASE counts them, if a linear map then has the lower validation error. The forecast starts from what the last rows repeat
/// (`PanelCycles`); a recurrent network over segments of the window and a linear map of it learn the rest together. Five
/// such networks from different starts are averaged. Their errors on the last rows of each
/// series, in units of the roughness of the window before, give the intervals.
public struct PanelForecaster: Sendable {
  /// What it was built by, as asked for.
  public let configuration: ForecasterConfiguration
  /// The season that MASE and the seasonal-naive baseline use; nil if there is none.
  public let season: Season?
  let encoding: PanelEncoding
  let members: [PanelMember]
  let linear: PanelLinearMap?
  let intervals: PanelIntervals

  /// Fits a forecaster to all rows of a panel; the last `horizon` rows of each series serve to choose.
  ///
  /// - Parameters:
  ///   - panel: The series.
  ///   - configuration: What is asked for; what it leaves open is chosen. `difference`, `missing`, `distribution`,
  ///     `hasQuantileHeads` and `decoder` do not apply to many series.
  ///   - checkpoints: Where the training is written down, and continued from; nil for nowhere.
  ///   - isCancelled: Asked after every step of training; true ends it with the best weights so far.
  ///   - onEvent: Told what is chosen and how training goes.
  /// - Throws: `DataError` if the series do not allow it, `TrainingError` if training breaks down.
  public init(
    fittedTo panel: SeriesPanel, configuration: ForecasterConfiguration,
    checkpoints: FittingCheckpoints? = nil, isCancelled: @escaping () -> Bool = { false },
    onEvent: @escaping (ForecasterEvent) -> Void = { _ in }
  ) throws {
    season = PanelSeason.find(in: panel, configuration)
    let fitting = try PanelFitting(
      panel, configuration, season: season, checkpoints: checkpoints, isCancelled: isCancelled, onEvent: onEvent)
    for note in fitting.notes { onEvent(.note(note)) }
    self.configuration = configuration
    encoding = fitting.encoding
    linear = fitting.linearMap
    members = try fitting.members()
    intervals = PanelIntervals(
      PanelPredictor(frame: fitting.frame, members: members), fitting.split.validation, configuration.probabilities)
  }

  init(
    configuration: ForecasterConfiguration, season: Season?, encoding: PanelEncoding, members: [PanelMember],
    linear: PanelLinearMap?, intervals: PanelIntervals
  ) {
    (self.configuration, self.season, self.encoding) = (configuration, season, encoding)
    (self.members, self.linear, self.intervals) = (members, linear, intervals)
  }

  /// The rows it sees of each series.
  public var window: Int { encoding.window }

  /// The names of the categories that series need.
  public var categories: [String] { encoding.categories }

  /// The names of the static columns that series need.
  public var statics: [String] { encoding.statics?.codes.map(\.name) ?? [] }

  /// The number of trained scalars of all networks.
  public var parameterCount: Int { members.reduce(0) { $0 + $1.parameterCount } }

  /// The forecast of the rows that follow the last one of each series.
  ///
  /// A series with fewer rows than the window is continued as if its first value had stood before it.
  ///
  /// - Parameter panel: Series of the kind it was fitted to; their names may be new.
  /// - Returns: The next values with intervals, their times continuing the grid of each series.
  public func forecast(after panel: SeriesPanel) -> PanelForecast {
    forecast(after: panel, forecasts(after: panel))
  }

  func forecast(after panel: SeriesPanel, _ results: [Result]) -> PanelForecast {
    let levels = configuration.levels.count
    func bounds(_ index: Int) -> [[Double]] { results.map { $0.quantiles[index] } }
    return PanelForecast(
      ids: panel.members.map(\.id), times: panel.members.map { $0.series.nextTimeTexts(encoding.horizon) },
      levels: configuration.levels.sorted(), values: results.map(\.point),
      lower: (0..<levels).map { bounds(levels - 1 - $0) }, upper: (0..<levels).map { bounds(levels + $0) })
  }

  /// A forecast in the units of its series.
  struct Result {
    let point: [Double]
    /// `[probability][step]`, the point between them.
    let quantiles: [[Double]]
    /// That of the linear map.
    let linear: [Double]?
  }

  func forecasts(after panel: SeriesPanel) -> [Result] {
    precondition(
      panel.categories == categories,
      "PanelForecaster: expected the categories \(categories), received \(panel.categories)")
    precondition(
      panel.statics == statics,
      "PanelForecaster: expected the static columns \(statics), received \(panel.statics)")
    let frame = PanelFrame(panel, encoding)
    let samples = panel.members.enumerated().map { PanelSample(series: $0, origin: $1.series.rowCount) }
    let predictor = PanelPredictor(frame: frame, members: members)
    return predictor.forecasts(samples).map { window, forecast in
      func values(_ path: [Double]) -> [Double] {
        path.map { frame.value(of: $0 * window.spread + window.level) }
      }
      return Result(
        point: values(forecast), quantiles: intervals.quantiles(around: forecast, in: window).map(values),
        linear: linear.map { values($0.forecast(window)) })
    }
  }
}
