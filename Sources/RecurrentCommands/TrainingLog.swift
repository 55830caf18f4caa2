import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Follows a training: progress for the person who waits, lines for `log.jsonl`, loss curves for the report.
struct TrainingLog {
  /// The loss curve of one network.
  struct Curve {
    let name: String
    var epochs: [TrainingProgress] = []
  }

  private(set) var lines: [String] = []
  private(set) var curves: [Curve] = []
  private(set) var notes: [String] = []
  private var progress: ProgressLine
  private let console: Console
  private var start: TrainingStart?

  init(_ console: Console) {
    self.console = console
    progress = ProgressLine(console)
  }

  mutating func add(_ event: ForecasterEvent) {
    switch event {
    case .note(let text):
      notes.append(text)
      append(NoteLine(text: text))
      finish()
      console.message(text)
    case .training(let name, let number, let total, let event): add(event, of: name, number, total)
    case .trained(let name, let error):
      append(TrainedLine(network: name, validationError: error))
      finish()
      console.message("network “\(name)”: validation error \(NumberText.significant(error))")
    }
  }

  /// Takes over the lines of a log of what came after, without its curves and notes.
  mutating func append(_ later: TrainingLog) { lines += later.lines }

  /// Removes the line of progress from the terminal.
  mutating func finish() { progress.finish() }

  private mutating func add(_ event: TrainingEvent, of name: String, _ number: Int, _ total: Int) {
    switch event {
    case .started(let start):
      self.start = start
      curves.append(Curve(name: name))
    case .step(let step): show(step, name, number, total)
    case .evaluated(let step):
      curves[curves.count - 1].epochs.append(step)
      show(step, name, number, total)
    case .finished: break
    }
    if case .step = event { return }
    append(EventLine(network: name, event: event))
  }

  private mutating func show(_ step: TrainingProgress, _ name: String, _ number: Int, _ total: Int) {
    let details =
      ["loss \(NumberText.significant(step.trainLoss, 3))"]
      + (step.bestLoss.map { ["best validation \(NumberText.significant($0, 3))"] } ?? [])
    progress.update(
      ProgressStatus(
        unit: "network \(number)/\(total), step", completed: step.step, total: start?.totalSteps ?? step.step,
        details: details, remainingSeconds: step.remainingSeconds))
  }

  private mutating func append(_ line: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(line) else { return }
    lines.append(String(decoding: data, as: UTF8.self))
  }

  private struct NoteLine: Encodable {
    var event = "note"
    let text: String
  }

  private struct TrainedLine: Encodable {
    var event = "trained"
    let network: String
    let validationError: Double
  }

  private struct EventLine: Encodable {
    let network: String
    let event: TrainingEvent

    private enum Key: CodingKey { case network }

    func encode(to encoder: any Encoder) throws {
      try event.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(network, forKey: .network)
    }
  }
}
