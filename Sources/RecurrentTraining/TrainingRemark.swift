import RecurrentTensor

/// Something that a person who knows training would say about a run.
public struct TrainingRemark: Hashable, Sendable, Codable, CustomStringConvertible {
  /// What the remark is about.
  public enum Subject: String, Hashable, Sendable, Codable, CaseIterable {
    /// The training loss grew.
    case diverging
    /// The training loss hardly fell.
    case notLearning
    /// The validation loss rose while the training loss fell.
    case overfitting
    /// The loss has not changed for long.
    case plateau
    /// The loss still fell in the end.
    case unfinished
    /// The losses of batches differ very much, or hardly at all.
    case batchSize
  }

  /// What the remark is about.
  public let subject: Subject
  /// The numbers that were seen, and what may help.
  public let text: String

  /// The text.
  public var description: String { text }
}

extension TrainingRemark {
  /// What the events of one run say, the most important first; nothing where too little was seen.
  ///
  /// - Parameter events: The events in order, with or without those of single steps (the batch size is judged from them).
  /// - Returns: The remarks, at most one a subject.
  public static func remarks(on events: some Sequence<TrainingEvent>) -> [TrainingRemark] {
    var (steps, evaluations): ([TrainingProgress], [TrainingProgress]) = ([], [])
    var (start, result): (TrainingStart?, TrainingResult?) = (nil, nil)
    for event in events {
      switch event {
      case .started(let value): (start, steps, evaluations) = (value, [], [])
      case .step(let progress): steps.append(progress)
      case .evaluated(let progress): evaluations.append(progress)
      case .finished(let value): result = value
      }
    }
    if let remark = diverging(evaluations) { return [remark] }
    if let remark = notLearning(evaluations) { return [remark] }
    let overfitting = overfitting(evaluations)
    let course = overfitting ?? plateau(evaluations) ?? unfinished(evaluations, result)
    return [course, batchSize(steps, start)].compactMap { $0 }
  }

  /// The training loss ended at twice its least value or more.
  private static func diverging(_ evaluations: [TrainingProgress]) -> TrainingRemark? {
    guard let last = evaluations.last, let least = evaluations.min(by: { $0.trainLoss < $1.trainLoss }) else {
      return nil
    }
    guard least.trainLoss > 0, last.trainLoss >= 2 * least.trainLoss else { return nil }
    return TrainingRemark(
      subject: .diverging,
      text: """
        the training loss grew from \(NumberText.short(least.trainLoss)) in epoch \(least.epoch) to \
        \(NumberText.short(last.trainLoss)): lower the learning rate or clip the gradients more
        """)
  }

  /// In at least three evaluations the training loss never fell by 1 %.
  private static func notLearning(_ evaluations: [TrainingProgress]) -> TrainingRemark? {
    guard evaluations.count >= 3, let first = evaluations.first else { return nil }
    let least = evaluations.map(\.trainLoss).min() ?? first.trainLoss
    guard first.trainLoss - least < 0.01 * abs(first.trainLoss) else { return nil }
    return TrainingRemark(
      subject: .notLearning,
      text: """
        the training loss stayed near \(NumberText.short(first.trainLoss)): try a learning rate ten times larger and one \
        ten times smaller, and look at the scale of inputs and targets
        """)
  }

  /// For three evaluations or more the validation loss has been above its least value, at last by 5 %, while the training
  /// loss fell by 5 %.
  private static func overfitting(_ evaluations: [TrainingProgress]) -> TrainingRemark? {
    let judged = evaluations.filter { $0.validationLoss != nil }
    guard
      let best = judged.indices.min(by: { judged[$0].validationLoss! < judged[$1].validationLoss! }),
      judged.count - 1 - best >= 3, let last = judged.last
    else { return nil }
    let (least, now) = (judged[best].validationLoss!, last.validationLoss!)
    guard now - least > 0.05 * abs(least), judged[best].trainLoss - last.trainLoss > 0.05 * abs(judged[best].trainLoss)
    else { return nil }
    return TrainingRemark(
      subject: .overfitting,
      text: """
        overfitting: since epoch \(judged[best].epoch) the validation loss rose from \(NumberText.short(least)) to \
        \(NumberText.short(now)) while the training loss fell from \(NumberText.short(judged[best].trainLoss)) to \
        \(NumberText.short(last.trainLoss)); more data, dropout, weight decay or a smaller model may help, and early \
        stopping keeps the best weights
        """)
  }

  /// In the last third of at least nine evaluations the best watched loss fell by less than 1 % of all that it fell.
  private static func plateau(_ evaluations: [TrainingProgress]) -> TrainingRemark? {
    let watched = evaluations.map { $0.validationLoss ?? $0.trainLoss }
    guard watched.count >= 9, let first = watched.first, let least = watched.min() else { return nil }
    let recent = watched.count / 3
    let before = watched.dropLast(recent).min() ?? first
    guard before - least < 0.01 * (first - least) else { return nil }
    return TrainingRemark(
      subject: .plateau,
      text: """
        plateau: the last \(recent) evaluations brought the loss from \(NumberText.short(before)) to \
        \(NumberText.short(least)) at best; a schedule that lowers the learning rate may find more, else stop earlier
        """)
  }

  /// A complete run whose last of at least four evaluations was the best, by 2 % of what was there a quarter before.
  private static func unfinished(_ evaluations: [TrainingProgress], _ result: TrainingResult?) -> TrainingRemark? {
    let watched = evaluations.map { $0.validationLoss ?? $0.trainLoss }
    guard result?.reason == .completed, watched.count >= 4, let last = watched.last, last == watched.min() else {
      return nil
    }
    let before = watched[watched.count - 1 - watched.count / 4]
    guard before - last > 0.02 * abs(before) else { return nil }
    return TrainingRemark(
      subject: .unfinished,
      text: """
        the loss still fell in the end, from \(NumberText.short(before)) to \(NumberText.short(last)) in the last quarter: \
        train longer
        """)
  }

  /// How much the losses of neighbouring batches differ in the second half of the run, of 40 steps or more.
  private static func batchSize(_ steps: [TrainingProgress], _ start: TrainingStart?) -> TrainingRemark? {
    let losses = steps.suffix(steps.count / 2).map(\.trainLoss)
    let mean = losses.reduce(0, +) / Double(max(1, losses.count))
    guard losses.count >= 20, mean > 0 else { return nil }
    // Neighbours, because the loss falls on the way: half the mean square of differences is the variance without trend.
    let squares = zip(losses, losses.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
    let spread = (squares / (2 * Double(losses.count - 1))).squareRoot() / mean
    let percent = NumberText.short((100 * spread).rounded())
    if spread > 0.5 {
      return TrainingRemark(
        subject: .batchSize,
        text: """
          the losses of batches differ by \(percent) % of their mean: a batch twice or four times as large, or a smaller \
          learning rate, makes the steps surer
          """)
    }
    guard spread < 0.02, let perEpoch = start?.stepsPerEpoch, perEpoch > 1 else { return nil }
    return TrainingRemark(
      subject: .batchSize,
      text: """
        the losses of batches differ by less than 2 % of their mean: a batch half as large learns nearly as much in each \
        step and makes twice the steps in an epoch
        """)
  }
}
