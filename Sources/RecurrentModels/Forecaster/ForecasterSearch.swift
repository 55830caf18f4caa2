public import RecurrentData
import RecurrentNN
import RecurrentTraining

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A search for the options of a forecaster. Candidates are judged by their validation error alone; the test part is not
/// read, so that a backtest of the forecaster that comes out is its first.
///
/// ```swift
/// let search = ForecasterSearch(candidates: 12, method: .halving)
/// let (forecaster, table) = try search.fit(to: series, configuration: ForecasterConfiguration(horizon: 24))
/// print(table.remarks.joined(separator: "\n"))
/// ```
///
/// Same seed, data and configuration: the same table and forecaster, with any number of threads and however often the search
/// was interrupted, unless a time limit ends it.
public struct ForecasterSearch: Sendable, Equatable {
  /// How many candidates there are, the standard options among them.
  public let candidates: Int
  /// How training is spent on them.
  public let method: SearchMethod
  /// The names of the options that are searched, of `optionNames`.
  public let options: [String]

  /// The options that a search can choose.
  public static let optionNames = ["learning-rate", "hidden", "layers", "dropout", "window", "segment", "cell"]

  /// - Parameters:
  ///   - candidates: How many candidates there are: at least 1, the standard options.
  ///   - method: How training is spent on them.
  ///   - options: The names of the options that are searched: all of `optionNames` by default.
  public init(candidates: Int, method: SearchMethod = .random, options: [String] = Self.optionNames) {
    self.candidates = max(1, candidates)
    self.method = method
    self.options = Self.optionNames.filter(options.contains)
  }

  /// Searches, and makes a forecaster of the best candidate.
  ///
  /// - Parameters:
  ///   - series: The series with its targets.
  ///   - split: The parts; nil for `ForecastOutline.standardSplit`.
  ///   - configuration: The standard options. Its time limit is that of the whole search; the best so far is taken then.
  ///   - checkpoints: Where the search is written down, and continued from; nil for nowhere.
  ///   - isCancelled: Asked after every step of training; true ends the search with the best candidate so far.
  ///   - onEvent: Told what is tried and how training goes.
  /// - Returns: The forecaster, whose configuration is that of the best candidate, and what was tried.
  /// - Throws: `DataError` if the series does not allow it, `TrainingError` if the training of every candidate breaks down.
  public func fit(
    to series: TimeSeries, split: SeriesSplit? = nil, configuration: ForecasterConfiguration,
    checkpoints: FittingCheckpoints? = nil, isCancelled: @escaping () -> Bool = { false },
    onEvent: @escaping (ForecasterEvent) -> Void = { _ in }
  ) throws -> (forecaster: Forecaster, table: SearchTable) {
    let outline = try ForecastOutline(of: series, split: split, configuration)
    let space = try space(outline, series, configuration)
    let folder = try SearchFolder(checkpoints, isNeeded: method == .halving)
    defer { folder?.removeIfTemporary() }
    let candidates = (1...candidates).map {
      resolved(space.candidate($0, seed: configuration.seed), window: configuration.window, for: outline.kind)
    }
    var search = CandidateSearch(table: try folder?.table(candidates, method) ?? SearchTable(method, candidates))
    let clock = TrainingClock()
    clock.add(search.table.seconds)
    let trial = ForecasterTrial(
      series: series, outline: outline, configuration: configuration, space: space, clock: clock,
      isCancelled: isCancelled, onEvent: onEvent)
    var best: (number: Int, fit: ForecasterTrial.Fit)?
    var failure: TrainingError?
    var table = search.table
    try search.run(
      evaluate: { candidate, round in
        do {
          let row = table.rows[candidate.number - 1]
          clock.begin(known: row.results.last?.seconds ?? 0)
          let fit = try trial.fit(candidate, round, checkpoints: folder?.checkpoints(of: candidate.number))
          // The best of a cancelled search may be the candidate in training.
          let isBetter = best.map { $0.number == candidate.number || fit.error < $0.fit.error } ?? true
          if isBetter, !isCancelled() || table.chosen == nil { best = (candidate.number, fit) }
          return isCancelled() ? nil : fit.result(in: round)
        } catch let error as TrainingError {
          guard case .notFinite = error else { throw error }
          failure = error
          return SearchTable.Result(round: round.number, error: nil, epochs: 0, seconds: 0)
        }
      },
      isOver: { configuration.timeLimit.map { clock.total >= $0 } ?? false },
      onEvent: { event in
        if case .judged(_, _, let judged) = event {
          table = judged
          table.seconds = clock.total
          try folder?.keep(table)
        }
        onEvent(.search(event))
      })
    search.table.seconds = clock.total
    if let chosen = search.table.best, chosen.candidate.number != best?.number, let last = chosen.results.last {
      // An earlier program trained it.
      var again = trial
      again.isCancelled = { false }
      clock.begin(known: last.seconds)
      onEvent(.search(.began(chosen.candidate, search.table.rounds[last.round - 1], search.table)))
      let checkpoints = try folder?.checkpoints(of: chosen.candidate.number)
      best = (
        chosen.candidate.number,
        try again.fit(chosen.candidate, search.table.rounds[last.round - 1], checkpoints: checkpoints)
      )
    }
    guard let best else {
      guard let failure else {
        preconditionFailure("ForecasterSearch: the first candidate has neither fit nor failure")
      }
      throw failure
    }
    for note in best.fit.notes { onEvent(.note(note)) }
    return (best.fit.forecaster(series), search.table)
  }

  /// What is searched, for a series and the standard options.
  ///
  /// - Throws: `DataError` if the series does not allow any training.
  public func space(
    _ outline: ForecastOutline, _ series: TimeSeries, _ configuration: ForecasterConfiguration
  ) throws(DataError) -> SearchSpace {
    if options.contains("hidden") {
      var largest = configuration
      largest.hiddenSize = max(configuration.hiddenSize ?? 0, ForecasterConfiguration.mostChosenUnits)
      _ = try largest.namedEncoder()
    }
    let window = try outline.window(for: series)
    let fitting = outline.fitting(series)
    func whole(_ values: [Int]) -> SearchSpace.Dimension.Values { .oneOf(values.map { .whole($0) }) }
    let rate = configuration.standardLearningRate
    let windows = ForecastWindowChoice.candidates(
      configuration, rows: outline.split.train.count - outline.encoders.differencing.lostRows
    ).map(\.rows)
    let all: [SearchSpace.Dimension] = [
      .init("learning-rate", standard: .number(rate), .logarithmic(rate * 0.15...rate * 5)),
      .init(
        "hidden", standard: .whole(configuration.hiddenSize ?? fitting.hiddenSize(window: window)),
        whole([16, 32, 64, ForecasterConfiguration.mostChosenUnits])),
      .init("layers", standard: .whole(configuration.layers), whole([1, 2])),
      .init("dropout", standard: .number(configuration.dropout), .oneOf([0, 0.1, 0.2, 0.3, 0.5].map { .number($0) })),
      .init("window", standard: .whole(window.rows), whole(windows)),
      .init("segment", standard: .whole(window.segment), whole([4, 8, 12, 24])),
      .init("cell", standard: .word(configuration.cell), .oneOf(cells(for: configuration).map { .word($0) })),
    ]
    return SearchSpace(
      all.filter { options.contains($0.name) && ($0.name != "learning-rate" || configuration.learningRate != .found) })
  }

  /// The cells to choose among: those in which every regulariser asked for finds what it acts on.
  private func cells(for configuration: ForecasterConfiguration) -> [String] {
    let cells = ["gru", "lstm"].filter { name in
      guard let kind = RecurrentKind(named: name), let regularization = configuration.regularization else {
        return true
      }
      return kind.idle(in: regularization) == nil
    }
    return cells.isEmpty ? [configuration.cell] : cells
  }

  /// A candidate whose segment divides its window: the divisor nearest to the one drawn.
  private func resolved(
    _ candidate: SearchCandidate, window given: Int?, for kind: SequenceEncoderKind
  ) -> SearchCandidate {
    var candidate = candidate
    let drawn: Int? = if case .whole(let rows)? = candidate["window"] { rows } else { given }
    guard let window = drawn, case .whole(let wish)? = candidate["segment"],
      let index = candidate.settings.firstIndex(where: { $0.name == "segment" })
    else { return candidate }
    candidate.settings[index].value = .whole(
      ForecastWindowChoice.segment(dividing: window, near: wish, atLeast: kind.leastSegment(ofWindow: window)))
    return candidate
  }
}
