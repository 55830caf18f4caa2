public import RecurrentData
public import RecurrentModels

/// Everything a forecast report tells, as plain values.
public struct ForecastReportContent: Sendable {
  /// An interval of the next values.
  public struct Interval: Sendable {
    /// The share of future values it should contain.
    public var level: Double
    /// The lower bounds, `[horizon, targets]`.
    public var lower: [Double]
    /// The upper bounds, `[horizon, targets]`.
    public var upper: [Double]

    /// Makes an interval.
    public init(level: Double, lower: [Double], upper: [Double]) {
      precondition(
        lower.count == upper.count, "Interval: expected \(lower.count) upper bounds, received \(upper.count)")
      self.level = level
      self.lower = lower
      self.upper = upper
    }
  }

  /// The forecast of the rows after the last one.
  public struct NextValues: Sendable {
    /// The point forecasts, `[horizon, targets]`.
    public var point: [Double]
    /// The intervals, narrow or wide first.
    public var intervals: [Interval]

    /// Makes a forecast.
    public init(point: [Double], intervals: [Interval]) {
      precondition(
        intervals.allSatisfy { $0.lower.count == point.count },
        "NextValues: expected bounds with \(point.count) values in every interval")
      self.point = point
      self.intervals = intervals.sorted { $0.level < $1.level }
    }
  }

  /// The losses after an epoch.
  public struct Epoch: Sendable {
    /// The number of the epoch, from 1.
    public var number: Int
    /// The mean loss over the training part.
    public var trainingLoss: Double
    /// The score on the validation part that decides when to stop.
    public var validationLoss: Double?

    /// Makes an entry of the loss curves.
    public init(number: Int, trainingLoss: Double, validationLoss: Double?) {
      self.number = number
      self.trainingLoss = trainingLoss
      self.validationLoss = validationLoss
    }
  }

  /// A learning rate that was looked for before the training.
  public struct FoundLearningRate: Sendable {
    /// The learning rates that were tried, rising.
    public var rates: [Double]
    /// The loss of the batch at each, and the mean of the losses so far, the latest counting most.
    public var losses, smoothedLosses: [Double]
    /// The learning rate of the training.
    public var used: Double
    /// Why, in a sentence.
    public var explanation: String

    /// Makes an entry.
    public init(rates: [Double], losses: [Double], smoothedLosses: [Double], used: Double, explanation: String) {
      precondition(
        rates.count == losses.count && rates.count == smoothedLosses.count,
        "FoundLearningRate: expected \(rates.count) losses, received \(losses.count) and \(smoothedLosses.count)")
      (self.rates, self.losses, self.smoothedLosses) = (rates, losses, smoothedLosses)
      (self.used, self.explanation) = (used, explanation)
    }
  }

  /// A name and a value for a table of settings.
  public struct Setting: Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Makes a row.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The data as read.
  public var series: TimeSeries
  /// Targets, parts, horizon, window and season; its rows are those of `series`.
  public var problem: ForecastProblem
  /// Metrics, baselines and verdict.
  public var evaluation: ForecastEvaluation
  /// Forecasts of the test part to look at.
  public var samples: ForecastSamples
  /// The forecast of the rows after the last one; nil where known columns of these rows are not given.
  public var next: NextValues?
  /// The loss curves.
  public var epochs: [Epoch] = []
  /// What the loss curves say, a sentence each.
  public var trainingRemarks: [String] = []
  /// A learning rate that was looked for; nil where none was.
  public var learningRate: FoundLearningRate?
  /// The epoch whose weights were kept.
  public var bestEpoch: Int?
  /// Why the season is what it is, in a sentence.
  public var seasonExplanation: String?
  /// What the reader should know before using the model.
  public var warnings: [String] = []
  /// The model in a few rows: cell, parameters, digest of the weights, seconds.
  public var model: [Setting] = []
  /// What a search tried; nil without one.
  public var search: SearchTable?
  /// Every option with its value.
  public var configuration: [Setting] = []
  /// The command that repeats the run.
  public var command: String

  /// Takes the parts every report has; the others can be set afterwards.
  public init(
    series: TimeSeries, problem: ForecastProblem, evaluation: ForecastEvaluation, samples: ForecastSamples,
    next: NextValues?, command: String
  ) {
    precondition(
      problem.rowCount == series.rowCount,
      "ForecastReportContent: expected a problem of \(series.rowCount) rows, received \(problem.rowCount)")
    precondition(
      next.map { $0.point.count == problem.forecastCount } ?? true,
      "ForecastReportContent: expected \(problem.forecastCount) next values, received \(next?.point.count ?? 0)")
    self.series = series
    self.problem = problem
    self.evaluation = evaluation
    self.samples = samples
    self.next = next
    self.command = command
  }
}
