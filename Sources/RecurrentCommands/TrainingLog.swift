import Recurrent

/// Follows a training: progress for the person who waits, lines for `log.jsonl`, loss curves for the report.
struct TrainingLog {
  /// The loss curve of one network.
  struct Curve {
    let network: TrainingLogEntry.Network
    var epochs: [TrainingProgress] = []

    /// The smallest validation error of the curve.
    var bestLoss: Double? { epochs.compactMap(\.validationLoss).min() }
  }

  private var kept: KeptLines<TrainingLogEntry>
  private var entries: [TrainingLogEntry] { kept.entries }
  private var laterLines: [String] = []
  private var progress: ProgressLine
  private let console: Console
  private var start: TrainingStart?
  /// The steps of the network in training, by which its batches are judged.
  private var steps: [TrainingEvent] = []
  private var remarksByNetwork: [TrainingLogEntry.Network: [TrainingRemark]] = [:]
  /// The candidate in training; nil without a search.
  private var candidate: (number: Int, text: String)?

  /// - Parameters:
  ///   - console: Where to show progress.
  ///   - file: Where lines are kept while training, after those of an earlier run; nil for nowhere.
  init(_ console: Console, file: String? = nil) {
    self.console = console
    kept = KeptLines(file)
    progress = ProgressLine(console)
  }

  /// The lines of `log.jsonl`.
  var lines: [String] { kept.lines + laterLines }

  /// What was chosen and why, in words.
  var notes: [String] {
    entries.compactMap { entry in if case .note(let text) = entry { text } else { nil } }
  }

  /// The loss curves of all networks.
  var curves: [Curve] {
    var curves: [Curve] = []
    for case .training(let network, let event) in entries {
      switch event {
      case .started: curves.append(Curve(network: network))
      case .evaluated(let epoch):
        if let index = curves.lastIndex(where: { $0.network == network }) { curves[index].epochs.append(epoch) }
      case .step, .finished: break
      }
    }
    return curves
  }

  /// What the course of a network's training says; of its batches only where this program trained it to the end.
  func remarks(on network: TrainingLogEntry.Network) -> [TrainingRemark] {
    remarksByNetwork[network] ?? TrainingRemark.remarks(on: events(of: network))
  }

  private func events(of network: TrainingLogEntry.Network) -> [TrainingEvent] {
    entries.compactMap { entry in if case .training(network, let event) = entry { event } else { nil } }
  }

  /// The learning rate that was found, for a candidate or without a search.
  func learningRate(candidate: Int?) -> (finding: LearningRateFinding, used: Double)? {
    for case .learningRate(candidate, let finding, let used) in entries { return (finding, used) }
    return nil
  }

  mutating func add(_ event: ForecasterEvent) {
    switch event {
    case .note(let text):
      if !kept.areKept || !entries.contains(.note(text)) { kept.append(.note(text)) }
      finish()
      console.message(text)
    case .training(let name, let number, let total, let event): add(event, of: network(name), number, total)
    case .trained(let name, let error):
      let network = network(name)
      kept.drop { if case .trained(network, _) = $0 { true } else { false } }
      kept.append(.trained(network, validationError: error))
      finish()
      if candidate == nil {
        console.message("network “\(name)”: validation error \(NumberText.significant(error))")
      }
    case .foundLearningRate(let finding, let used):
      let number = candidate?.number
      kept.drop { if case .learningRate(number, _, _) = $0 { true } else { false } }
      kept.append(.learningRate(candidate: number, finding, used: used))
      finish()
      if candidate == nil { console.message("learning rate \(NumberText.short(used)): \(finding)") }
    case .search(let event): add(event)
    }
  }

  /// Takes over the lines of a log of what came after, without its curves and notes.
  mutating func append(_ later: TrainingLog) { laterLines += later.lines }

  /// Removes the line of progress from the terminal.
  mutating func finish() { progress.finish() }

  private func network(_ name: String) -> TrainingLogEntry.Network {
    TrainingLogEntry.Network(candidate: candidate?.number, network: name)
  }

  private mutating func add(_ event: SearchEvent) {
    switch event {
    case .began(let next, let round, let table):
      let rounds = table.rounds.count > 1 ? ", round \(round.number)/\(table.rounds.count)" : ""
      candidate = (next.number, "candidate \(next.number)/\(table.rows.count)\(rounds)")
    case .judged(let judged, let result, let table):
      kept.drop { if case .judged(judged.number, let old) = $0 { old.round == result.round } else { false } }
      kept.append(.judged(candidate: judged.number, result))
      finish()
      let error = result.error.map { "validation error \(NumberText.significant($0))" } ?? "the training broke down"
      let best = table.chosen == judged.number ? ", the best so far" : ""
      console.message("\(candidate?.text ?? ""): \(error)\(best) (\(judged.options))")
    }
  }

  private mutating func add(
    _ event: TrainingEvent, of network: TrainingLogEntry.Network, _ number: Int, _ total: Int
  ) {
    switch event {
    case .started(let start):
      self.start = start
      steps = []
      kept.drop { $0.isVoid(after: start.resumed?.step, of: network) }
      // A network that goes on has begun already.
      let hasBegun = entries.contains { if case .training(network, _) = $0 { true } else { false } }
      if start.resumed != nil, hasBegun { return }
    case .step(let step):
      steps.append(event)
      return show(step, number, total)
    case .evaluated(let step):
      // A training that goes on where it was to be evaluated may have been evaluated there before.
      kept.drop { if case .training(network, let old) = $0 { old.isVoid(after: step.step - 1) } else { false } }
      show(step, number, total)
    case .finished(let result):
      // A training that was interrupted goes on.
      guard result.reason != .cancelled else { return }
    }
    kept.append(.training(network, event))
    if case .finished = event {
      let events = events(of: network)
      remarksByNetwork[network] = TrainingRemark.remarks(on: events.prefix(1) + steps + events.dropFirst())
      steps = []
    }
  }

  private mutating func show(_ step: TrainingProgress, _ number: Int, _ total: Int) {
    let details =
      ["loss \(NumberText.significant(step.trainLoss, 3))"]
      + (step.bestLoss.map { ["best validation \(NumberText.significant($0, 3))"] } ?? [])
    progress.update(
      ProgressStatus(
        unit: (candidate.map { $0.text + ", " } ?? "") + "network \(number)/\(total), step", completed: step.step,
        total: start?.totalSteps ?? step.step, details: details, remainingSeconds: step.remainingSeconds))
  }
}
