import Recurrent

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Follows the training of a classifier of trees: progress for the person who waits, lines for `log.jsonl`.
struct TreeLog {
  /// A line for each evaluation, and for the start and the end.
  private(set) var lines: [String] = []
  /// How the training ended.
  private(set) var result: TrainingResult?
  private let console: Console
  private var progress: ProgressLine
  private var totalSteps: Int?

  init(_ console: Console) {
    self.console = console
    progress = ProgressLine(console)
  }

  mutating func add(_ event: TrainingEvent) {
    switch event {
    case .started(let start): totalSteps = start.totalSteps
    case .step(let step): return show(step)
    case .evaluated(let epoch):
      finish()
      let accuracy = epoch.validationLoss.map { ", validation accuracy \(NumberText.percent(1 - $0, decimals: 2))" }
      console.message(
        "epoch \(epoch.epoch): loss \(NumberText.significant(epoch.trainLoss, 4))" + (accuracy ?? "")
          + (epoch.isBest ? ", the best so far" : ""))
    case .finished(let result): self.result = result
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if let line = try? encoder.encode(event) { lines.append(String(decoding: line, as: UTF8.self)) }
  }

  /// Removes the line of progress from the terminal.
  mutating func finish() { progress.finish() }

  private mutating func show(_ step: TrainingProgress) {
    let best = step.bestLoss.map { ["best accuracy \(NumberText.percent(1 - $0, decimals: 2))"] } ?? []
    progress.update(
      ProgressStatus(
        unit: "epoch \(step.epoch), step", completed: step.step, total: totalSteps ?? step.step,
        details: ["loss \(NumberText.significant(step.trainLoss, 3))"] + best,
        remainingSeconds: step.remainingSeconds))
  }
}
