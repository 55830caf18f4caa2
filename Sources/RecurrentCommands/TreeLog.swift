import Recurrent

/// Follows the training of a classifier of trees: progress for the person who waits, lines for `log.jsonl`.
struct TreeLog {
  /// The start, the evaluations and the end.
  private var kept: KeptLines<TrainingEvent>
  private let console: Console
  private var progress: ProgressLine
  private var totalSteps: Int?

  /// - Parameters:
  ///   - console: Where to show progress.
  ///   - file: Where lines are kept while training, after those of an earlier run.
  init(_ console: Console, file: String) {
    self.console = console
    kept = KeptLines(file)
    progress = ProgressLine(console)
  }

  /// The lines of `log.jsonl`.
  var lines: [String] { kept.lines }

  /// How the training ended.
  var result: TrainingResult? {
    if case .finished(let result)? = kept.entries.last { result } else { nil }
  }

  mutating func add(_ event: TrainingEvent) {
    switch event {
    case .started(let start):
      totalSteps = start.totalSteps
      kept.drop { $0.isVoid(after: start.resumed?.step) }
      if let resumed = start.resumed {
        console.message("going on after step \(resumed.step), in epoch \(resumed.epoch)")
      }
      // A training that goes on has begun already.
      if start.resumed != nil, !kept.entries.isEmpty { return }
    case .step(let step): return show(step)
    case .evaluated(let epoch):
      // A training that goes on where it was to be evaluated may have been evaluated there before.
      kept.drop { $0.isVoid(after: epoch.step - 1) }
      finish()
      let accuracy = epoch.validationLoss.map { ", validation accuracy \(NumberText.percent(1 - $0, decimals: 2))" }
      console.message(
        "epoch \(epoch.epoch): loss \(NumberText.significant(epoch.trainLoss, 4))" + (accuracy ?? "")
          + (epoch.isBest ? ", the best so far" : ""))
    case .finished(let result):
      // A training that was interrupted goes on.
      guard result.reason != .cancelled else { return }
      kept.drop { if case .finished = $0 { true } else { false } }
    }
    kept.append(event)
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
