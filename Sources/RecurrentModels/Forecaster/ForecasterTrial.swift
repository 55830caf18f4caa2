import RecurrentData
import RecurrentTraining

/// The training of one candidate of a forecaster's search.
struct ForecasterTrial {
  let series: TimeSeries
  let outline: ForecastOutline
  /// The standard options.
  let configuration: ForecasterConfiguration
  let space: SearchSpace
  let clock: TrainingClock
  var isCancelled: () -> Bool
  let onEvent: (ForecasterEvent) -> Void

  /// A trained candidate.
  struct Fit {
    let configuration: ForecasterConfiguration
    let outline: ForecastOutline
    let window: ForecastWindowChoice
    let fitted: ForecasterFitting.Fitted
    /// What was chosen within it, in words.
    let notes: [String]

    var error: Double { fitted.error }

    func forecaster(_ series: TimeSeries) -> Forecaster {
      Forecaster(configuration, outline, window: window, fitted, series)
    }

    func result(in round: SearchRound) -> SearchTable.Result {
      SearchTable.Result(
        round: round.number, error: fitted.error, epochs: fitted.results.reduce(0) { $0 + $1.evaluatedEpochs },
        seconds: fitted.results.reduce(0) { $0 + $1.seconds },
        isCutShort: fitted.results.contains { $0.reason == .timeLimit })
    }
  }

  /// Trains a candidate up to the share of a round.
  func fit(_ candidate: SearchCandidate, _ round: SearchRound, checkpoints: FittingCheckpoints?) throws -> Fit {
    let configuration = configured(candidate)
    let outline = try ForecastOutline(of: series, split: outline.split, configuration)
    let window = try outline.window(for: series)
    var notes = [window.reason]
    let fitting = ForecasterFitting(
      configuration, kind: outline.kind, encoders: outline.encoders, split: outline.split, series: series,
      checkpoints: checkpoints, clock: clock, round: round, isCancelled: isCancelled,
      onEvent: { event in
        if case .note(let text) = event { notes.append(text) } else { onEvent(event) }
      })
    let fitted = try fitting.members(window: window)
    return Fit(configuration: configuration, outline: outline, window: window, fitted: fitted, notes: notes)
  }

  /// The standard options with those of a candidate that differ from them.
  private func configured(_ candidate: SearchCandidate) -> ForecasterConfiguration {
    var result = configuration
    for (setting, dimension) in zip(candidate.settings, space.dimensions) where setting.value != dimension.standard {
      switch (setting.name, setting.value) {
      case ("learning-rate", .number(let value)): result.learningRate = .given(value)
      case ("hidden", .whole(let value)): result.hiddenSize = value
      case ("layers", .whole(let value)): result.layers = value
      case ("dropout", .number(let value)): result.dropout = value
      case ("window", .whole(let value)): result.window = value
      case ("segment", .whole(let value)): result.segment = value
      case ("cell", .word(let value)): result.cell = value
      default: preconditionFailure("ForecasterSearch: no option \(setting.name) takes \(setting.value)")
      }
    }
    // Both, so that neither is chosen by the other.
    let isStandard = configuration.window == result.window && configuration.segment == result.segment
    if !isStandard, case .whole(let rows)? = candidate["window"], case .whole(let segment)? = candidate["segment"] {
      (result.window, result.segment) = (rows, segment)
    }
    return result
  }
}

extension TrainingResult {
  /// The epochs that were over and judged: a run is cancelled in the first step of the next.
  fileprivate var evaluatedEpochs: Int { reason == .cancelled ? max(0, epochs - 1) : epochs }
}
